"""The reading side of the events store, as the few methods that each kind of reader needs.

All of it is patient-level: whatever leaves the room of records is counted over at least k patients first.
Every iterator streams with bounded memory from one snapshot, in an order that depends on the content alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from kg.records.ledger import Spending, Spent
from kg.records.model import (
    ConceptCount,
    KnownEvent,
    KnownNote,
    KnownPatient,
    KnownVisit,
    PairCount,
    Step,
    Together,
    UsedConcept,
    Window,
)
from kg.records.releasing import Release


class Concepts(Protocol):
    """The concepts that events are of."""

    def get_concepts(self) -> Mapping[int, UsedConcept]:
        """Every concept by its number."""
        ...

    def find_concept(self, curie: str) -> UsedConcept | None:
        """The concept of that CURIE, or None where no event is of it."""
        ...


class Journeys(Concepts, Protocol):
    """What happened to patients, one after the other: for embeddings."""

    def iter_steps(self, window: Window = ...) -> Iterator[Step]:
        """The events of a window by patient and then by time, those of unknown time first."""
        ...


class Tallies(Concepts, Protocol):
    """Counts over patients, without any disclosure control: for aggregates, which apply it."""

    def count_patients(self, window: Window = ...) -> int:
        """The number of patients with any event of the window."""
        ...

    def iter_counts(self, window: Window = ...) -> Iterator[ConceptCount]:
        """Each concept of the window with its patients and events, by number of the concept."""
        ...

    def iter_pairs(
        self, together: Together, *, first: Window = ..., second: Window | None = None, days: int = 0, at_least: int = 1
    ) -> Iterator[PairCount]:
        """Pairs of different concepts with the number of distinct patients who have both, if `at_least` so many.

        Pairs are in the order of their numbers. Without `second` both are of the window `first`, and a pair stands
        once with the smaller number first (AFTER and LINK: in their direction); with it, `first` and `second` are of
        their own windows. `days` is for WINDOW and AFTER; events of unknown time take part in neither.
        """
        ...


class PatientTallies(Tallies, Protocol):
    """What each patient adds to counts: for those who bound it."""

    def iter_concepts_by_patient(self, window: Window = ...) -> Iterator[tuple[int, list[int]]]:
        """Each patient, in order, with the distinct concepts of the window."""
        ...

    def iter_pairs_by_patient(
        self, together: Together, *, first: Window = ..., second: Window | None = None, days: int = 0
    ) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Each patient, in order, with the distinct pairs that `iter_pairs` counts."""
        ...


class Releases(Tallies, Protocol):
    """What was given out of the store before: a release must tell of nobody by its difference from earlier ones."""

    def get_spent(self) -> Spent:
        """The privacy that releases with noise spent, and the budget."""
        ...

    def spend(self, spending: Spending, *, budget: float = ...) -> Spent:
        """What is spent with one more release, noted before it is made; raises `RecordsError` beyond the budget."""
        ...

    def check_spending(self, epsilon: float, *, budget: float = ...) -> None:
        """Raises `RecordsError` where `spend` would."""
        ...

    def get_release(self, name: str) -> Release:
        """The last release under `name`; of version 0 where there was none."""
        ...

    def find_near_release(self, name: str, *, least: int) -> str:
        """The name of another release whose population differs from today's by fewer than `least` patients, or none."""
        ...

    def list_releases(self) -> list[str]:
        """The names under which something was given out."""
        ...

    def keep_release(self, release: Release) -> None:
        """Keeps what was told, and of whom, in one transaction."""
        ...


class Charts(Concepts, Protocol):
    """All about one patient after the other: for registry tables and what is read in notes."""

    def iter_patients(self) -> Iterator[KnownPatient]:
        """Every patient, by number."""
        ...

    def find_patient(self, pseudonym: str) -> KnownPatient | None:
        """The patient of that pseudonym, or None."""
        ...

    def iter_visits(self, patient: int) -> Iterator[KnownVisit]:
        """The visits of a patient by time."""
        ...

    def iter_events(self, patient: int, window: Window = ...) -> Iterator[KnownEvent]:
        """The events of a patient by time, whole."""
        ...

    def iter_notes(self, patient: int) -> Iterator[KnownNote]:
        """The notes of a patient by time."""
        ...

    def get_providers(self) -> Mapping[int, str]:
        """The pseudonym of each provider by its number."""
        ...

    def get_specialties(self) -> Mapping[int, str]:
        """The specialty of each provider by its number, where one is known."""
        ...
