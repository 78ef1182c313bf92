"""Names with one typo each, made by chance and a seed: substitution, insertion, deletion, swap of neighbours."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence

from extractors.tasks.name_lists import NameCase
from ontologies.script import FIRST_CHINESE

SORTS = ("substitution", "insertion", "deletion", "swap")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_CHINESE, _SHORTEST = 3, 5


def make_typos(cases: Iterable[NameCase], *, seed: int) -> Iterator[NameCase]:
    """Each case long enough with one typo, the sorts in turn; a Chinese character comes from those of the names."""
    chance = random.Random(seed)  # noqa: S311
    cases = [case for case in cases if _is_long(case.name)]
    characters = sorted({c for case in cases for c in case.name if _is_chinese(c)})
    for place, case in enumerate(cases):
        sort = SORTS[place % len(SORTS)]
        typed = make_typo(case.name, sort, characters, chance)
        if typed != case.name:
            yield NameCase(typed, case.expected, case.kind, case.language, case.context, case.every, sort)


def make_typo(name: str, sort: str, characters: Sequence[str], chance: random.Random) -> str:
    """The name with one typo of that sort at a place by chance; the name itself where that cannot be done."""
    at = chance.randrange(len(name))
    if sort == "deletion":
        return name[:at] + name[at + 1 :]
    if sort == "swap":
        places = [place for place in range(len(name) - 1) if name[place] != name[place + 1]]
        at = chance.choice(places) if places else 0
        return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :] if places else name
    pool = characters if _is_chinese(name[at]) else _LETTERS
    other = chance.choice([c for c in pool if c != name[at].lower()] or list(_LETTERS))
    return name[:at] + other + name[at + (sort == "substitution") :]


def _is_long(name: str) -> bool:
    letters = sum(c.isalnum() for c in name)
    return letters >= (_SHORTEST_CHINESE if any(map(_is_chinese, name)) else _SHORTEST)


def _is_chinese(character: str) -> bool:
    return character >= FIRST_CHINESE and character.isalpha()
