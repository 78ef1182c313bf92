"""Counts of pairs that need not fit into memory: runs are sorted, spilled to a file without a name, and merged.

A pair is one integer, the first number in its upper 32 bits. The file holds such numbers and counts alone, which mean
nothing without the (encrypted) store; it has no name, so that nothing of it outlives the process.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pairs: TypeAlias = NDArray[np.uint64]
Counts: TypeAlias = NDArray[np.int64]

#: Pairs that are held before they are counted, and counted pairs that are held before they are written out.
HELD, KEPT = 1 << 22, 1 << 23

#: Counted pairs of each run that a merge reads at a time.
BLOCK = 1 << 18


class PairCounter:
    """Counts how often each pair was added; memory is bounded, whatever the number of pairs."""

    def __init__(self, folder: Path, *, held: int = HELD, kept: int = KEPT) -> None:
        self._folder = folder
        self._held, self._kept = held, kept
        self._fresh: list[Pairs] = []
        self._size = 0
        self._pairs: Pairs = np.empty(0, np.uint64)
        self._counts: Counts = np.empty(0, np.int64)
        self._runs: list[_Run] = []

    def add(self, pairs: Pairs) -> None:
        """Counts each of `pairs` once."""
        self._fresh.append(pairs)
        self._size += len(pairs)
        if self._size >= self._held:
            self._count()

    def counted(self) -> Iterator[tuple[Pairs, Counts]]:
        """All pairs in order with their counts, in blocks; empties the counter."""
        self._count()
        if not self._runs:
            yield self._pairs, self._counts
            return
        self._spill()
        yield from _merge(self._runs)
        for run in self._runs:
            run.close()

    def _count(self) -> None:
        fresh, counts = np.unique(np.concatenate([*self._fresh, np.empty(0, np.uint64)]), return_counts=True)
        self._fresh, self._size = [], 0
        self._pairs, self._counts = _summed([self._pairs, fresh], [self._counts, counts])
        if len(self._pairs) > self._kept:
            self._spill()

    def _spill(self) -> None:
        if len(self._pairs):
            self._runs.append(_Run(self._folder, self._pairs, self._counts))
        self._pairs, self._counts = np.empty(0, np.uint64), np.empty(0, np.int64)


class _Run:
    """Counted pairs in order, in a file without a name."""

    def __init__(self, folder: Path, pairs: Pairs, counts: Counts) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - lives as long as the run
        self._length = len(pairs)
        self._position = 0
        self._file.write(pairs.tobytes())
        self._file.write(counts.tobytes())

    def read(self) -> tuple[Pairs, Counts]:
        """The next block, empty at the end."""
        size = min(BLOCK, self._length - self._position)
        parts = []
        for start in (0, self._length):
            self._file.seek(8 * (start + self._position))
            parts.append(self._file.read(8 * size))
        self._position += size
        return np.frombuffer(parts[0], np.uint64), np.frombuffer(parts[1], np.int64)

    def close(self) -> None:
        self._file.close()


def _merge(runs: list[_Run]) -> Iterator[tuple[Pairs, Counts]]:
    """The runs' pairs in order, summed: what no run can have more of goes out, block by block."""
    blocks = [run.read() for run in runs]
    while any(len(pairs) for pairs, _ in blocks):
        until = min(pairs[-1] for pairs, _ in blocks if len(pairs))
        cuts = [int(np.searchsorted(pairs, until, side="right")) for pairs, _ in blocks]
        heads = [(pairs[:cut], counts[:cut]) for (pairs, counts), cut in zip(blocks, cuts, strict=True)]
        yield _summed([pairs for pairs, _ in heads], [counts for _, counts in heads])
        for index, cut in enumerate(cuts):
            pairs, counts = blocks[index]
            blocks[index] = (pairs[cut:], counts[cut:]) if cut < len(pairs) else runs[index].read()


def _summed(pairs: list[Pairs], counts: list[Counts]) -> tuple[Pairs, Counts]:
    """Pairs in order, each once, with the sum of its counts."""
    all_pairs, all_counts = np.concatenate(pairs), np.concatenate(counts)
    order = np.argsort(all_pairs, kind="stable")
    ordered = all_pairs[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(ordered) else order
    if not len(ordered):
        return ordered, all_counts
    return ordered[starts], np.add.reduceat(all_counts[order], starts)
