"""Files for `neo4j-admin database import full`: what is imported is the store that `kg.stores.connect` opens.

Nodes and relationships are those of `kg.stores.neo4j.layout`, each table a header and parts; `import.sh` has the
command. The tool makes no index on the Community edition: `kg neo4j init` does, once the server runs.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from kg.export.neo4j_admin.command import write_command
from kg.export.neo4j_admin.files import Table, Writer
from kg.export.neo4j_admin.tables import TABLES, TOLD
from kg.export.records import write_about
from kg.export.view import View


def write(view: View, folder: Path, *, packed: bool = False) -> dict[str, int]:
    """Counts by table, after headers, parts, import.sh and meta.json are written; `packed` parts are gzipped."""
    written: dict[Table, Writer] = {}
    for tables, records in TABLES.items():
        with ExitStack() as opened:
            writers = {table: opened.enter_context(Writer(folder, table, packed=packed)) for table in tables}
            for row in records(view):
                for writer in writers.values():
                    writer.write(row)
        written |= writers
    write_command(folder, written, packed=packed)
    return write_about(view, {table.name: written[table].count for table in TOLD}, folder)


def write_packed(view: View, folder: Path) -> dict[str, int]:
    """Counts by table, after the same was written with gzipped parts."""
    return write(view, folder, packed=True)
