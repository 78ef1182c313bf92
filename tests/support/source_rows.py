"""The rows that the record sources read from a path, or from text written for a test."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from extractors.events import Refused, Row
from extractors.places import iter_places
from extractors.sources import find_record_source

_Kind = TypeVar("_Kind")


def read_records(path: Path) -> list[Row | Refused]:
    """Everything that is read in all places of `path` that a source claims."""
    rows: list[Row | Refused] = []
    for place in iter_places([path], lambda place: find_record_source(place) is not None):
        if source := find_record_source(place):
            rows.extend(source.read(place))
    return rows


def of_kind(rows: list[Row | Refused], kind: type[_Kind]) -> list[_Kind]:
    """The rows of one kind."""
    return [row for row in rows if isinstance(row, kind)]


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """A file with this content."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path
