"""Journeys from the events store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from kg.embed.me2vec.journeys import NONE, UNTIMED, Journeys, Numbers, order
from kg.records.model import KnownVisit, UsedConcept, Window
from kg.records.store import RecordStore


class Giver(StrEnum):
    """Who is taken to give a service."""

    PROVIDER = "provider"
    """Who the source names for the event, else for its visit."""
    DEPARTMENT = "department"
    """Where the visit was."""


def read_journeys(store: RecordStore, *, window: Window = Window(), giver: Giver = Giver.PROVIDER) -> Journeys:  # noqa: B008
    """The journeys of all patients of `store`: codes are CURIEs of concepts, patients and providers are pseudonyms.

    The n-th visit of a patient is called `<pseudonym>/<n>`, in the order of `iter_visits`; events outside any visit are
    in the visit `<pseudonym>/0`.
    """
    columns, givers = _Columns(), store.get_providers()
    names = {patient.id: patient.pseudonym for patient in store.iter_patients()}
    visits: dict[int, tuple[str, KnownVisit | None]] = {}
    current = NONE
    for step in store.iter_steps(window):
        if step.patient != current:
            current = step.patient
            visits = _visits(names[current], store.iter_visits(current))
        name, visit = visits[step.visit if step.visit in visits else 0]
        department = visit.department if visit else ""
        provider = givers.get(step.provider, "") if giver is Giver.PROVIDER else department
        seconds = UNTIMED if step.seconds is None else step.seconds
        columns.kinds.setdefault(step.concept, step.kind.value)
        columns.add(names[current], name, provider, step.specialty, step.concept, seconds)
    return _journeys(columns, store)


def _visits(pseudonym: str, visits: Iterator[KnownVisit]) -> dict[int, tuple[str, KnownVisit | None]]:
    named: dict[int, tuple[str, KnownVisit | None]] = {0: (f"{pseudonym}/0", None)}
    named.update((visit.id, (f"{pseudonym}/{at}", visit)) for at, visit in enumerate(visits, 1))
    return named


@dataclass(slots=True)
class _Numbering:
    """Numbers of names in the order of their coming; the empty name is `NONE`."""

    known: dict[str, int] = field(default_factory=dict)

    def __call__(self, name: str) -> int:
        return self.known.setdefault(name, len(self.known)) if name else NONE


class _Columns:
    """Columns while they are read; eight bytes a number, as numpy will hold them."""

    def __init__(self) -> None:
        from array import array

        self.numbers = tuple(array("q") for _ in range(6))
        self.names = tuple(_Numbering() for _ in range(4))
        self.kinds: dict[int, str] = {}

    def add(self, patient: str, visit: str, provider: str, specialty: str, concept: int, seconds: int) -> None:
        named = (patient, visit, provider, specialty)
        row = (*(number(name) for number, name in zip(self.names, named, strict=True)), concept, seconds)
        for column, value in zip(self.numbers, row, strict=True):
            column.append(value)


def _journeys(columns: _Columns, store: RecordStore) -> Journeys:
    patient, visit, provider, specialty, concept, seconds = (
        np.frombuffer(column, np.int64) if column else np.zeros(0, np.int64) for column in columns.numbers
    )
    patients, visits, providers, specialties = (tuple(names.known) for names in columns.names)
    code, used = _codes(concept, store)
    codes, kinds = tuple(each.curie for each in used), tuple(columns.kinds[each.id] for each in used)
    named = (patients, visits, providers, specialties, codes, kinds)
    return order(Journeys(patient, visit, provider, specialty, code, seconds, *named))


def _codes(concept: Numbers, store: RecordStore) -> tuple[Numbers, list[UsedConcept]]:
    """Codes are numbered by their CURIEs, since numbers of concepts depend on the order of ingest."""
    known = store.get_concepts()
    used = sorted((known[number] for number in np.unique(concept).tolist()), key=lambda each: each.curie)
    numbers = [each.id for each in used]
    place = np.full(max(numbers, default=0) + 1, NONE, np.int64)
    place[numbers] = np.arange(len(used))
    return place[concept], used
