"""Arrow: one file a table in the IPC format (also called Feather 2), to be mapped into memory; meta.json beside."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc

from kg.export.arrow_tables import SCHEMAS, iter_tables
from kg.export.records import TABLES, write_about
from kg.export.view import View
from kg.forms import Form


def write(view: View, folder: Path) -> dict[str, int]:
    """Counts by table, after an .arrow file of each and meta.json are written."""
    counts = {name: _write_table(folder, name, records(view)) for name, records in TABLES.items()}
    return write_about(view, counts, folder)


def _write_table(folder: Path, name: str, records: Iterable[Form]) -> int:
    count = 0
    with pa.OSFile(str(folder / f"{name}.arrow"), "wb") as file, ipc.new_file(file, SCHEMAS[name]) as writer:
        for table in iter_tables(name, records):
            writer.write_table(table)
            count += table.num_rows
    return count
