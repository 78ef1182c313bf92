"""Batches of rows without what identifies anyone: what worker processes do, one batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple, TypeAlias

from extractors.deidentify import Deidentifier, Mode, Report
from extractors.event_wording import settle_event
from extractors.events import Event, Identifier, IdentifierType, Note, Person, Provider, Retraction, Row, Visit
from kg.records.edges import fault

#: What reads further events in a note that is clean already.
ReadNote: TypeAlias = Callable[[Note], Iterable[Event]]


class Numbered(NamedTuple):
    """A row by its number in its input, with what is hunted for in its texts."""

    number: int
    row: Row
    known: tuple[Identifier, ...]


class Failed(NamedTuple):
    """A row that is refused, by its number: what is wrong, where it stands, and the pseudonym of its patient."""

    number: int
    reason: str
    place: str
    patient: str = ""
    kept: bool = False
    """Whether it was read all the same, so that this is a warning."""


@dataclass(slots=True)
class Removed:
    """How many identifiers were taken out, by type: in texts, and in fields that are dropped whole."""

    texts: Report = field(default_factory=Report)
    fields: Counter[IdentifierType] = field(default_factory=Counter)

    def add(self, other: Removed) -> None:
        """Counts what another batch counted."""
        self.texts.add(other.texts)
        self.fields.update(other.fields)


class CleanBatch(NamedTuple):
    """A batch without identifiers, each row or refusal in its place, and how many of what there were."""

    rows: list[Row | Failed]
    removed: Removed


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Cleans batches; picklable, so that a worker process makes its own de-identifier."""

    key: bytes = field(repr=False)
    mode: Mode = Mode.TYPE
    shift_days: int = 365
    read_note: ReadNote | None = None

    def __call__(self, batch: Sequence[Numbered | Failed]) -> CleanBatch:
        """The rows of a batch, cleaned, in their order, each note with the events read in it; never raises for one.

        What failed before stays in its place.
        """
        cleaned: list[Row | Failed] = []
        by = deidentifier(self.key, self.mode, self.shift_days)
        by.report = Report()
        removed = Removed(by.report)
        for each in batch:
            cleaned += [each] if isinstance(each, Failed) else self._clean(by, each, removed)
        return CleanBatch(cleaned, removed)

    def _clean(self, by: Deidentifier, numbered: Numbered, removed: Removed) -> list[Row | Failed]:
        number, row, known = numbered
        patient = by.pseudonym(patient_of(row))
        wanting = what_is_wanting(row)
        if wanting:
            return [Failed(number, wanting, f"record {number}", patient)]
        settled = settle_event(row) if isinstance(row, Event) else row
        if settled is None:
            return []
        row = settled
        if isinstance(row, Person | Provider):
            removed.fields.update(each.type for each in row.identifiers)
        try:
            clean = by.clean_row(row, known=known)
            if self.read_note is None or not isinstance(clean, Note):
                return [clean]
            return [clean, *self.read_note(clean)]
        except Exception as error:
            return [Failed(number, fault(error), f"record {number}", patient)]


@cache
def deidentifier(key: bytes, mode: Mode, shift_days: int) -> Deidentifier:
    """The de-identifier with a key, made once in a process."""
    return Deidentifier(key=key, mode=mode, shift_days=shift_days)


def patient_of(row: Row) -> str:
    """The source's id of the patient that a row is about; empty where it is about none."""
    match row:
        case Person():
            return row.id
        case Provider():
            return ""
        case Visit() | Event() | Note() | Retraction():
            return row.patient


def what_is_wanting(row: Row) -> str:
    """What a row lacks without which it cannot be kept; empty for nothing."""
    if not row.id:
        return f"a {type(row).__name__.lower()} has no id"
    if isinstance(row, Visit | Event | Note) and not row.patient:
        return f"a {type(row).__name__.lower()} names no patient"
    return ""
