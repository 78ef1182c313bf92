"""The features of each piece of a text: what is seen of it and of its neighbours, combined, as numbers of rows."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from extractors.deidentify.attributes import Column
from extractors.deidentify.word_sets import Numbers

#: How far to the left and to the right is looked.
REACH = 3

_C = Column
_ALONE = [
    *((column, 0) for column in Column if column is not _C.NOTHING),
    *((_C.WORD, offset) for offset in (-3, -2, -1, 1, 2, 3)),
    *((_C.SHAPE, offset) for offset in (-2, -1, 1, 2)),
    *((_C.NAMES, offset) for offset in (-2, -1, 1, 2)),
    *((_C.VOCABULARY, offset) for offset in (-1, 1)),
    *((_C.ROLE, offset) for offset in (-2, -1, 1, 2)),
    *((_C.TAIL, offset) for offset in (-1, 1)),
    *((_C.SEGMENT, offset) for offset in (-1, 1)),
]
_PAIRS = [
    ((_C.WORD, -1), (_C.WORD, 0)),
    ((_C.WORD, 0), (_C.WORD, 1)),
    ((_C.WORD, -2), (_C.WORD, -1)),
    ((_C.WORD, 1), (_C.WORD, 2)),
    ((_C.WORD, -1), (_C.WORD, 1)),
    ((_C.WORD, -1), (_C.SHAPE, 0)),
    ((_C.WORD, 1), (_C.SHAPE, 0)),
    ((_C.WORD, -1), (_C.NAMES, 0)),
    ((_C.WORD, 1), (_C.NAMES, 0)),
    ((_C.WORD, -2), (_C.NAMES, 0)),
    ((_C.WORD, -1), (_C.VOCABULARY, 0)),
    ((_C.WORD, 1), (_C.VOCABULARY, 0)),
    ((_C.SHAPE, 0), (_C.NAMES, 0)),
    ((_C.SHAPE, 0), (_C.VOCABULARY, 0)),
    ((_C.NAMES, 0), (_C.VOCABULARY, 0)),
    ((_C.SHAPE, 0), (_C.CASE, 0)),
    ((_C.SHAPE, 0), (_C.LABEL, 0)),
    ((_C.SHAPE, 0), (_C.LEFT, 0)),
    ((_C.SHAPE, 0), (_C.RIGHT, 0)),
    ((_C.NAMES, 0), (_C.LEFT, 0)),
    ((_C.NAMES, 0), (_C.RIGHT, 0)),
    ((_C.LEFT, 0), (_C.RIGHT, 0)),
    ((_C.SHAPE, 0), (_C.GAP, 0)),
    ((_C.SHAPE, 0), (_C.LINE, 0)),
    ((_C.ROLE, -1), (_C.SHAPE, 0)),
    ((_C.ROLE, 1), (_C.SHAPE, 0)),
    ((_C.DIGITS, 0), (_C.SHAPE, 0)),
    ((_C.SEGMENT, 0), (_C.NAMES, 0)),
    ((_C.SEGMENT, 0), (_C.SEGMENT, 1)),
    ((_C.SEGMENT, -1), (_C.SEGMENT, 0)),
    ((_C.NAMES, -1), (_C.NAMES, 0)),
    ((_C.NAMES, 0), (_C.NAMES, 1)),
    ((_C.AGAIN, 0), (_C.NAMES, 0)),
    ((_C.TAIL, 0), (_C.SHAPE, 0)),
]
_TRIPLES = [
    ((_C.SHAPE, -1), (_C.SHAPE, 0), (_C.SHAPE, 1)),
    ((_C.SHAPE, -2), (_C.SHAPE, -1), (_C.SHAPE, 0)),
    ((_C.SHAPE, 0), (_C.SHAPE, 1), (_C.SHAPE, 2)),
    ((_C.NAMES, -1), (_C.NAMES, 0), (_C.NAMES, 1)),
    ((_C.NAMES, 0), (_C.NAMES, 1), (_C.NAMES, 2)),
    ((_C.SHAPE, 0), (_C.NAMES, 0), (_C.VOCABULARY, 0)),
    ((_C.SHAPE, 0), (_C.VOCABULARY, 0), (_C.CASE, 0)),
    ((_C.SHAPE, 0), (_C.VOCABULARY, 0), (_C.GAP, 0)),
    ((_C.SHAPE, 0), (_C.VOCABULARY, 0), (_C.AGAIN, 0)),
    ((_C.VOCABULARY, -1), (_C.SHAPE, 0), (_C.VOCABULARY, 0)),
    ((_C.VOCABULARY, 0), (_C.SHAPE, 1), (_C.VOCABULARY, 1)),
    ((_C.WORD, -2), (_C.WORD, -1), (_C.SHAPE, 0)),
    ((_C.WORD, 1), (_C.WORD, 2), (_C.SHAPE, 0)),
    ((_C.WORD, -1), (_C.WORD, 1), (_C.SHAPE, 0)),
    ((_C.WORD, -1), (_C.SHAPE, 0), (_C.VOCABULARY, 0)),
    ((_C.WORD, 1), (_C.SHAPE, 0), (_C.VOCABULARY, 0)),
    ((_C.WORD, -3), (_C.WORD, -2), (_C.WORD, -1)),
    ((_C.WORD, 1), (_C.WORD, 2), (_C.WORD, 3)),
    ((_C.LEFT, 0), (_C.SHAPE, 0), (_C.VOCABULARY, 0)),
    ((_C.RIGHT, 0), (_C.SHAPE, 0), (_C.VOCABULARY, 0)),
    ((_C.LABEL, 0), (_C.SHAPE, 0), (_C.VOCABULARY, 0)),
    ((_C.LINE, 0), (_C.SHAPE, 0), (_C.VOCABULARY, 0)),
    ((_C.SEGMENT, -1), (_C.SEGMENT, 0), (_C.SEGMENT, 1)),
    ((_C.SEGMENT, 0), (_C.NAMES, 0), (_C.NAMES, 1)),
    ((_C.WORD, -1), (_C.SEGMENT, 0), (_C.NAMES, 0)),
    ((_C.WORD, 1), (_C.SEGMENT, 0), (_C.NAMES, 0)),
    ((_C.LEFT, 0), (_C.SEGMENT, 0), (_C.NAMES, 0)),
    ((_C.RIGHT, 0), (_C.SEGMENT, 0), (_C.NAMES, 0)),
    ((_C.GAP, 0), (_C.SHAPE, 0), (_C.GAP, 1)),
]
_EMPTY = (Column.NOTHING, 0)
TEMPLATES = (
    *((one, _EMPTY, _EMPTY) for one in _ALONE),
    *((one, two, _EMPTY) for one, two in _PAIRS),
    *_TRIPLES,
)

_MIX = np.uint64(0xD6E8FEB86659FD93)


def combine(rows: Numbers, buckets: int) -> NDArray[np.int64]:
    """For each piece the rows of the weights that count for it: shape (pieces, templates). `buckets`: power of 2."""
    count = len(rows)
    around = np.zeros((count + 2 * REACH, rows.shape[1]), np.uint64)
    around[REACH : REACH + count] = rows
    around[:REACH] = around[REACH + count :] = np.uint64(0x5EED)
    near = np.concatenate([around[offset : offset + count] for offset in range(2 * REACH + 1)], axis=1)
    first, second, third, salt = _columns()
    mixed = near[:, first] * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(31)
    mixed += near[:, second] * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= mixed >> np.uint64(29)
    mixed += near[:, third] * np.uint64(0x165667B19E3779F9) + salt
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIX
    return (mixed >> np.uint64(64 - (buckets.bit_length() - 1))).astype(np.int64)


@cache
def _columns() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], Numbers]:
    """Where the parts of each template stand beside each other, and a number of its own."""
    first, second, third = (
        np.array([(offset + REACH) * len(Column) + column for column, offset in part])
        for part in zip(*TEMPLATES, strict=True)
    )
    salt = np.arange(1, len(TEMPLATES) + 1, dtype=np.uint64) * np.uint64(0xA0761D6478BD642F)
    return first, second, third, salt
