"""How much hangs on each name under each concept, counted from rows of numbers in a few passes of numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Bits of a word's number in a key of node and word.
WORD_BITS = 32


def split_key(key: int) -> tuple[int, int]:
    """The numbers of the node and of the word that a key stands for."""
    return key >> WORD_BITS, key & ((1 << WORD_BITS) - 1)


def count_uses(rows: NDArray[np.int64], restricted: NDArray[np.bool_]) -> list[list[int]]:
    """The keys of node and word that are there, then for each its facts, rows and documents.

    A row is the numbers of its fact, its document, and the node and word of either side, 0 for no word. Rows of one
    fact come together, and in them those of one document; those that are `restricted` are one row: how many sentences
    of a few patients say a thing is not told.
    """
    import numpy as np

    named = np.concatenate([rows[:, side + 1] > 0 for side in (2, 4)])
    key = np.concatenate([(rows[:, side] << WORD_BITS) | rows[:, side + 1] for side in (2, 4)])[named]
    keys, place = np.unique(key, return_inverse=True)
    begins = np.diff(rows[:, :2], axis=0, prepend=-1) != 0

    def distinct(number: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of these numbers each key is met with."""
        several = int(number.max(initial=0)) + 1
        pairs = np.sort(place * several + np.tile(number, 2)[named])
        return np.bincount(pairs[np.diff(pairs, prepend=-1) != 0] // several, minlength=len(keys))

    facts, evidence = np.cumsum(begins[:, 0]), np.cumsum(begins.any(axis=1) | ~restricted)
    counts = (keys, distinct(facts), distinct(evidence), distinct(rows[:, 1]))
    return [one.tolist() for one in counts]
