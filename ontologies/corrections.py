"""Matches of a name with a typo in it: of the name that was most probably meant, or of none where that is not clear."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ontologies.lexicon import Lexicon
from ontologies.model import Kind, Match
from ontologies.normalize import simplified
from ontologies.typo_letters import USUAL
from ontologies.typo_refusals import TOO_SHORT, is_too_short, why_not, why_not_drug, why_not_word
from ontologies.typo_rules import Misspelt, certainty_of, find_typo, rival_ratio, weight_of
from ontologies.typos import Near

_DOUBTFUL = 0.5
"""What is left of a score where the correction must not be made, or another one is as probable."""

_FURTHER = "another name is nearer"
_LONG_WORD = 9
"""Letters from which on a word is hardly one typo away from a name by chance."""


@dataclass(frozen=True, slots=True)
class _Correction:
    spelt: Misspelt
    weight: float
    matches: tuple[Match, ...]
    refused: str = ""


def find_corrections(
    lexicon: Lexicon,
    name: str,
    near: Sequence[Near],
    *,
    kinds: Collection[Kind] = (),
    language: str = "",
    cut: tuple[bool, bool] = (False, False),
) -> list[Match]:
    """Matches of the keys `near` to `name`, best first, each with what was corrected.

    `cut` says whether something was taken off right before and right behind the name: it is not corrected there.

    Those that can be trusted keep most of their score; it is halved where something must not be changed, or where two
    concepts are as near.
    """
    found = list(_corrections(lexicon, near, kinds, language))
    if not found:
        return []
    least = max(one.weight for one in found) * rival_ratio()
    rivals = [_refused(name, one, cut) for one in found if one.weight >= least]
    rivals.sort(key=lambda one: (-one.weight, bool(one.refused), -one.matches[0].score, one.matches[0].matched))
    best, refused = rivals[0], rivals[0].refused
    told = [(one, one.refused or _FURTHER) for one in rivals[1:] if one.refused != TOO_SHORT]
    told += [(one, _FURTHER) for one in found if one.weight < least and not is_too_short(one.spelt)]
    others = [match for one, doubt in told for match in _certain(one, _DOUBTFUL, doubt)]
    first: list[Match] = []
    if refused != TOO_SHORT:
        first = _certain(best, certainty_of(best.spelt), refused or _why_doubtful(name, rivals))
    return list({match.curie: match for match in (*reversed(others), *reversed(first))}.values())[::-1]


def may_be_read(near: Sequence[Near]) -> bool:
    """Whether what was typed too much stands at an edge of the name, where it may be a word with a meaning."""
    typed = [(one.typed.replace(" ", ""), one.meant.replace(" ", "")) for one in near]
    return any(plain[1:] == meant or plain[:-1] == meant for plain, meant in typed)


def _corrections(
    lexicon: Lexicon, near: Sequence[Near], kinds: Collection[Kind], language: str
) -> Iterator[_Correction]:
    for key, _, form, meant in near:
        matches = lexicon.find_form(key, kinds=kinds, language=language)
        if matches:
            typo = find_typo(form, meant)
            yield _Correction(Misspelt(typo, form, meant, key, lexicon.typos), weight_of(typo), tuple(matches))


def _refused(name: str, one: _Correction, cut: tuple[bool, bool]) -> _Correction:
    """The correction with what speaks against making it."""
    spelt, first = one.spelt, one.matches[0]
    refused = why_not(spelt) or (why_not_drug(spelt) if first.kind is Kind.DRUG else "")
    refused = refused or why_not_word(spelt, first.matched) or _why_not_here(name, one, cut)
    return replace(one, refused=refused) if refused else one


def _why_not_here(name: str, one: _Correction, cut: tuple[bool, bool]) -> str:
    typo = one.spelt.typo
    if typo.sort == "blank":
        return ""
    if (cut[0] and typo.start == 0) or (cut[1] and typo.end == len(typo.typed)):
        return "what was taken off stood right beside it"
    if _may_be_another_name(name, one) and one.spelt.grade >= USUAL:
        return "so short a word may be a name of its own"
    return ""


def _may_be_another_name(name: str, one: _Correction) -> bool:
    """Whether a short word of Latin letters was typed for a brand, or as a brand for a synonym of something else.

    Brands are made to be near to nothing, but there are so many that one is near to any short word: Alcaine is no
    Aldcaine. Two letters that are swapped hardly make another one.
    """
    first, name = one.matches[0], name.strip()
    if one.spelt.typo.sort == "swap" or len(name) >= _LONG_WORD or not (name.isascii() and name.isalpha()):
        return False
    if first.kind is Kind.DRUG:
        return first.reason.startswith("narrow")
    as_brand = name[0].isupper() and name[1:].islower()
    return as_brand and one.spelt.typo.sort in ("added", "other") and not first.reason.startswith("preferred")


def _why_doubtful(name: str, rivals: Sequence[_Correction]) -> str:
    """What speaks against the first of `rivals`: another concept that is as near; "" where there is none.

    The same name of several concepts counts as one of them, as it does where it is typed well, unless only signs that
    the normal form leaves out tell them apart.
    """
    first = rivals[0].matches[0]
    best = {match.curie for match in rivals[0].matches if match.score == first.score}
    for rival in rivals[1:]:
        if rival.matches[0].curie not in best and rival.matches[0].score >= first.score * _DOUBTFUL:
            return f"{rival.matches[0].matched!r} is as near"
    written = {as_written(match.matched) for match in rivals[0].matches if match.score == first.score}
    if len(best) > 1 and len(written) > 1:
        asked = as_written(name)
        nearest = min(written, key=lambda one: _edits(asked, one))
        if any(one != nearest and _edits(asked, one) <= _edits(asked, nearest) for one in written):
            return "names that differ in signs only are as near"
    return ""


def _certain(one: _Correction, certainty: float, doubt: str) -> list[Match]:
    reason = one.spelt.typo.told() + (f", but {doubt}" if doubt else "")
    certainty = min(certainty, _DOUBTFUL) if doubt else certainty
    return [
        replace(match, score=round(match.score * certainty, 4), reason=f"{reason}; {match.reason}")
        for match in one.matches
    ]


@lru_cache(maxsize=10_000)
def as_written(name: str) -> str:
    """A name but for width, case and blanks: what tells (+) from (-), which the normal form does not."""
    return "".join(simplified(name).casefold().split())


def _edits(one: str, other: str) -> int:
    from rapidfuzz.distance import OSA

    edits: int = OSA.distance(one, other)
    return edits
