"""Tables of a DuckDB file, read as text in batches; the package is needed only for those who have such files."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from extractors.errors import UnreadableError
from extractors.places import Place

if TYPE_CHECKING:
    import pyarrow as pa

#: The columns of a table, in small letters, and what reads them.
Described: TypeAlias = tuple[tuple[str, ...], Callable[[Sequence[int], "deque[int]"], Iterable["pa.RecordBatch"]]]

_MAGIC = b"DUCK"
_MAGIC_AT = 8
_BATCH_ROWS = 8192
_TABLES = """
    SELECT table_schema, table_name, list(column_name ORDER BY ordinal_position)
    FROM information_schema.columns WHERE table_schema NOT IN ('information_schema', 'pg_catalog')
    GROUP BY ALL ORDER BY ALL
"""
#: A foreign file is not trusted: its views may read no other file, and nothing of it is spilled to disk.
_CAREFUL = ("SET temp_directory = ''", "SET enable_external_access = false", "SET threads = 1")
_UNNAMED = re.compile(r"column\d+")


def is_duckdb(place: Place) -> bool:
    """Whether `place` is one DuckDB file."""
    return not place.whole and place.members[0].head[_MAGIC_AT:].startswith(_MAGIC)


def read_duckdb_tables(place: Place) -> dict[str, Described]:
    """The tables of the file by their names in small letters; raises `UnreadableError` where it cannot be opened."""
    path = place.members[0].path
    if path is None:
        raise UnreadableError("a DuckDB file cannot be read inside an archive; unpack it first")
    connection = _connect(path)
    found = connection.execute(_TABLES).fetchall()
    return {table.lower(): _describe(connection, schema, table, columns) for schema, table, columns in found}


def _connect(path: Path) -> Any:
    try:
        import duckdb
    except ModuleNotFoundError:
        raise UnreadableError("is a DuckDB file, which needs duckdb: pip install 'medkg[records]'") from None
    try:
        connection = duckdb.connect(str(path), read_only=True)
        for statement in _CAREFUL:
            connection.execute(statement)
    except duckdb.Error as error:
        kind = type(error).__name__
        raise UnreadableError(
            f"DuckDB cannot open it ({kind}); close what else has it open, or export to Parquet"
        ) from None
    return connection


def _describe(connection: Any, schema: str, table: str, columns: list[str]) -> Described:
    import duckdb

    source, skipped = f"{_name(schema)}.{_name(table)}", 0
    names = columns
    if all(map(_UNNAMED.fullmatch, columns)):
        # DuckDB takes the header of an otherwise empty CSV for a row and names the columns itself.
        first = connection.execute(f"SELECT * FROM {source} LIMIT 1").fetchone()  # noqa: S608 (names are quoted)
        names, skipped = [str(value) for value in first or ()] or columns, 1

    def batches(wanted: Sequence[int], _: deque[int]) -> Iterator[pa.RecordBatch]:
        chosen = ", ".join(f"CAST({_name(columns[index])} AS VARCHAR)" for index in wanted)
        query = f"SELECT {chosen} FROM {source} OFFSET {skipped}"  # noqa: S608 (names are quoted)
        try:
            found = connection.cursor().sql(query)
            # Newer releases name it otherwise and warn of the old name.
            read = found.to_arrow_reader if hasattr(found, "to_arrow_reader") else found.fetch_arrow_reader
            yield from read(_BATCH_ROWS)
        except duckdb.Error:
            raise UnreadableError(f"the table {table} cannot be read") from None

    return tuple(name.lower() for name in names), batches


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
