"""JSON lines: one file a table, one object a line, UTF-8; meta.json says what graph it is and whom to credit."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from kg.export.records import TABLES, get_about
from kg.forms import Form
from kg.roles import Store


def write(store: Store, folder: Path) -> dict[str, int]:
    """Counts by table, after nodes.jsonl, facts.jsonl, evidence.jsonl, documents.jsonl and meta.json are written."""
    counts = {name: _write_lines(folder / f"{name}.jsonl", records(store)) for name, records in TABLES.items()}
    about = orjson.dumps(get_about(store, counts), option=orjson.OPT_INDENT_2)
    (folder / "meta.json").write_bytes(about + b"\n")
    return counts


def _write_lines(path: Path, records: Iterable[Form]) -> int:
    count = 0
    with path.open("wb", buffering=1 << 20) as file:
        for record in records:
            file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    return count
