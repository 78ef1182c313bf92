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
        chosen = _groups(events[events[:, VISIT] > 0], VISIT)
        found = [_crossed(group, both=both) for group in chosen]
    elif together is Together.PATIENT:
        found = [_crossed(events, both=both)]
    else:
        found = list(_near(events[events[:, TIMED] > 0], days * _DAY, after=together is Together.AFTER, both=both))
    return np.unique(np.concatenate([*found, np.empty(0, np.uint64)]))


def _groups(events: Events, column: int) -> list[Events]:
    ordered = events[np.argsort(events[:, column], kind="stable")]
    cuts = np.flatnonzero(np.diff(ordered[:, column])) + 1
    return np.split(ordered, cuts)


def _crossed(events: Events, *, both: bool) -> Pairs:
    """Every concept of the first window with every other of the second."""
    first = np.unique(events[events[:, FIRST] > 0, CONCEPT])
    second = np.unique(events[events[:, SECOND] > 0, CONCEPT])
    return _coded(np.repeat(first, len(second)), np.tile(second, len(first)), both=both)


def _near(events: Events, seconds: int, *, after: bool, both: bool) -> Iterator[Pairs]:
    """Concepts of events that begin at most so far apart, a bounded number at a time."""
    first = np.unique(events[events[:, FIRST] > 0][:, [SECONDS, CONCEPT]], axis=0)
    second = np.unique(events[events[:, SECOND] > 0][:, [SECONDS, CONCEPT]], axis=0)
    low = np.searchsorted(second[:, 0], first[:, 0] - (0 if after else seconds), side="left")
    high = np.searchsorted(second[:, 0], first[:, 0] + seconds, side="right")
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


def _coded(first: NDArray[np.int64], second: NDArray[np.int64], *, both: bool) -> Pairs:
    """The pairs of different concepts as integers."""
    keep = first < second if both else first != second
    return (first[keep].astype(np.uint64) << np.uint64(32)) | second[keep].astype(np.uint64)
