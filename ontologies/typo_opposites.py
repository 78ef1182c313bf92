"""Whether the opposite of a name is as near to what was typed as the name itself: hyper and hypo, 上 and 下."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from ontologies.typo_letters import USUAL
from ontologies.typo_rules import Misspelt, typo_rules

_LONG = 4
"""Letters of a word that is not made by what negates."""


def makes_opposite(spelt: Misspelt) -> bool:
    """Whether the correction puts a word or character for its opposite, or the opposite is as near."""
    typo, here, there = spelt.typo, spelt.typo.here, spelt.typo.there
    if typo.sort == "other" and _are_opposite(here, there):
        return True
    negates = (typo.sort == "added" and _negates(spelt.form, typo.start, here)) or (
        typo.sort == "lost" and _negates(spelt.meant, typo.start, there)
    )
    if negates and spelt.grade >= USUAL:
        return True
    return any(distance_of(typo.typed, variant) <= 1 for variant in _opposites(spelt.meant))


def _are_opposite(here: str, there: str) -> bool:
    groups = typo_rules()["opposites"]["chinese"]
    return any(here in group and there in group for group in groups)


def _negates(form: str, start: int, letters: str) -> bool:
    """Whether letters at `start`, too much or missing, make the opposite of the word that they begin."""
    at = 0
    for word in form.split():
        if at == start and len(word) > _LONG and letters in typo_rules()["opposites"]["negating"]:
            return True
        at += len(word)
    return False


def _opposites(name: str) -> Iterator[str]:
    """The name, without blanks, with one of its words put into the opposite."""
    name = f" {name} "
    pattern, others = _pairs()
    for part in pattern.finditer(name):
        for other in others[part[1]]:
            yield (name[: part.start()] + other + name[part.start() + len(part[1]) :]).replace(" ", "")


def distance_of(one: str, other: str) -> int:
    """The optimal string alignment distance, 2 where it is more than one."""
    from rapidfuzz.distance import OSA

    distance: int = OSA.distance(one, other, score_cutoff=1)
    return distance


@cache
def _pairs() -> tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]]:
    """Finds a word that has an opposite wherever one begins, and the opposites by word."""
    groups = typo_rules()["opposites"]["english"]
    others = {part: tuple(other for other in group if other != part) for group in groups for part in group}
    longest_first = sorted(others, key=len, reverse=True)
    return re.compile(f"({'|'.join(longest_first)})"), others
