"""Reads events in notes while records are ingested; picklable; all worker processes open the same lexicon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractors.events import Event, Note
from extractors.note_events import find_note_events
from ontologies.lexicon import Lexicon
from ontologies.pinned import Pinned


@dataclass(frozen=True, slots=True)
class NoteReader:
    """Finds the events of clean notes, by one lexicon from the first note to the last."""

    lexicon: Pinned

    def __call__(self, note: Note) -> Iterator[Event]:
        """The events that a note speaks of."""
        return find_note_events(note, _open(self.lexicon))


@cache
def _open(pinned: Pinned) -> Lexicon:
    return pinned.open()
