"""What an import holds between reading and writing, on the disk: by name, whatever order it came in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from types import TracebackType
from typing import Any
from zlib import crc32

import orjson

from extractors.graphs.scratch import open_scratch

_BATCH = 5_000
_SPREAD = 1 << 32


class Spool:
    """Records under names, in a file that goes when it is closed; memory stays bounded."""

    def __init__(self) -> None:
        self._db = open_scratch()
        self._db.execute("create table scratch.records (name text, spread integer, record blob)")
        self._sealed = False

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def fill(self, records: Iterable[tuple[str, str, Any]]) -> int:
        """How many records were taken up: each the name it is under, what it is about, and itself as JSON may be."""
        rest, total = iter(records), 0
        while batch := list(islice(rest, _BATCH)):
            rows = ((name, crc32(about.encode()), orjson.dumps(record, default=tuple)) for name, about, record in batch)
            with self._db:
                self._db.executemany("insert into records values (?, ?, ?)", rows)
            total += len(batch)
        return total

    def seal(self) -> None:
        """Make it ready to be asked; nothing is taken up afterwards."""
        self._db.execute("create index scratch.by_name on records (name, spread)")
        self._sealed = True

    def names(self) -> Iterator[tuple[str, int]]:
        """Each name in order, with the number of its records."""
        yield from self._db.cursor().execute("select name, count(*) from records group by name order by name")

    def has(self, name: str) -> bool:
        """Whether there is a record under that name."""
        return bool(self._db.cursor().execute("select exists (select 1 from records where name=?)", (name,)).get)

    def count(self, name: str) -> int:
        """How many records are under that name."""
        number: int = self._db.cursor().execute("select count(*) from records where name=?", (name,)).get
        return number

    def records(self, name: str, *, part: int = 0, parts: int = 1) -> list[Any]:
        """The records under a name; of `parts` of about one size that one, what is about one thing together."""
        bounds = part * _SPREAD // parts, (part + 1) * _SPREAD // parts
        found = self._db.cursor().execute(
            "select record from records where name=? and spread>=? and spread<? order by rowid", (name, *bounds)
        )
        return [orjson.loads(record) for (record,) in found]
