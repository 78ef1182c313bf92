"""Which part each mention plays in a sentence, by the cues of rules/cues.toml.

The idea is that of trigger and scope (ConText: Harkema et al. 2009), with the scopes of several cues competing:
the nearest cue of the narrowest reach wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from extractors.model import Mention
from extractors.relations.context import Sentence, Span
from extractors.relations.expressions import Rule, RuleSet, compile_rule
from extractors.rules import check_keys, read_rules
from ontologies.model import Kind

_REACHES = ("list", "clause", "sentence")
_KEYS = {"role", "side", "reach", "sections", "kinds", "score", "en", "zh"}


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue of rules/cues.toml in one language."""

    name: str
    role: str
    side: str
    reach: int
    rank: int
    sections: frozenset[str]
    kinds: frozenset[Kind]
    score: float
    rules: tuple[Rule, ...]


class Sign(NamedTuple):
    """A cue as it stands in a sentence; a negative `start` is in the line that introduces the list it is in."""

    cue: Cue
    start: int
    end: int


class Gaps(NamedTuple):
    """What may stand between a cue and a mention for the cue to reach it, in one language."""

    first: re.Pattern[str]
    further: re.Pattern[str]
    clause: re.Pattern[str]
    last: re.Pattern[str]
    opening: re.Pattern[str]


@cache
def gaps_of(language: str) -> Gaps:
    """The gaps of rules/relations.toml for `language`."""
    table = read_rules("relations")["gaps"][language]
    check_keys("relations", f"gaps.{language}", table, required=set(Gaps._fields))
    return Gaps(*(re.compile(table[name], re.IGNORECASE) for name in Gaps._fields))


@cache
def cues_for(section: str, language: str) -> RuleSet[Cue]:
    """The cues that work in sections of the kind `section`."""
    cues = [cue for cue in _all_cues(language) if section in cue.sections or "*" in cue.sections]
    return RuleSet((cue, rule) for cue in cues for rule in cue.rules)


@cache
def _all_cues(language: str) -> tuple[Cue, ...]:
    return tuple(_cue(name, table, language) for name, table in read_rules("cues").items())


def _cue(name: str, table: dict[str, object], language: str) -> Cue:
    check_keys("cues", name, table, required=_KEYS, optional={"first"})
    expressions, kinds, sections = table[language], table["kinds"], table["sections"]
    assert isinstance(expressions, list) and isinstance(kinds, list) and isinstance(sections, list)
    return Cue(
        name,
        role=str(table["role"]),
        side=str(table["side"]),
        reach=(reach := _REACHES.index(str(table["reach"]))),
        rank=-1 if table.get("first") else reach,
        sections=frozenset(sections),
        kinds=frozenset(map(Kind, kinds)),
        score=float(str(table["score"])),
        rules=tuple(compile_rule(expression, language) for expression in expressions),
    )


def find_signs(sentence: Sentence, language: str) -> list[Sign]:
    """The cues that stand in the sentence, in order; of overlapping ones that which wins over all, else the longest."""
    found = [
        Sign(cue, match.start(), match.end())
        for cue, match in cues_for(sentence.kind, language).find(sentence.text)
        if not _holds_mention(sentence, cue, match.start(), match.end())
    ]
    kept: list[Sign] = []
    for sign in sorted(found, key=_precedence):
        if all(sign.end <= other.start or sign.start >= other.end for other in kept):
            kept.append(sign)
    return sorted(kept, key=lambda sign: sign.start)


def _precedence(sign: Sign) -> tuple[bool, int, int, int]:
    return sign.cue.rank >= 0, sign.start - sign.end, sign.start, sign.cue.reach


def _holds_mention(sentence: Sentence, cue: Cue, start: int, end: int) -> bool:
    # An expression with a gap in it must not step over what it would govern.
    return any(
        start < sentence.at(mention)[1] and sentence.at(mention)[0] < end
        for mention in sentence.mentions
        if mention.kind in cue.kinds
    )


def govern(sentence: Sentence, signs: Sequence[Sign], language: str) -> dict[Mention, Sign]:
    """For each mention that a cue reaches, the cue that decides what part it plays."""
    best: dict[Mention, tuple[int, int, Sign]] = {}
    for sign in signs:
        for mention, distance in _reached(sentence, sign, signs, gaps_of(language)):
            rank = (sign.cue.rank, distance, sign)
            if mention not in best or rank[:2] < best[mention][:2]:
                best[mention] = rank
    return {mention: rank[2] for mention, rank in best.items()}


def _reached(sentence: Sentence, sign: Sign, signs: Sequence[Sign], gaps: Gaps) -> Iterator[tuple[Mention, int]]:
    fitting = [mention for mention in sentence.mentions if mention.kind in sign.cue.kinds]
    after = _opening_list if sign.cue.role == "population" else _list_after
    walk = _list_before if sign.cue.side == "before" else after
    if sign.cue.reach == 0:
        low, high = _free(sign, signs)
        near = [m for m in fitting if low <= sentence.at(m)[0] and sentence.at(m)[1] <= high]
        yield from walk(sentence, sign, near, gaps)
        return
    for mention in fitting:
        start, stop = _between(sign, *sentence.at(mention))
        if start <= stop and (sign.cue.reach == 2 or not gaps.clause.search(sentence.text, start, stop)):
            yield mention, stop - start


def _free(sign: Sign, signs: Sequence[Sign]) -> Span:
    # A list ends where another cue stands.
    ends = [other.end for other in signs if other.end <= sign.start]
    starts = [other.start for other in signs if other.start >= sign.end]
    return max(ends, default=-1), min(starts, default=1 << 30)


def _between(sign: Sign, low: int, high: int) -> Span:
    # The gap between cue and mention, on the side that the cue looks to; upside down where there is none.
    if sign.cue.side == "before" or (sign.cue.side == "around" and high <= sign.start):
        return high, sign.start
    return max(sign.end, 0), low


def _list_after(
    sentence: Sentence, sign: Sign, mentions: Sequence[Mention], gaps: Gaps
) -> Iterator[tuple[Mention, int]]:
    position, seen = max(sign.end, 0), ""
    begun = 1 << 30
    for mention in mentions:
        low, high = sentence.at(mention)
        if low < position:
            # "renal or hepatic impairment": the second has words of the first.
            if low >= begun:
                yield mention, low - sign.end
            continue
        gap = sentence.text[position:low]
        if not _goes_on(gap, seen, gaps, first=position == max(sign.end, 0)):
            return
        yield mention, low - sign.end
        begun = min(begun, low)
        position, seen = high, seen if gap.strip() in "()（）" else gap


def _opening_list(
    sentence: Sentence, sign: Sign, mentions: Sequence[Mention], gaps: Gaps
) -> Iterator[tuple[Mention, int]]:
    """As `_list_after`; in "Among patients with X, Y occurred" the list ends at the comma: none closes it after Y."""
    found = list(_list_after(sentence, sign, mentions, gaps))
    opens = gaps.opening.fullmatch(sentence.text, 0, max(sign.start, 0))
    if found and opens and sentence.text[sentence.at(found[-1][0])[1] :].lstrip()[:1] not in (",", "，"):
        ends = next((m for m, _ in found if sentence.text[sentence.at(m)[1] :].lstrip()[:1] in (",", "，")), None)
        found = found if ends is None else [row for row in found if row[0].start <= ends.start]
    yield from found


def _list_before(
    sentence: Sentence, sign: Sign, mentions: Sequence[Mention], gaps: Gaps
) -> Iterator[tuple[Mention, int]]:
    position = sign.start
    for mention in reversed(mentions):
        low, high = sentence.at(mention)
        if high > position:
            continue
        if not _goes_on(sentence.text[high:position], "", gaps, first=position == sign.start):
            return
        yield mention, sign.start - high
        position = low


def _goes_on(gap: str, before: str, gaps: Gaps, *, first: bool) -> bool:
    """Whether a list goes on over `gap`; `before` is the gap before it."""
    if first:
        return gaps.first.fullmatch(gap) is not None
    if gaps.further.fullmatch(gap) is None:
        return False
    over = gaps.last.search(before) and not gaps.last.search(gap)
    return not over or gap.strip() in "()（）"
