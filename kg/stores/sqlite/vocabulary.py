"""Numbers for the words of a first load, which asks for millions that come in no order: no query, 24 bytes a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import apsw

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Words whose text is in memory; past it they are forgotten, and known by their hashes alone.
KEPT = 200_000

#: A run is merged into the one before it while that is less than so many times as long: runs stay few.
_GROWTH = 4


class _Run(NamedTuple):
    """Words by two hashes of 64 bits, in the order of the first, with their numbers."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    numbers: NDArray[np.int64]

    def sorted(self) -> _Run:
        order = self.first.argsort(kind="stable")
        return _Run(*(column[order] for column in self))

    def merged(self, fewer: _Run) -> _Run:
        """This run with a shorter one put between."""
        import numpy as np

        places = np.searchsorted(self.first, fewer.first)
        return _Run(*(np.insert(mine, places, theirs) for mine, theirs in zip(self, fewer, strict=True)))

    def find(self, first: NDArray[np.int64], second: NDArray[np.int64], numbers: NDArray[np.int64]) -> None:
        """Write the numbers of the words that are here to their places; of two with one first hash it finds both."""
        left = self.first.searchsorted(first)
        for places in (left, left + 1):
            places[places >= len(self.first)] = 0
            found = (self.first[places] == first) & (self.second[places] == second)
            numbers[found] = self.numbers[places[found]]


class Vocabulary:
    """Gives out numbers for texts and appends the new ones to the table `words`; 0 stands for the empty one.

    Texts are told apart by 128 bits of hash, as facts are. Hashes lie in sorted runs that are merged as they grow, so
    that a word costs about the same whether it is the first or the ten-millionth.
    """

    def __init__(self, connection: apsw.Connection, *, kept: int = KEPT) -> None:
        self._connection = connection
        self._kept = kept
        self._near: dict[str, int] = {"": 0}
        self._fresh: list[_Run] = []
        self._next = 1
        self._runs: list[_Run] = []

    def number(self, text: str) -> int:
        """The number of one text."""
        return self.numbers((text,))[0]

    def numbers(self, texts: Sequence[str]) -> list[int]:
        """The number of each text."""
        missing = self._missing(texts)
        if missing and len(self._near) + len(missing) > self._kept:
            self._forget()
            missing = self._missing(texts)
        if missing:
            self._learn(missing)
        return list(map(self._near.__getitem__, texts))

    def _missing(self, texts: Sequence[str]) -> list[str]:
        return [text for text in dict.fromkeys(texts) if text not in self._near]

    def _learn(self, texts: Sequence[str]) -> None:
        import numpy as np

        first, second = _hashed(texts), _hashed(f"{text}\0" for text in texts)
        numbers = np.zeros(len(texts), np.int64)
        for run in self._runs:
            run.find(first, second, numbers)
        new = numbers == 0
        numbers[new] = fresh = np.arange(self._next, self._next + int(new.sum()))
        self._next += len(fresh)
        if len(fresh):
            self._fresh.append(_Run(first[new], second[new], fresh))
        self._near.update(zip(texts, numbers.tolist(), strict=True))
        rows = zip(fresh.tolist(), compress(texts, new.tolist()), strict=True)
        self._connection.executemany("insert into words values (?, ?)", rows)

    def _forget(self) -> None:
        """Keep the hashes alone of what is in memory, as a sorted run, and merge runs of about one length."""
        import numpy as np

        self._near = {"": 0}
        if not self._fresh:
            return
        self._runs.append(_Run(*map(np.concatenate, zip(*self._fresh, strict=True))).sorted())
        self._fresh = []
        while len(self._runs) > 1 and len(self._runs[-2].first) < _GROWTH * len(self._runs[-1].first):
            fewer, more = self._runs.pop(), self._runs.pop()
            self._runs.append(more.merged(fewer))


def _hashed(texts: Iterable[str]) -> NDArray[np.int64]:
    """Python's own hash of each text, keyed anew in each process."""
    import numpy as np

    return np.fromiter(map(hash, texts), np.int64)
