"""All that is said of which CURIEs are one concept, gathered and weighed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ontologies.collector import collector_paused
from ontologies.mappings.circles import settle
from ontologies.mappings.cliques import Group, find_speaker
from ontologies.mappings.components import Components
from ontologies.mappings.conflicts import Conflict, find_conflicts
from ontologies.mappings.links import Basis, Link, find_mapped, find_xrefs
from ontologies.mappings.names import find_namesakes
from ontologies.mappings.order import Hierarchies
from ontologies.model import Concept
from ontologies.sssom import MappingRow

MappingSet = tuple[str, Iterable[MappingRow]]
"""The name of a mapping set, and its rows."""


@dataclass(frozen=True, slots=True)
class Found:
    """The CURIE that speaks for each that has links, where a concept can; the component of each; links; conflicts."""

    speakers: dict[str, str]
    components: Mapping[str, int]
    links: tuple[Link, ...]
    conflicts: tuple[Conflict, ...]


def find_same(concepts: Mapping[str, Concept], sets: Iterable[MappingSet] = ()) -> Found:
    """Which CURIEs that concepts have, refer to or are mapped to are one concept.

    Cross-references, mapping `sets` and names are weighed against each other; two ids of a vocabulary are never one
    concept, nor are two kinds, nor what is above and below in a hierarchy. Names join concepts of one sort only; a
    disease of a disease vocabulary is spoken for in the order for diseases, even where HPO has it.
    """
    with collector_paused():
        links = [*find_xrefs(concepts), *find_namesakes(concepts.values()), *_read_sets(concepts, sets)]
        return _weighed(links, concepts)


def _weighed(links: list[Link], concepts: Mapping[str, Concept]) -> Found:
    hierarchies = Hierarchies(concepts, links)
    settled = settle(links, concepts, hierarchies)
    links += [Link(*link.pair, Basis.HIERARCHY, told, False) for _, link, told in settled.broken]
    speakers = _speakers(settled.cliques.groups, concepts)
    return Found(speakers, Components(links).numbered(), tuple(links), find_conflicts(settled, concepts, hierarchies))


def _read_sets(concepts: Mapping[str, Concept], sets: Iterable[MappingSet]) -> Iterator[Link]:
    known: set[str] = set()
    for source, rows in sets:
        known = known or {*concepts, *(xref for concept in concepts.values() for xref in concept.xrefs)}
        yield from find_mapped(rows, source, known)


def _speakers(groups: Mapping[str, Group], concepts: Mapping[str, Concept]) -> dict[str, str]:
    found = {id(group): group for group in groups.values()}
    spoken = ((group, find_speaker(group.members, concepts)) for group in found.values())
    return {member: speaker for group, speaker in spoken if speaker for member in group.members}
