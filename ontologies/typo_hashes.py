"""Hashes of names with one character left out, and of neighbouring characters: what the typo index is sorted by.

A name is read as a polynomial in a fixed odd base over its characters, modulo 2^64 (Karp and Rabin, Efficient
randomized pattern-matching algorithms, 1987). The hash of a name without its character i follows from the hashes of
what stands before and behind it, so that all deletions of many names are made at once, without making the names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ontologies.script import FIRST_CHINESE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BASE = 0x9E3779B97F4A7C15
_MIX = 0xFF51AFD7ED558CCD
_MASK = (1 << 64) - 1
EDGE = "\n"
"""Stands before the first and behind the last character of a name where neighbours are counted."""


def hash_deletions(names: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """For every name its hash and those of the name without one character, and the place of the name in `names`."""
    import numpy as np

    lengths = np.array([len(name) for name in names], np.int64)
    hashes: list[NDArray[np.uint32]] = [np.empty(0, np.uint32)]
    owners: list[NDArray[np.uint32]] = [np.empty(0, np.uint32)]
    for length in np.unique(lengths[lengths > 0]):
        places = np.flatnonzero(lengths == length)
        found = _hash_rows(_codes([names[place] for place in places.tolist()], int(length)))
        hashes.append(found.ravel())
        owners.append(np.repeat(places.astype(np.uint32), length + 1))
    return np.concatenate(hashes), np.concatenate(owners)


def _codes(names: Sequence[str], length: int) -> NDArray[np.uint64]:
    import numpy as np

    text = "".join(names).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(text, np.uint32).reshape(len(names), length).astype(np.uint64)


def _hash_rows(codes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """The hash of each row and, in the columns behind it, of the row without each of its characters."""
    import numpy as np

    count, length = codes.shape
    base = np.uint64(_BASE)
    powers = np.array([pow(_BASE, power, _MASK + 1) for power in range(length + 1)], np.uint64)
    before = np.zeros((length + 1, count), np.uint64)
    behind = np.zeros((length + 2, count), np.uint64)
    columns = np.ascontiguousarray(codes.T) + np.uint64(1)
    for place in range(length):
        before[place + 1] = before[place] * base + columns[place]
    for place in range(length - 1, -1, -1):
        behind[place] = columns[place] * powers[length - 1 - place] + behind[place + 1]
    shorter = before[:length] * powers[length - 1 :: -1, None] + behind[1 : length + 1]
    return _mixed(np.concatenate([before[length:], shorter]).T)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint32]:
    import numpy as np

    values = values ^ (values >> np.uint64(33))
    return ((values * np.uint64(_MIX)) >> np.uint64(32)).astype(np.uint32)


def hash_neighbours(names: Iterable[str], *, size: int) -> NDArray[np.uint32]:
    """The hashes of all runs of `size` characters with a Chinese one among them, unsorted and repeated.

    The edges of a name count as characters of their own.
    """
    import numpy as np

    text = EDGE + EDGE.join(names) + EDGE
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    windows = [codes[place : len(codes) - size + 1 + place] for place in range(size)]
    value = np.zeros(len(windows[0]), np.uint64)
    chinese = np.zeros(len(windows[0]), bool)
    whole = np.ones(len(windows[0]), bool)
    for place, window in enumerate(windows):
        value = value * np.uint64(_BASE) + window + np.uint64(1)
        chinese |= window >= ord(FIRST_CHINESE)
        if 0 < place < size - 1:
            whole &= window != ord(EDGE)
    return _mixed(value[chinese & whole])


def hash_run(characters: str) -> int:
    """The hash of one run of neighbours, as `hash_neighbours` gives it; of a word, where words are counted."""
    value = 0
    for character in characters:
        value = (value * _BASE + ord(character) + 1) & _MASK
    value ^= value >> 33
    return ((value * _MIX) & _MASK) >> 32
