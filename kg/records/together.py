"""The pairs of concepts that one patient's events make, each once: by patient, by visit, by days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kg.records.model import Together
from kg.records.pairs import Pairs

#: Pairs that are laid out at a time for one patient, before repeated ones are dropped.
LAID_OUT = 1 << 22

#: Columns of a patient's events: concept, whether of the first and of the second window, visit, seconds, time known.
Events = NDArray[np.int64]
CONCEPT, FIRST, SECOND, VISIT, SECONDS, TIMED = range(6)

_DAY = 86_400


def pairs_of(events: Events, together: Together, *, days: int, both: bool) -> Pairs:
    """The distinct pairs of one patient; with `both` they have no direction: the smaller number stands first."""
    if together is Together.VISIT:
        found = list(_near(events[events[:, VISIT] > 0], VISIT, 0, after=False, both=both))
    elif together is Together.PATIENT:
        found = [_crossed(events, both=both)]
    else:
        timed, after = events[events[:, TIMED] > 0], together is Together.AFTER
        found = list(_near(timed, SECONDS, days * _DAY, after=after, both=both))
    return np.unique(np.concatenate([*found, np.empty(0, np.uint64)]))


def _crossed(events: Events, *, both: bool) -> Pairs:
    """Every concept of the first window with every other of the second."""
    first = np.unique(events[events[:, FIRST] > 0, CONCEPT])
    second = np.unique(events[events[:, SECOND] > 0, CONCEPT])
    return _coded(np.repeat(first, len(second)), np.tile(second, len(first)), both=both)


def _near(events: Events, column: int, width: int, *, after: bool, both: bool) -> Iterator[Pairs]:
    """Concepts of events that are at most so far apart in a column (seconds, visits), a bounded number at a time."""
    first, second = _placed(events, FIRST, column), _placed(events, SECOND, column)
    low = np.searchsorted(second[:, 0], first[:, 0] - (0 if after else width), side="left")
    high = np.searchsorted(second[:, 0], first[:, 0] + width, side="right")
    ends = np.cumsum(high - low)
    begin = 0
    while begin < len(first):
        laid = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, laid + LAID_OUT, side="right")))
        widths = (high - low)[begin:end]
        offsets = np.arange(int(widths.sum())) - np.repeat(np.cumsum(widths) - widths, widths)
        others = second[np.repeat(low[begin:end], widths) + offsets, 1]
        yield np.unique(_coded(np.repeat(first[begin:end, 1], widths), others, both=both))
        begin = end


def _placed(events: Events, window: int, column: int) -> Events:
    """The distinct values of a column and concepts of the events of a window, in order."""
    rows = events[events[:, window] > 0][:, [column, CONCEPT]]
    ordered = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    new = np.ones(len(ordered), bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[new]


def _coded(first: NDArray[np.int64], second: NDArray[np.int64], *, both: bool) -> Pairs:
    """The pairs of different concepts as integers."""
    keep = first < second if both else first != second
    return (first[keep].astype(np.uint64) << np.uint64(32)) | second[keep].astype(np.uint64)
