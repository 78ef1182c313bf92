"""Reading the lexicon's SQLite file, safely from any process that inherits it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw


class Database:
    """A read-only SQLite database, a file or its bytes, with a connection of its own in every process."""

    def __init__(self, source: Path | bytes) -> None:
        self._source = source
        self._connections: dict[int, apsw.Connection] = {}

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows that `query` gives."""
        connection = self._connections.get(os.getpid())
        if connection is None:
            connection = self._connections[os.getpid()] = self._connect()
        return connection.execute(query, values)

    def __getstate__(self) -> Path | bytes:
        return self._source

    def __setstate__(self, source: Path | bytes) -> None:
        self.__init__(source)  # type: ignore[misc]

    def _connect(self) -> apsw.Connection:
        if isinstance(self._source, bytes):
            connection = apsw.Connection(":memory:")
            connection.deserialize("main", self._source)
            return connection
        uri = self._source.resolve().as_uri() + "?mode=ro&immutable=1"
        return apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
