"""The hierarchies of all vocabularies together: what is narrower than what, and the way from one to the other."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property

from ontologies.mappings.links import Basis, Link
from ontologies.model import Concept
from ontologies.names import prefix_of, read_vocabularies


class Hierarchies:
    """Parents as concepts state them, and as those of `links` do that say "broader"."""

    def __init__(self, concepts: Mapping[str, Concept], links: Iterable[Link] = ()) -> None:
        self._concepts = concepts
        self._classifications = frozenset(read_vocabularies()["classifications"])
        self._broader: dict[str, list[str]] = defaultdict(list)
        for link in links:
            if link.basis is Basis.BROADER:
                self._broader[link.a].append(link.b)

    def parents(self, curie: str) -> tuple[str, ...]:
        """The CURIEs that are said to be right above `curie`; what a classification counts under is none of them."""
        concept = self._concepts.get(curie)
        counted = prefix_of(curie) in self._classifications
        stated = concept.parents if concept and not concept.deprecated and not counted else ()
        return (*stated, *self._broader[curie]) if curie in self._broader else stated

    @cached_property
    def starts(self) -> tuple[str, ...]:
        """The CURIEs that have parents, perhaps."""
        return tuple(dict.fromkeys([*self._concepts, *self._broader]))

    @cached_property
    def crossing(self) -> frozenset[str]:
        """The CURIEs from which a way up leads into another vocabulary: only they can be under a namesake of theirs."""
        children: dict[str, list[str]] = defaultdict(list)
        found: set[str] = set()
        for curie in self.starts:
            for parent in self.parents(curie):
                children[parent].append(curie)
                if prefix_of(parent) != prefix_of(curie):
                    found.add(curie)
        front = list(found)
        while front:
            new = [child for child in children[front.pop()] if child not in found]
            found.update(new)
            front += new
        return frozenset(found)

    def way_up(self, below: Iterable[str], above: Collection[str]) -> list[str]:
        """The shortest way from a CURIE of `below` up to one of `above` through another vocabulary; empty if none."""
        starts = sorted(curie for curie in below if curie in self.crossing)
        return find_way(starts, set(above).__contains__, self.parents) if starts else []


def find_way(
    starts: Iterable[str], is_goal: Callable[[str], bool], next_of: Callable[[str], Iterable[str]]
) -> list[str]:
    """The shortest way from one of `starts` to a goal, breadth first; empty where there is none."""
    before: dict[str, str | None] = dict.fromkeys(starts)
    front = deque(before)
    while front:
        at = front.popleft()
        if is_goal(at):
            way = [at]
            while (last := before[way[-1]]) is not None:
                way.append(last)
            return way[::-1]
        for new in next_of(at):
            if new not in before:
                before[new] = at
                front.append(new)
    return []
