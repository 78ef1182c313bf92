"""Reads events in notes while records are ingested; picklable, each worker process opens the lexicon for itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extractors.events import Event, Note
from extractors.note_events import find_note_events
from ontologies.decided import open_decided
from ontologies.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class NoteReader:
    """Finds the events of clean notes by the lexicon compiled into a folder."""

    lexicon: Path

    def __call__(self, note: Note) -> Iterator[Event]:
        """The events that a note speaks of."""
        return find_note_events(note, _open(self.lexicon))


@cache
def _open(folder: Path) -> Lexicon:
    return open_decided(folder)
