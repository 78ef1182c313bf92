"""Numbers for what repeats in an events store, given out as rows are written, with a bounded memory of the latest."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import apsw

K = TypeVar("K", bound=Hashable)

#: Entries kept in memory; past it the table is asked again, so that memory stays bounded.
KEPT = 200_000


class Numbers(Generic[K]):
    """Numbers for keys, found or given out by `make`; 0 stands for nothing (an empty key)."""

    def __init__(self, make: Callable[[K], int], *, kept: int = KEPT) -> None:
        self._make = make
        self._kept = kept
        self._known: dict[K, int] = {}

    def __getitem__(self, key: K) -> int:
        """The number of `key`."""
        number = self._known.get(key)
        if number is None:
            if len(self._known) >= self._kept:
                self._known.clear()
            number = self._known[key] = self._make(key) if key else 0
        return number

    def forget(self) -> None:
        """Empties the memory, as after a transaction that was undone."""
        self._known.clear()


class Interned(Numbers[str]):
    """Numbers for the texts of one unique column of a table."""

    def __init__(self, cursor: apsw.Cursor, table: str, column: str) -> None:
        find = f"select id from {table} where {column}=?"
        add = f"insert into {table} ({column}) values (?) returning id"

        def make(text: str) -> int:
            number: int = cursor.execute(find, (text,)).get or cursor.execute(add, (text,)).get
            return number

        super().__init__(make)
