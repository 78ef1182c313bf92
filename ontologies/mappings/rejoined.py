"""Cliques as curators' decisions between two CURIEs make them, without compiling anything anew.

A decision can touch only what hangs together with its two CURIEs by links. Of that, and of nothing else, the cliques
are found again, by the same rules from the links that the lexicon keeps: the answer is the one that compiling with the
decision would give, and without the decision it is what it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

import orjson

from ontologies.database import Database
from ontologies.mappings.circles import Settled
from ontologies.mappings.cliques import Cliques, find_cliques, find_speaker
from ontologies.mappings.components import Components
from ontologies.mappings.conflicts import Conflict, find_conflicts
from ontologies.mappings.directed import Directed
from ontologies.mappings.links import Basis, Link, find_decided
from ontologies.mappings.order import Hierarchies
from ontologies.mappings.stored import read_component, read_conflicts, read_links
from ontologies.model import Concept, Decision

_RETIRED = "SELECT curie FROM concepts WHERE retired AND curie IN (SELECT value FROM json_each(?))"


class Known(Protocol):
    """What is asked of the lexicon below."""

    def entry(self, curie: str) -> Concept | None:
        """The concept of that CURIE, retired or not."""
        ...

    def canonical(self, curie: str) -> str:
        """The CURIE that speaks for `curie`."""
        ...

    def members(self, curie: str) -> tuple[str, ...]:
        """All CURIEs of the concept of `curie`."""
        ...


class Rejoined:
    """Which CURIE speaks for which, and what is in conflict, once `decisions` are laid over the lexicon `below`."""

    def __init__(self, below: Known, database: Database, decisions: Iterable[Decision]) -> None:
        self._below = below
        self._database = database
        decisions = tuple(decisions)
        self._decisions = decisions
        self._decided = [link for link in find_decided(decisions) if self._is_known(link.a)]
        nodes = [Link(self._node(link.a), self._node(link.b), Basis.DECISION) for link in self._decided]
        self._areas = Components(nodes)
        self._touched = {node for link in nodes for node in (link.a, link.b)}
        self._made: dict[str, _Area] = {}

    def entry(self, curie: str) -> Concept | None:
        """The concept of that CURIE, retired or not."""
        return self._below.entry(curie)

    def find_retired(self, curies: Collection[str]) -> frozenset[str]:
        """Those of these concepts that are retired."""
        asked = (orjson.dumps(sorted(curies)).decode(),)
        return frozenset(str(curie) for (curie,) in self._database.rows(_RETIRED, asked))

    def canonical(self, curie: str) -> str:
        """The CURIE that speaks for `curie`."""
        concept = self._below.entry(curie) if self._decided else None
        speaker = self._below.canonical(curie)
        asked = speaker if concept and concept.deprecated else curie
        area = self._area(asked)
        return area.speaker(asked) if area else speaker

    def unchanged(self, curie: str) -> bool:
        """True where no decision has to do with `curie`."""
        return not self._decided or self._node(curie) not in self._touched

    def members(self, curie: str) -> tuple[str, ...]:
        """All CURIEs of the concept of `curie`; retired ones are left out."""
        area = self._area(curie)
        return area.members(curie) if area else self._below.members(curie)

    def around(self, curie: str) -> frozenset[str]:
        """What hangs together with `curie` by decisions and links; nothing where no decision has to do with it."""
        area = self._area(curie)
        return area.ends if area else frozenset()

    def conflicts(self) -> Iterator[Conflict]:
        """All conflicts: of what decisions touch as they leave it, of the rest as it was compiled."""
        yield from Directed(self._below.entry, self._decisions).conflicts()
        for root in sorted(set(map(self._areas.root, self._touched))):
            yield from self._area_of(root).conflicts()
        for component, conflict in read_conflicts(self._database):
            if str(component) not in self._touched:
                yield conflict

    def conflicts_around(self, curies: Iterable[str]) -> Iterator[Conflict]:
        """The conflicts of what hangs together with these CURIEs by decisions; none where no decision touches them."""
        for root in sorted({self._areas.root(node) for node in map(self._node, curies) if node in self._touched}):
            yield from self._area_of(root).conflicts()

    def _is_known(self, curie: str) -> bool:
        return self._below.entry(curie) is not None or read_component(self._database, curie) is not None

    def _node(self, curie: str) -> str:
        component = read_component(self._database, curie)
        return curie if component is None else str(component)

    def _area(self, curie: str) -> _Area | None:
        if not self._decided:
            return None
        node = self._node(curie)
        return self._area_of(self._areas.root(node)) if node in self._touched else None

    def _area_of(self, root: str) -> _Area:
        if root not in self._made:
            nodes = self._areas.of([root])
            links = {link for node in nodes if node.isdigit() for link in read_links(self._database, int(node))}
            decided = [link for link in self._decided if self._node(link.a) in nodes]
            self._made[root] = _Area(self._below, [*links, *decided])
        return self._made[root]


class _Area:
    """What hangs together with some decisions."""

    def __init__(self, below: Known, links: list[Link]) -> None:
        self.ends = frozenset(end for link in links for end in (link.a, link.b))
        self._concepts = _with_ancestors(below, self.ends)
        self._hierarchies = Hierarchies(self._concepts, links)
        self._cliques: Cliques = find_cliques(links, self._concepts, self._hierarchies)

    def speaker(self, curie: str) -> str:
        """The CURIE that speaks for `curie`."""
        return find_speaker(self._cliques.members(curie), self._concepts) or curie

    def members(self, curie: str) -> tuple[str, ...]:
        """The CURIEs in use that name the same concept, the one that speaks first."""
        members = self._cliques.members(curie)
        live = {one for one in members if one not in self._concepts or not self._concepts[one].deprecated}
        speaker = self.speaker(curie)
        return (speaker, *sorted(live - {speaker}))

    def conflicts(self) -> tuple[Conflict, ...]:
        """What is in conflict here."""
        return find_conflicts(Settled(self._cliques, (), ()), self._concepts, self._hierarchies)


def _with_ancestors(below: Known, curies: Iterable[str]) -> dict[str, Concept]:
    found: dict[str, Concept] = {}
    front, seen = sorted(curies), set(curies)
    while front:
        concept = below.entry(front.pop())
        if concept:
            found[concept.curie] = concept
            new = [parent for parent in concept.parents if parent not in seen]
            seen.update(new)
            front += new
    return found
