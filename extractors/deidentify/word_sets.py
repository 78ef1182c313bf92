"""Sets of words in few bits each: whether a word is a common word, a medical word, the name of a place.

Bloom filters (Bloom, CACM 1970): a word of the set is always known, one in some hundred others is too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Hashes of a word; with twelve bits a word about one strange word in two hundred is taken for one of the set.
_HASHES = 4
_BITS_PER_WORD = 12
_PRIME = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1

Numbers = NDArray[np.uint64]


def hash_word(word: str) -> int:
    """A number of 64 bits for a word, the same on every machine."""
    value = 0
    for character in word:
        value = ((value + ord(character)) * _PRIME) & _MASK
        value ^= value >> 29
    return value


def hash_runs(codes: Numbers, length: int) -> Numbers:
    """The hashes of all runs of so many characters, given by their code points, as `hash_word` makes them."""
    count = max(len(codes) - length + 1, 0)
    value = np.zeros(count, np.uint64)
    for offset in range(length):
        value = (value + codes[offset : offset + count]) * np.uint64(_PRIME)
        value ^= value >> np.uint64(29)
    return value


@dataclass(frozen=True, slots=True)
class WordSet:
    """A set of words by their hashes; `bits` are packed."""

    bits: NDArray[np.uint8]

    @classmethod
    def of(cls, words: Iterable[str]) -> WordSet:
        """The set of these words."""
        hashes = np.array(sorted({hash_word(word) for word in words}), np.uint64)
        size = 8 * (len(hashes) * _BITS_PER_WORD // 8 + 128)
        marks = np.zeros(size, np.uint8)
        for places in _places(hashes, size):
            marks[places] = 1
        return cls(np.packbits(marks, bitorder="little"))

    def has(self, hashes: Numbers) -> NDArray[np.bool_]:
        """Whether the words of these hashes are in the set."""
        found = np.ones(len(hashes), np.bool_)
        for places in _places(hashes, len(self.bits) * 8):
            found &= (self.bits[places >> np.uint64(3)] >> (places & np.uint64(7)).astype(np.uint8)) & 1 == 1
        return found

    def __contains__(self, word: str) -> bool:
        return bool(self.has(np.array([hash_word(word)], np.uint64))[0])


def _places(hashes: Numbers, size: int) -> Iterable[Numbers]:
    step = (hashes >> np.uint64(32)) | np.uint64(1)
    for index in range(_HASHES):
        yield (hashes + np.uint64(index) * step) % np.uint64(size)
