"""Numbers for the words of a first load, which asks for millions that come in no order: no query, 24 bytes a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

import apsw

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Words whose text is in memory; past it they are forgotten, and known by their hashes alone.
KEPT = 200_000

#: A run is merged into the one before it while that is less than so many times as long: runs stay few.
_GROWTH = 4
_BYTES = 16


class Vocabulary:
    """Gives out numbers for texts and appends the new ones to the table `words`; 0 stands for the empty one.

    Texts are told apart by 128 bits of hash, as facts are. Hashes lie in sorted runs that are merged as they grow, so
    that a word costs the same whether it is the first or the ten-millionth.
    """

    def __init__(self, connection: apsw.Connection, *, kept: int = KEPT) -> None:
        self._connection = connection
        self._kept = kept
        self._near: dict[str, int] = {"": 0}
        self._fresh: list[bytes] = []
        self._next = 1
        self._runs: list[tuple[NDArray[np.bytes_], NDArray[np.int64]]] = []

    def number(self, text: str) -> int:
        """The number of one text."""
        return self.numbers((text,))[0]

    def numbers(self, texts: Sequence[str]) -> list[int]:
        """The number of each text."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._near]
        if missing and len(self._near) + len(missing) > self._kept:
            self._forget()
            missing = [text for text in dict.fromkeys(texts) if text]
        if missing:
            self._learn(missing)
        return list(map(self._near.__getitem__, texts))

    def _learn(self, texts: Sequence[str]) -> None:
        hashes = [blake2b(text.encode(), digest_size=_BYTES).digest() for text in texts]
        new: list[tuple[int, str]] = []
        for text, hashed, found in zip(texts, hashes, self._find(hashes), strict=True):
            if not found:
                found = self._next + len(new)
                new.append((found, text))
                self._fresh.append(hashed)
            self._near[text] = found
        self._next += len(new)
        self._connection.executemany("insert into words values (?, ?)", new)

    def _find(self, hashes: Sequence[bytes]) -> Iterable[int]:
        """The numbers of words by hash, 0 where a word is new."""
        import numpy as np

        wanted, numbers = np.array(hashes, f"S{_BYTES}"), np.zeros(len(hashes), np.int64)
        for known, given in self._runs:
            places = np.searchsorted(known, wanted)
            places[places == len(known)] = 0
            found = known[places] == wanted
            numbers[found] = given[places[found]]
        return numbers.tolist()

    def _forget(self) -> None:
        """Keep the hashes of what is in memory alone, as a sorted run, and merge runs of about one length."""
        import numpy as np

        self._near = {"": 0}
        if not self._fresh:
            return
        hashes = np.array(self._fresh, f"S{_BYTES}")
        order = np.argsort(hashes, kind="stable")
        self._runs.append((hashes[order], self._next - len(order) + order))
        self._fresh = []
        while len(self._runs) > 1 and len(self._runs[-2][0]) < _GROWTH * len(self._runs[-1][0]):
            (fewer, their), (more, others) = self._runs.pop(), self._runs.pop()
            places = np.searchsorted(more, fewer)
            self._runs.append((np.insert(more, places, fewer), np.insert(others, places, their)))
