"""What a run of `ingest` was told to do, and what it did."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from extractors.deidentify import Mode
from extractors.events import Row
from kg.records.cleaning import Cleaner, ReadNote, Removed
from kg.records.note_reader import NoteReader
from ontologies.pinned import Pinned

#: Refusals that are kept to be shown; all are counted, and all are in the store's quarantine.
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """How records are read; the same store should always be filled in the same way."""

    site: str = ""
    """Name of the hospital or export within which ids are unique, whatever the layout."""
    mode: Mode = Mode.TYPE
    shift_days: int = 365
    workers: int = 0
    again: bool = False
    """Whether inputs that were read before are read again: after an update, or for notes that say more by now."""
    read_note: ReadNote | None = None

    @classmethod
    def of(
        cls, *, site: str, mode: str, shift_days: int, workers: int, again: bool, lexicon: Pinned | None
    ) -> Settings:
        """The settings as a command gives them; events are read in notes by the `lexicon`, where given."""
        reader = NoteReader(lexicon) if lexicon else None
        return cls(site, Mode(mode), shift_days, workers, again, reader)

    def cleaner(self, key: bytes) -> Cleaner:
        """What cleans rows with a key."""
        return Cleaner(key, self.mode, self.shift_days, self.read_note)


class RefusedInput(NamedTuple):
    """A refusal: the input by its hash, the place in it, and what is wrong with its form."""

    input: str
    place: str
    reason: str


@dataclass(slots=True)
class Progress:
    """How far a run is, and at the end what it did."""

    step: str = "reading records"
    inputs: int = 0
    unchanged: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    """Rows written, by their type: person, provider, visit, event, note, retraction."""
    left_out: int = 0
    """Rows of patients who were forgotten."""
    removed: Removed = field(default_factory=Removed)
    """Identifiers that were taken out, by type, whether or not their rows are new."""
    aside: dict[str, set[str]] = field(default_factory=dict)
    """By layout, the tables or types of it that lie in the inputs and are not read."""
    refused: int = 0
    shown: list[RefusedInput] = field(default_factory=list)
    warnings: list[RefusedInput] = field(default_factory=list)
    """The first records that were read although not all of them may be there."""
    warned: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def note(self, rows: Iterable[Row], *, left_out: int) -> None:
        """Counts rows that were written."""
        self.rows.update(type(row).__name__.lower() for row in rows)
        self.left_out += left_out

    def leave_aside(self, layout: str, names: Iterable[str]) -> None:
        """Notes what is not read of an input."""
        if found := set(names):
            self.aside.setdefault(layout, set()).update(found)

    def warn(self, input_: str, place: str, reason: str) -> None:
        """Counts a warning, and keeps the first ones to be shown."""
        self.warned += 1
        if len(self.warnings) < SHOWN:
            self.warnings.append(RefusedInput(input_, place, reason))

    def refuse(self, input_: str, place: str, reason: str) -> None:
        """Counts a refusal, and keeps the first ones to be shown."""
        self.refused += 1
        if len(self.shown) < SHOWN:
            self.shown.append(RefusedInput(input_, place, reason))
