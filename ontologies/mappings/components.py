"""Which CURIEs hang together by links, followed or not: a change of one link can touch nothing beyond."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ontologies.mappings.links import Link


class Components:
    """The components of some links; what is only said to be different is not linked by that."""

    def __init__(self, links: Iterable[Link]) -> None:
        self._above: dict[str, str] = {}
        for link in links:
            one, two = self.root(link.a), self.root(link.b)
            if link.same and one != two:
                self._above[max(one, two)] = min(one, two)

    def root(self, curie: str) -> str:
        """The least CURIE that `curie` hangs together with."""
        above = self._above
        if curie not in above:
            above[curie] = curie
            return curie
        while (up := above[curie]) != curie:
            above[curie] = curie = above[up]
        return curie

    def of(self, curies: Iterable[str]) -> set[str]:
        """All CURIEs that hang together with any of `curies`."""
        roots = {self.root(curie) for curie in curies}
        return {curie for curie in list(self._above) if self.root(curie) in roots}

    def numbered(self) -> dict[str, int]:
        """For each CURIE the number of its component."""
        numbers: dict[str, int] = defaultdict(lambda: len(numbers) + 1)
        return {curie: numbers[self.root(curie)] for curie in sorted(self._above)}
