"""Names and kinds of things by their identifiers, on the disk: a foreign graph may have more than memory holds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from types import TracebackType

from extractors.graphs.scratch import open_scratch

_BATCH = 10_000


class Shelf:
    """Identifier → name and kind, in a file that goes when it is closed."""

    def __init__(self) -> None:
        self._db = open_scratch()
        self._db.execute("create table scratch.things (id text primary key, name text, kind text) without rowid")
        self.get = lru_cache(maxsize=1 << 16)(self._get)

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def fill(self, things: Iterable[tuple[str, str, str]]) -> None:
        """Take up identifiers with name and kind; of one that comes twice the first counts."""
        rest = iter(things)
        while batch := list(islice(rest, _BATCH)):
            with self._db:
                self._db.executemany("insert or ignore into things values (?, ?, ?)", batch)

    def _get(self, id_: str) -> tuple[str, str]:
        """Name and kind; both empty where nobody told them."""
        found: tuple[str, str] | None = self._db.execute("select name, kind from things where id=?", (id_,)).fetchone()
        return found or ("", "")
