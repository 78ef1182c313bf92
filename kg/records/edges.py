"""The outermost edge of inputs: whatever fails in a reader becomes one sentence without a word of the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import TypeAlias

from extractors.errors import DeidentifyError, UnreadableError
from extractors.events import RecordSource, Refused, Row
from extractors.places import Place
from extractors.sources import find_record_source

#: What tells the reader of a place, or None.
FindSource: TypeAlias = Callable[[Place], RecordSource | None]


def fault(error: BaseException) -> str:
    """What went wrong, without a word of what the error says: it may quote the record."""
    if isinstance(error, DeidentifyError | UnreadableError):
        return str(error)
    last = extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    return f"medkg failed on it at {place} ({type(error).__name__}); please report that line, never the record"


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of places; both methods raise `UnreadableError`, and nothing else, for what a place holds."""

    find_source: FindSource = find_record_source

    def find(self, place: Place) -> RecordSource | None:
        """The reader that claims a place, or None."""
        try:
            return self.find_source(place)
        except Exception as error:
            reason = fault(error)
        raise UnreadableError(reason)

    def read(self, source: RecordSource, place: Place) -> Iterator[Row | Refused]:
        """The rows of a place."""
        try:
            yield from source.read(place)
            return
        except Exception as error:
            reason = fault(error)
        raise UnreadableError(reason)

    def claimed(self, place: Place) -> bool:
        """Whether a reader claims a place; what fails is told when its files are offered alone."""
        try:
            return self.find(place) is not None
        except UnreadableError:
            return False
