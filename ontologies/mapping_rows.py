"""The rows of a mapping set one by one: which can be taken, and why the others cannot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ontologies.mappings.links import BROAD, NARROW
from ontologies.mappings.order import find_way
from ontologies.sssom import NO_TERM, SAME, MappingRow

SILENT = frozenset({
    "skos:relatedMatch", "skos:closeMatch", "skos:mappingRelation", "rdfs:subClassOf", "rdfs:seeAlso",
    "owl:equivalentProperty", "rdfs:subPropertyOf", "owl:differentFrom", "oboInOwl:hasDbXref",
    "semapv:crossSpeciesExactMatch", "semapv:crossSpeciesBroadMatch", "semapv:crossSpeciesNarrowMatch",
})  # fmt: skip
"""Predicates of SSSOM that say nothing of which concepts are one, nor which is the broader one."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was left out, by its number from 1, and why."""

    row: int
    why: str


def accepted_rows(rows: Iterable[MappingRow], is_missing: Callable[[str], bool]) -> Iterator[MappingRow]:
    """The rows that can be taken; `is_missing` tells an id that its vocabulary, which is here, does not have."""
    return (row for row, why in _judged(rows, is_missing) if not why)


def refused_rows(rows: Iterable[MappingRow], is_missing: Callable[[str], bool]) -> Iterator[RefusedRow]:
    """The rows that cannot be taken, each with the reason."""
    judged = enumerate(_judged(rows, is_missing), start=1)
    return (RefusedRow(number, why) for number, (_, why) in judged if why)


def _judged(rows: Iterable[MappingRow], is_missing: Callable[[str], bool]) -> Iterator[tuple[MappingRow, str]]:
    above: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        why = _why_odd(row, is_missing)
        if not why and row.predicate_id in (BROAD, NARROW) and not row.negated:
            pair = (row.subject_id, row.object_id)
            below, over = pair if row.predicate_id == BROAD else pair[::-1]
            way = find_way([over], below.__eq__, lambda at: sorted(above.get(at, ())))
            why = f"{' under '.join([below, *way])} would be a circle; keep one of the rows" if way else ""
            if not why:
                above[below].add(over)
        yield row, why


def _why_odd(row: MappingRow, is_missing: Callable[[str], bool]) -> str:
    if row.predicate_id not in SAME | SILENT | {BROAD, NARROW}:
        return f"the predicate {row.predicate_id!r} is not known; write skos:exactMatch, broadMatch, narrowMatch ..."
    if row.subject_id and row.subject_id != NO_TERM and is_missing(row.subject_id):
        return f"no terminology here has {row.subject_id}; correct the id, or add the release that has it"
    return ""
