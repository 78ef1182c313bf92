"""What lies above and below a concept, over all terminologies of a lexicon; and cycles, which no hierarchy may have."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from ontologies.database import Database
from ontologies.model import Concept

_STARTS = 200
"""Concepts from which a shortest cycle is looked for: enough to name a short one, few enough for a hostile file."""
_ABOVE = """
SELECT DISTINCT s.curie FROM concepts own JOIN concepts m ON m.speaker = own.id JOIN parents e ON e.child = m.id
JOIN concepts p ON p.id = e.parent JOIN concepts s ON s.id = p.speaker WHERE own.curie = ? AND s.id <> own.id
ORDER BY s.id
"""
_BELOW = """
SELECT DISTINCT s.curie FROM concepts own JOIN concepts m ON m.speaker = own.id JOIN parents e ON e.parent = m.id
JOIN concepts c ON c.id = e.child JOIN concepts s ON s.id = c.speaker WHERE own.curie = ? AND s.id <> own.id
ORDER BY s.id
"""
_SPEAKER = "SELECT c.curie FROM same s JOIN concepts c ON c.id = s.speaker WHERE s.curie = ?"


class Hierarchy:
    """The parents of all vocabularies as one hierarchy: given any CURIE, it answers with the ones that speak.

    Vocabularies may contradict each other (one's parent is the other's child); every method ends all the same.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def parents(self, curie: str) -> list[str]:
        """The concepts right above, by any vocabulary that has the concept."""
        return self._beside(_ABOVE, self._speaker(curie))

    def children(self, curie: str) -> list[str]:
        """The concepts right below."""
        return self._beside(_BELOW, self._speaker(curie))

    def ancestors(self, curie: str) -> dict[str, int]:
        """All concepts above with the fewest steps up to each, nearest first; without the concept itself."""
        return self._closure(_ABOVE, curie)

    def descendants(self, curie: str) -> dict[str, int]:
        """All concepts below with the fewest steps down to each, nearest first; without the concept itself."""
        return self._closure(_BELOW, curie)

    def depth(self, curie: str) -> int:
        """The fewest steps up to a concept that has nothing above it; 0 for such a one."""
        above = {self._speaker(curie): 0, **self.ancestors(curie)}
        return next((steps for one, steps in above.items() if not self.parents(one)), 0)

    def in_branch(self, curie: str, branch: str) -> bool:
        """True for `branch` itself and for what lies below it: "only below J01"."""
        top = self._speaker(branch)
        return top == self._speaker(curie) or top in self.ancestors(curie)

    def nearest_common(self, left: str, right: str) -> list[str]:
        """The concepts above both, or one of the two, that are the fewest steps away from them in sum; none: empty."""
        one = {self._speaker(left): 0, **self.ancestors(left)}
        two = {self._speaker(right): 0, **self.ancestors(right)}
        sums = {curie: steps + two[curie] for curie, steps in one.items() if curie in two}
        return sorted(curie for curie, steps in sums.items() if steps == min(sums.values()))

    def _closure(self, query: str, curie: str) -> dict[str, int]:
        start = self._speaker(curie)
        steps = {start: 0}
        front = deque([start])
        while front:
            here = front.popleft()
            for found in self._beside(query, here):
                if found not in steps:
                    steps[found] = steps[here] + 1
                    front.append(found)
        del steps[start]
        return steps

    def _beside(self, query: str, speaker: str) -> list[str]:
        return [row[0] for row in self._database.rows(query, (speaker,))]

    def _speaker(self, curie: str) -> str:
        return str(next(self._database.rows(_SPEAKER, (curie,)), (curie,))[0])


def find_cycle(concepts: Iterable[Concept]) -> tuple[str, ...]:
    """The CURIEs of a short cycle of parents, the first again at the end; empty where the hierarchy has none.

    A parent that is not among the concepts leads nowhere.
    """
    above = _known_parents(concepts)
    rest = _trimmed(_trimmed(above), upwards=True)
    shortest: tuple[str, ...] = ()
    for start in islice(sorted(rest), _STARTS):
        cycle = _cycle_from(start, rest, len(shortest) or len(rest) + 2)
        shortest = cycle or shortest
    return shortest


def cut_cycles(concepts: Iterable[Concept]) -> Iterator[Concept]:
    """The concepts without the parents that close a cycle, met depth first: for releases that are known to have some.

    MeSH joins places of its tree in one descriptor, UMLS hierarchies of its sources in one concept: both by design.
    """
    kept = {concept.curie: concept for concept in concepts}
    for child, parent in list(_closing(_known_parents(kept.values()))):
        concept = kept[child]
        kept[child] = replace(concept, parents=tuple(curie for curie in concept.parents if curie != parent))
    return iter(kept.values())


def _known_parents(concepts: Iterable[Concept]) -> dict[str, tuple[str, ...]]:
    parents = {concept.curie: concept.parents for concept in concepts}
    return {child: tuple(curie for curie in above if curie in parents) for child, above in parents.items() if above}


def _trimmed(above: Mapping[str, tuple[str, ...]], *, upwards: bool = False) -> dict[str, tuple[str, ...]]:
    """The edges without those that lead to an end, taken off step by step: what is left lies in or between cycles."""
    beside = above if not upwards else _turned(above)
    behind = _turned(beside)
    waiting = {curie: len(ways) for curie, ways in beside.items()}
    ends = [curie for curie in behind if not waiting.get(curie)]
    while ends:
        for curie in behind.get(ends.pop(), ()):
            waiting[curie] -= 1
            if not waiting[curie]:
                ends.append(curie)
    left = {curie for curie, count in waiting.items() if count}
    return {curie: tuple(up for up in above[curie] if up in left) for curie in left if curie in above}


def _turned(edges: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    turned: dict[str, list[str]] = {}
    for start, ends in edges.items():
        for end in ends:
            turned.setdefault(end, []).append(start)
    return {start: tuple(ends) for start, ends in turned.items()}


def _cycle_from(start: str, above: Mapping[str, tuple[str, ...]], limit: int) -> tuple[str, ...]:
    """The shortest way up from `start` to itself with fewer than `limit` names in it, or none; breadth first."""
    ways: deque[tuple[str, ...]] = deque([(start,)])
    seen = set[str]()
    while ways:
        way = ways.popleft()
        if len(way) + 1 >= limit:
            return ()
        for curie in above.get(way[-1], ()):
            if curie == start:
                return (*way, start)
            if curie not in seen:
                seen.add(curie)
                ways.append((*way, curie))
    return ()


def _closing(above: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """The edges that lead back to a concept from which they were reached, in a walk of the whole depth first."""
    done: set[str] = set()
    for root in above:
        path = {root: iter(above[root])} if root not in done else {}
        while path:
            here = next(reversed(path))
            for curie in path[here]:
                if curie in path:
                    yield here, curie
                elif curie not in done:
                    path[curie] = iter(above.get(curie, ()))
                    break
            else:
                del path[here]
                done.add(here)
