"""Ranges of numbers, one after the other: rows of lists that lie in one array."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


def spread(starts: Numbers, counts: Numbers) -> tuple[Numbers, Numbers]:
    """For each number of the ranges of `counts` numbers from `starts`: which range it is of, and the number."""
    which = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    return which, np.arange(len(which)) + np.repeat(starts - before, counts)
