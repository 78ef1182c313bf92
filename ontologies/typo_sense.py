"""How much sense a name makes as it was typed, by what the names of a lexicon have side by side.

A character that stands where no name of a large lexicon has it beside either neighbour is hardly meant: it may be
corrected even where the rules protect what it says, as long as nothing is made up that could as well be something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from ontologies.drug_dictionary import chinese_names, english_name
from ontologies.rules import read_rules
from ontologies.script import FIRST_CHINESE
from ontologies.typo_hashes import EDGE
from ontologies.typo_letters import RARE

if TYPE_CHECKING:
    from ontologies.typo_rules import Typo

_SHORT = 2
"""Letters of a word that says nothing by being known."""
MUCH = 2
"""What `sense_of` says of a name that makes sense as it was typed."""
_DRUG = range(2, 7)
"""Characters of the Chinese names of drugs that are looked for in a longer name."""


class Known(Protocol):
    """What the names of a lexicon are made of."""

    @property
    def knows_much(self) -> bool:
        """Whether there are so many names that what is not known is seldom right."""
        ...

    def knows(self, run: str) -> bool:
        """Whether a word, or two or three characters side by side, stands in some name."""
        ...

    def grade(self, word: str, start: int, end: int) -> int:
        """How usual the letters about characters `start` to `end` of a word are: `ontologies.typo_letters`."""
        ...


def sense_of(typo: Typo, form: str, meant: str, known: Known) -> int:
    """How much speaks for the name as it was typed, in the form `form`: 0 nothing, 1 something, 2 much.

    `meant` is the name's spelling, with its blanks.
    """
    if typo.sort == "blank":
        return 0
    text, start, end = _framed(typo)
    if all(character < FIRST_CHINESE for character in text[start - 1 : end + 1]):
        words = set(form.split()).difference(meant.split()) or set(words_at(form, typo.start, typo.end))
        return MUCH if len(max(words, key=len, default="")) > _SHORT and all(map(known.knows, words)) else 0
    three = any(known.knows(run) for run in _threes(text, start, end) if is_chinese(run))
    two = all(known.knows(run) for run in _twos(text, start, end) if is_chinese(run))
    return int(three) + int(two)


def is_noise(typo: Typo, known: Known) -> bool:
    """Whether no name of a large lexicon has what was typed, where it was typed, beside either neighbour.

    Digits, Roman numbers and what negates or tells a side are never taken for noise.
    """
    if not known.knows_much or any(is_telling(character) for character in (*typo.here, *typo.there)):
        return False
    if not set(typo.here).isdisjoint(_rules()["kept"]):
        return False
    text, start, end = _framed(typo)
    twos = list(_twos(text, start, end))
    return all(map(is_chinese, twos)) and not any(map(known.knows, twos))


def is_stray_letter(typo: Typo) -> bool:
    """Whether a letter was typed beside a number of a long name that means nothing there: 1,3w-diol."""
    rules = _rules()
    if typo.sort != "added" or typo.here not in rules["letters"] or len(typo.meant) < rules["compound"]:
        return False
    return typo.typed[typo.start - 1 : typo.start].isdigit() or typo.typed[typo.end : typo.end + 1].isdigit()


def is_only_one(typo: Typo, known: Known) -> bool:
    """Whether nothing that says as much could stand, by the names of the lexicon, where the correction puts something.

    良 and 恶 are of one kin: 盆骨x性肿瘤 may be either, x状腺 nothing but 甲状腺.
    """
    never = (*_rules()["kept"], *_rules()["unguessed"])
    if any(map(is_telling, (*typo.here, *typo.there))) or not set(typo.there).isdisjoint(never):
        return False
    others = {other for kin in _rules()["kin"] if not set(kin).isdisjoint(typo.there) for other in kin}
    end = typo.start + len(typo.there)
    for other in others.difference(typo.there):
        name = EDGE + typo.meant[: typo.start] + other + typo.meant[end:] + EDGE
        if any(known.knows(run) for run in _threes(name, typo.start + 1, typo.start + 2)):
            return False
    return True


def grade_of(typo: Typo, form: str, known: Known) -> int:
    """How usual the letters are that stand about the typo, in `form`."""
    at, grades = 0, []
    for word in form.split():
        if at <= typo.start <= at + len(word):
            grades.append(known.grade(word, typo.start - at, min(typo.end - at, len(word))))
        at += len(word)
    return min(grades, default=RARE)


def names_other_drug(typo: Typo) -> bool:
    """Whether what was typed makes the Chinese name of a drug that the name does not have: 红霉素, not 链霉素."""
    if not any(typo.typed[at : at + 2] in _drug_runs() for at in range(max(0, typo.start - 1), typo.end + 1)):
        return False
    for length in _DRUG:
        for at in range(max(0, typo.end - length), min(typo.start, len(typo.typed) - length) + 1):
            drug = typo.typed[at : at + length]
            if drug not in typo.meant and english_name(drug):
                return True
    return False


def is_chinese(run: str) -> bool:
    """Whether a run of characters has a Chinese one."""
    return max(run) >= FIRST_CHINESE


def words_at(form: str, start: int, end: int) -> Iterator[str]:
    """The words of a normal form that characters `start` to `end`, blanks not counted, touch."""
    at = 0
    for word in form.split():
        behind = at + len(word)
        if (at <= start <= behind) if start == end else (at < end and start < behind):
            yield word
        at = behind


def _framed(typo: Typo) -> tuple[str, int, int]:
    """What was typed between edges, and where the typo stands in that."""
    return EDGE + typo.typed + EDGE, typo.start + 1, typo.end + 1


def _twos(text: str, start: int, end: int) -> Iterator[str]:
    return (text[at : at + 2] for at in range(start - 1, end))


def _threes(text: str, start: int, end: int) -> Iterator[str]:
    return (text[at : at + 3] for at in range(max(0, start - 2), min(len(text) - 2, end)))


def is_telling(character: str) -> bool:
    """Whether a character is a digit or may be one of a Roman number."""
    return character.isdigit() or character in "ivx"


@cache
def _drug_runs() -> frozenset[str]:
    """Characters that stand side by side in Chinese names of drugs."""
    return frozenset(name[at : at + 2] for name in chinese_names() for at in range(len(name) - 1))


@cache
def _rules() -> Mapping[str, Any]:
    return read_rules("typos_noise", keys=frozenset({"kept", "kin", "letters", "compound", "unguessed"}))
