"""What the events store gives back: patients by pseudonym, visits, events and notes, with numbers for what repeats.

Patients, visits, providers and concepts have small numbers that hold within one store as it is now: use them to
join what one store gives, never to refer to anything from outside. Outside, a patient is its pseudonym.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from extractors.events import Coding, EventKind, Value
from extractors.model import Assertion, Section
from ontologies.model import Kind

#: The least number of patients or rows that is told outside the room of records.
LEAST = 11


@dataclass(frozen=True, slots=True)
class UsedConcept:
    """A concept that events are of; `aligned` is False where no terminology at hand holds it."""

    id: int
    curie: str
    name: str
    kind: Kind
    aligned: bool


class Step(NamedTuple):
    """An event as embeddings and counts need it; numbers are those of the store, 0 where nothing is said."""

    patient: int
    seconds: int | None
    """Since 1970-01-01T00:00 in the patient's (shifted) local time, the beginning of what is known; None: unknown."""
    visit: int
    provider: int
    """That of the event, else that of its visit."""
    specialty: str
    """That of the provider, else that of the visit, in the source's words."""
    concept: int
    kind: EventKind


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A patient as kept; the year of birth is None where it is unknown or would tell an age over 89."""

    id: int
    pseudonym: str
    sex: str = ""
    birth_year: int | None = None
    death: str = ""


@dataclass(frozen=True, slots=True)
class KnownVisit:
    """A visit as kept; `provider` and `part_of` are numbers, 0 for none."""

    id: int
    patient: int
    kind: str = ""
    start: str = ""
    end: str = ""
    provider: int = 0
    specialty: str = ""
    department: str = ""
    outcome: str = ""
    part_of: int = 0


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """An event as kept, whole; `key` names it within its patient."""

    key: int
    patient: int
    kind: EventKind
    name: str
    concept: UsedConcept
    codes: tuple[Coding, ...] = ()
    start: str = ""
    end: str = ""
    visit: int = 0
    provider: int = 0
    category: str = ""
    assertion: Assertion = Assertion.PRESENT
    value: Value | None = None
    dose: str = ""
    reasons: tuple[int, ...] = ()
    """Keys of the events of the same patient that it was ordered for."""
    reason: UsedConcept | None = None
    """What it was ordered for, where that is said by code."""
    note: int | None = None
    """Key of the note it was read in."""


@dataclass(frozen=True, slots=True)
class KnownNote:
    """A de-identified note as kept; sections count characters of `text`."""

    key: int
    patient: int
    text: str
    visit: int = 0
    time: str = ""
    title: str = ""
    language: str = "en"
    sections: tuple[Section, ...] = ()
    provider: int = 0


class ConceptCount(NamedTuple):
    """In how many patients, and how many events, a concept occurs."""

    concept: int
    patients: int
    events: int


class PairCount(NamedTuple):
    """In how many distinct patients two concepts occur together."""

    first: int
    second: int
    patients: int


class Together(StrEnum):
    """What makes two events of a patient a pair."""

    PATIENT = "patient"
    """They are of one patient, at any time."""
    VISIT = "visit"
    """They are of one visit."""
    WINDOW = "window"
    """They begin at most so many days apart."""
    AFTER = "after"
    """The second begins with the first, or at most so many days after it."""
    LINK = "link"
    """The second was ordered for the first, as the source says by link or code."""


class Window(NamedTuple):
    """Which events are meant: of these kinds (none given: all), begun from `since` until before `until` (ISO 8601)."""

    kinds: frozenset[EventKind] = frozenset()
    since: str = ""
    until: str = ""
    assertions: frozenset[Assertion] = frozenset({Assertion.PRESENT})
    """None given: all."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased of patients; those who keep what was derived from them derive it again."""

    patients: int = 0
    visits: int = 0
    events: int = 0
    notes: int = 0
    quarantined: int = 0
    concepts: frozenset[str] = frozenset()
    """CURIEs of the concepts of the erased events: the aggregates that may have changed."""


#: Called after patients were erased, with the store still open for writing.
AfterForget: TypeAlias = Callable[[Forgotten], None]
