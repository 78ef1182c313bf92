"""What makes one guess better than another: a name one typo away, and the sort of thing that a name ends in.

Guesses are for a curator to choose from. What is too short or too doubtful to be corrected in an answer comes first
among them all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from string import ascii_lowercase
from typing import TYPE_CHECKING

from ontologies.drug_dictionary import is_same_sound
from ontologies.model import CONDITIONS, Kind, Match
from ontologies.normalize import normal_form
from ontologies.script import FIRST_CHINESE
from ontologies.typo_rules import CORRECTED, Typo, find_typo, weight_of

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

_NEAR = 0.45
"""Score of the best names one typo away: more than of one that shares most, less than of the same words in order."""
_FURTHER = 0.9
"""What is left of a score for each typo that is less usual than the best."""
_OTHER_SORT = 0.5
_LEAST = {True: 3, False: 5}
"""Characters of a Chinese name, and of another one, that is one typo away from another not by chance alone."""
_HEAD = {True: 2, False: 1}
"""Characters of a Chinese name, or words, that say at its end what sort of thing it is."""


def find_neighbours(lexicon: Lexicon, name: str, *, kinds: Collection[Kind] = (), language: str = "") -> list[Match]:
    """The concepts with a name one typo away from `name`, the most usual typo first; none for a very short name."""
    if len(normal_form(name).replace(" ", "")) < _LEAST[_is_chinese(name)]:
        return []
    typos = [(find_typo(near.typed, near.meant), near.key) for near in lexicon.typos.find([name])[0]]
    ranks = sorted({_usual(typo) for typo, _ in typos}, reverse=True)
    found: dict[str, Match] = {}
    for typo, key in sorted(typos, key=lambda one: (ranks.index(_usual(one[0])), one[1])):
        score = round(_NEAR * _FURTHER ** ranks.index(_usual(typo)), 4)
        for match in lexicon.find_form(key, kinds=kinds, language=language):
            reason = f"{typo.told().replace(CORRECTED, 'perhaps a typo', 1)}; {match.reason}"
            found.setdefault(match.curie, replace(match, score=score, reason=reason))
    return list(found.values())


def of_its_sort(lexicon: Lexicon, name: str, found: Sequence[Match]) -> list[Match]:
    """The matches, those of another sort than what `name` ends in at half the score and last.

    A name that ends in a condition (阿司匹林哮喘, aspirin asthma) is no drug, one that ends in a drug no condition.
    """
    head, sort = _head(lexicon, name)
    own, other = ((Kind.DRUG,), CONDITIONS) if sort is Kind.DRUG else (CONDITIONS, (Kind.DRUG, Kind.DRUG_CLASS))
    if not head or not any(match.kind in own for match in found):
        return list(found)
    said = f"but the name ends in {head!r}, a {sort.value}"
    told = [
        replace(match, score=round(match.score * _OTHER_SORT, 4), reason=f"{match.reason}; {said}")
        if match.kind in other and not match.reason.endswith(said)
        else match
        for match in found
    ]
    return sorted(told, key=lambda match: match.kind in other)


def one_edit_away(word: str) -> Iterator[str]:
    """The strings of small Latin letters one typo away from `word`, each kind of typo in turn."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    yield from (before + behind[1:] for before, behind in cuts if behind)
    yield from (before + behind[1] + behind[0] + behind[2:] for before, behind in cuts if len(behind) > 1)
    yield from (before + letter + behind[1:] for before, behind in cuts if behind for letter in ascii_lowercase)
    yield from (before + letter + behind for before, behind in cuts for letter in ascii_lowercase)


def _usual(typo: Typo) -> tuple[float, bool, bool]:
    """How usual a typo is beside others; in Chinese one character for another goes before one too much.

    One that sounds the same is the most usual of them.
    """
    other = typo.sort == "other" and _is_chinese(typo.here)
    return weight_of(typo), other and is_same_sound(typo.here, typo.there), other


def _head(lexicon: Lexicon, name: str) -> tuple[str, Kind]:
    """The longest end of `name` that a drug or a condition is called, with its kind; "" where there is none."""
    chinese = _is_chinese(name)
    pieces = list(name.strip()) if chinese else name.split()
    for at in range(1, len(pieces) - _HEAD[chinese] + 1):
        head = ("" if chinese else " ").join(pieces[at:])
        match = next(iter(lexicon.find(head)), None)
        if match and (match.kind is Kind.DRUG or match.kind in CONDITIONS):
            return head, match.kind
    return "", Kind.OTHER


def _is_chinese(text: str) -> bool:
    return text[-1:] >= FIRST_CHINESE
