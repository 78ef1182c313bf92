"""What a test wants to know of the rows that are read of a folder of records."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TypeVar

from extractors.events import Refused, Row
from extractors.places import iter_places
from extractors.sources import find_record_source

_Kind = TypeVar("_Kind")


def read_all(path: Path) -> list[Row | Refused]:
    """All rows of all places in `path` that some reader claims, and what was refused."""
    places = iter_places([path], lambda place: find_record_source(place) is not None)
    found = ((place, find_record_source(place)) for place in places)
    return [row for place, source in found if source is not None for row in source.read(place)]


def rows_of(rows: list[Row | Refused], kind: type[_Kind]) -> list[_Kind]:
    """Those that are a `kind`."""
    return [row for row in rows if isinstance(row, kind)]


def count_tables(rows: list[Row | Refused]) -> Counter[str]:
    """How many rows each table gave, told by their ids; those refused stand under `refused`."""
    return Counter("refused" if isinstance(row, Refused) else row.id.partition("/")[0] for row in rows)
