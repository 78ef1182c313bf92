"""JSON lines: one file a table, one object a line, UTF-8; meta.json says what graph it is and whom to credit."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from kg.export.records import TABLES, write_about
from kg.export.view import View
from kg.forms import Form


def write(view: View, folder: Path) -> dict[str, int]:
    """Counts by table, after a .jsonl file of each and meta.json are written."""
    counts = {name: write_lines(folder / f"{name}.jsonl", records(view)) for name, records in TABLES.items()}
    return write_about(view, counts, folder)


def write_lines(path: Path, records: Iterable[Form]) -> int:
    """How many objects were written, one a line."""
    count = 0
    with path.open("wb", buffering=1 << 20) as file:
        for record in records:
            file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    return count
