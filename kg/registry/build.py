"""Fills a registry table from an events store: one patient after the other, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractors.model import Assertion
from extractors.naming import ground_name
from kg.language import language_of
from kg.records.model import KnownEvent, KnownPatient, Window
from kg.records.roles import Charts
from kg.registry.cells import Cell, make_cell
from kg.registry.schema import Schema, SchemaError
from ontologies.curies import standard_curie
from ontologies.lexicon import Lexicon
from ontologies.model import Kind

_NAMED = (Kind.DISEASE, Kind.DRUG, Kind.TEST, Kind.PROCEDURE, Kind.DRUG_CLASS)
_EVERY = Window(assertions=frozenset())


@dataclass(frozen=True, slots=True)
class Record:
    """A patient of the cohort, the day of entry (the first event of the cohort's concepts), and its cells."""

    patient: KnownPatient
    entry: str
    cells: tuple[Cell, ...]


class Branches:
    """The CURIEs that a schema's names stand for, with all that lies below them, in any vocabulary."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def find(self, names: Iterable[str], *, where: str) -> frozenset[str]:
        """The CURIEs of what is named, and of what lies below; raises `SchemaError` for a name without a concept."""
        return frozenset(curie for name in names for curie in self._below(name, where))

    def _below(self, name: str, where: str) -> Iterator[str]:
        curie = self._curie(name, where)
        for each in (curie, *self._lexicon.hierarchy.descendants(curie)):
            yield from (each, self._lexicon.canonical(each), *self._lexicon.members(each))

    def _curie(self, name: str, where: str) -> str:
        if ":" in name:
            return self._lexicon.canonical(standard_curie(name))
        for kind in _NAMED:
            found = ground_name(self._lexicon, name, kind, language=language_of(name)).matches
            if found:
                return found[0].curie
        raise SchemaError(f"{where}: no concept is called {name!r}; `kg ground {name!r}` shows near ones: give a CURIE")


def build_registry(store: Charts, schema: Schema, lexicon: Lexicon) -> Iterator[Record]:
    """The rows of the table, by number of the patient; raises `SchemaError` at once for a name without a concept."""
    branches = Branches(lexicon)
    cohort = branches.find(schema.cohort, where="[cohort]")
    columns: dict[str, list[str]] = {}
    for asked in schema.fields:
        for curie in branches.find(asked.concepts, where=f"field {asked.name}"):
            columns.setdefault(curie, []).append(asked.name)
    return _rows(store, schema, cohort, columns)


def _rows(
    store: Charts, schema: Schema, cohort: Collection[str], columns: Mapping[str, Sequence[str]]
) -> Iterator[Record]:
    reads_notes = any(asked.section for asked in schema.fields)
    for patient in store.iter_patients():
        events = list(store.iter_events(patient.id, _EVERY))
        entry = _entry(events, cohort, schema)
        if entry is None:
            continue
        by_column = _by_column(events, columns)
        notes = list(store.iter_notes(patient.id)) if reads_notes else []
        cells = (make_cell(asked, by_column.get(asked.name, ()), notes, entry=entry) for asked in schema.fields)
        yield Record(patient, entry, tuple(cells))


def _by_column(events: Iterable[KnownEvent], columns: Mapping[str, Sequence[str]]) -> dict[str, list[KnownEvent]]:
    """The events of each column by time; an event is of a column by what it was aligned to, or by any of its codes."""
    found: dict[str, list[KnownEvent]] = {}
    for event in events:
        for name in {name for curie in _curies(event) for name in columns.get(curie, ())}:
            found.setdefault(name, []).append(event)
    return found


def _entry(events: Iterable[KnownEvent], cohort: Collection[str], schema: Schema) -> str | None:
    """The day of the first event that brings the patient into the cohort; None where there is none."""
    days = (
        event.start
        for event in events
        if event.assertion is Assertion.PRESENT
        and not _curies(event).isdisjoint(cohort)
        and schema.since <= event.start
        and (not schema.until or event.start < schema.until)
    )
    return min(days, default=None)


def _curies(event: KnownEvent) -> set[str]:
    return {event.concept.curie, *(code.curie for code in event.codes)}
