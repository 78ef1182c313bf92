"""The command that imports the files, as a script beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from kg.export.neo4j_admin.files import Table, Writer

SCRIPT = "import.sh"

#: Bytes that the tool reads at once where it is not told otherwise; no field may be longer.
_BUFFER = 4 << 20

_HEAD = """\
#!/bin/sh
# Imports these files into a database of a stopped Neo4j 5.26 or newer; the server's configuration is that of
# neo4j-admin, or of what NEO4J_ADMIN says instead (as "kg neo4j admin --").
#   sh import.sh [DATABASE] [OPTIONS], as: sh import.sh neo4j --overwrite-destination
# Afterwards start the server, then make the indexes:  kg neo4j init neo4j://localhost:7687/DATABASE
set -eu
cd "$(dirname "$0")"
database="${1:-neo4j}"
[ $# -eq 0 ] || shift
"""


def write_command(folder: Path, written: Mapping[Table, Writer], *, packed: bool) -> None:
    """Write import.sh; tables without rows are left out of it."""
    longest = max(writer.longest for writer in written.values())
    command = [
        "exec ${NEO4J_ADMIN:-neo4j-admin} database import full",
        "--array-delimiter=U+001F --multiline-fields=true",
        *_buffer(longest),
        *_sources(written, packed=packed),
        '"$@" "$database"',
    ]
    script = folder / SCRIPT
    script.write_text(_HEAD + " \\\n    ".join(command) + "\n", encoding="utf-8")
    script.chmod(0o755)


def read_command(folder: Path) -> str | None:
    """The command that import.sh in an export runs, None where there is none."""
    script = folder / SCRIPT
    return script.read_text(encoding="utf-8").partition("exec ")[2].strip() if script.exists() else None


def _buffer(longest: int) -> Iterator[str]:
    if longest >= _BUFFER:
        yield f"--read-buffer-size={(longest >> 20) + 1}m"


def _sources(written: Mapping[Table, Writer], *, packed: bool) -> Iterator[str]:
    ending = r"csv\.gz" if packed else "csv"
    for table, writer in written.items():
        if writer.count:
            label = f"{table.label}=" if table.label else ""
            option = "relationships" if table.joins else "nodes"
            yield f"'--{option}={label}{table.name}-header.csv,{table.name}-\\d+.{ending}'"
