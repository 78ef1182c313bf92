"""What vocabularies know beside a graph's facts: which concepts are one, and which lie above which."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

import numpy as np

from kg.embed.triples import Triples
from ontologies.lexicon import Lexicon

#: Concept → those right above it.
Parents = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Background:
    """What is known of concepts without any fact of the graph; both by CURIE."""

    same: Mapping[str, str] = field(default_factory=dict)
    """Concept → the one that speaks for all that are the same; a concept that is missing speaks for itself."""
    parents: Parents = field(default_factory=dict)


def read_background(curies: Iterable[str], lexicon: Lexicon) -> Background:
    """What a lexicon knows of these concepts and of all above them."""
    asked = list(curies)
    parents: dict[str, tuple[str, ...]] = {}
    waiting = deque(asked)
    while waiting:
        curie = waiting.popleft()
        if curie not in parents:
            parents[curie] = tuple(lexicon.hierarchy.parents(curie))
            waiting.extend(parents[curie])
    spoken = {curie: lexicon.canonical(curie) for curie in asked}
    return Background(
        {curie: speaker for curie, speaker in spoken.items() if speaker != curie},
        {curie: above for curie, above in parents.items() if above},
    )


def learn_background(
    train: Triples,
    known: Background,
    *,
    same_as: Iterable[str] = ("same_as",),
    subclass_of: Iterable[str] = ("subclass_of",),
) -> Background:
    """The background with what facts that are learned from say of it by these relations."""
    same, below = set(same_as), set(subclass_of)
    joined = _Joined(known.same)
    parents = {curie: list(above) for curie, above in known.parents.items()}
    for one, other in _pairs(train, same):
        joined.join(one, other)
    for lower, upper in _pairs(train, below):
        parents.setdefault(lower, []).append(upper)
    return Background(joined.spoken(), {curie: tuple(dict.fromkeys(above)) for curie, above in parents.items()})


def _pairs(facts: Triples, relations: Set[str]) -> Iterator[tuple[str, str]]:
    """Subjects and objects of the facts of these relations."""
    wanted = [at for at, name in enumerate(facts.relations) if name in relations]
    for subject, _, object_ in facts.rows[np.isin(facts.rows[:, 1], wanted)].tolist():
        yield facts.entities[subject], facts.entities[object_]


def ancestors(curie: str, parents: Parents) -> dict[str, int]:
    """All concepts above with the fewest steps up to each, nearest first; without the concept itself."""
    steps = {curie: 0}
    front = deque([curie])
    while front:
        here = front.popleft()
        for above in parents.get(here, ()):
            if above not in steps:
                steps[above] = steps[here] + 1
                front.append(above)
    del steps[curie]
    return steps


class _Joined:
    """Sets of concepts that are one, by union and find; the first name in the order of text speaks."""

    def __init__(self, same: Mapping[str, str]) -> None:
        self._above: dict[str, str] = {}
        for one, other in same.items():
            self.join(one, other)

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self._find(one), self._find(other)))
        if first != second:
            self._above[second] = first

    def spoken(self) -> dict[str, str]:
        return {curie: self._find(curie) for curie in list(self._above)}

    def _find(self, curie: str) -> str:
        top = curie
        while top in self._above:
            top = self._above[top]
        while curie != top:
            above, self._above[curie] = self._above[curie], top
            curie = above
        return top
