"""Level 1, its graph: services that are given together within a time are neighbours.

The paper's introduction says that irregular intervals between services tell their importance to each other. Its code
has no weight that falls with time: it cuts each stay into bins of one hour and counts the bins that hold both of two
services (`Kernel.BINS`, 60 minutes). `Kernel.HALVING` is ours: each pair of events of a visit adds 2^(-time between
them / half-life), up to a greatest time. `Kernel.WINDOW` adds one for each, however far apart within that time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise

import numpy as np

from kg.embed.me2vec.adjacency import Adjacency, Edges, Weights, join_edges, make_adjacency, sum_edges
from kg.embed.me2vec.hierarchy import Parents, iter_ways_up
from kg.embed.me2vec.journeys import UNTIMED, Journeys, Mask, Numbers
from kg.embed.ranges import spread

#: Pairs of events that are held at once.
_AT_ONCE = 4_000_000

_MINUTE = 60


class Kernel(StrEnum):
    """How the weight of two services falls with the time between them."""

    BINS = "bins"
    WINDOW = "window"
    HALVING = "halving"


def make_service_graph(
    journeys: Journeys, *, kernel: Kernel, minutes: float, half_life: float = 1.0, at_once: int = _AT_ONCE
) -> Adjacency:
    """The graph of the codes of `journeys`, numbered as they are; those that stand alone have no neighbours.

    `minutes` is the width of a bin, or the greatest time between two events; `half_life` is in minutes and for
    `HALVING`. Bins of a visit are counted from the beginning of time, as in the paper's code from that of the stay
    where times count from it. Events without a time are taken to be at the first known time of their visit. Some
    `at_once` pairs of events are held at once.
    """
    codes = len(journeys.codes)
    seconds = settle(journeys)
    if kernel is Kernel.BINS:
        parts = _pairs_of_bins(journeys, seconds, minutes * _MINUTE, at_once)
    else:
        halving = half_life * _MINUTE if kernel is Kernel.HALVING else np.inf
        parts = _pairs_near(journeys, seconds, minutes * _MINUTE, halving, at_once)
    nothing = np.zeros(0, np.int64)
    summed = Edges(nothing, nothing, np.zeros(0))
    for part in parts:
        summed = sum_edges(join_edges(summed, sum_edges(part, codes)), codes)
    return make_adjacency(summed, codes)


def settle(journeys: Journeys) -> Numbers:
    """The seconds of each event, where those of unknown time are at the first known time of their visit, else at 0."""
    known = journeys.seconds != UNTIMED
    first = np.full(len(journeys.visits), np.iinfo(np.int64).max)
    np.minimum.at(first, journeys.visit[known], journeys.seconds[known])
    first[first == np.iinfo(np.int64).max] = 0
    return np.where(known, journeys.seconds, first[journeys.visit])


def _pairs_of_bins(journeys: Journeys, seconds: Numbers, width: float, at_once: int) -> Iterator[Edges]:
    """The pairs of different codes of each bin of each visit, once each."""
    bins = np.floor_divide(seconds, width).astype(np.int64)
    at = np.lexsort((journeys.code, bins, journeys.visit))
    visit, bins, code = journeys.visit[at], bins[at], journeys.code[at]
    new = np.ones(len(code), np.bool_)
    new[1:] = (visit[1:] != visit[:-1]) | (bins[1:] != bins[:-1]) | (code[1:] != code[:-1])
    visit, bins, code = visit[new], bins[new], code[new]
    ends = _ends_of_runs((visit[1:] != visit[:-1]) | (bins[1:] != bins[:-1]), len(code))
    for first, second in _expand(ends, at_once):
        yield Edges(code[first], code[second], np.ones(len(first)))


def _pairs_near(journeys: Journeys, seconds: Numbers, greatest: float, halving: float, at_once: int) -> Iterator[Edges]:
    """The pairs of events of a visit that are at most `greatest` seconds apart."""
    at = np.lexsort((seconds, journeys.visit))
    visit, code, seconds = journeys.visit[at], journeys.code[at], seconds[at]
    ends = _ends_of_runs(visit[1:] != visit[:-1], len(code))
    near = np.minimum(ends, _reach(visit, seconds, greatest))
    for first, second in _expand(near, at_once):
        yield Edges(code[first], code[second], np.exp2(-(seconds[second] - seconds[first]) / halving))


def _ends_of_runs(breaks: Mask, count: int) -> Numbers:
    """The end of the run that each of `count` items is in, where `breaks` says between which two a run ends."""
    ends = np.append(np.flatnonzero(breaks) + 1, count)
    return np.repeat(ends, np.diff(ends, prepend=0))


def _reach(visit: Numbers, seconds: Numbers, greatest: float) -> Numbers:
    """Behind the last event that begins at most `greatest` after each; events are by visit and time."""
    if not len(visit):
        return visit
    starts = np.flatnonzero(np.append(True, visit[1:] != visit[:-1]))
    since = seconds - np.repeat(seconds[starts], np.diff(np.append(starts, len(visit))))
    reach = int(min(greatest, float(since.max())))
    stretched = since + visit * (int(since.max()) + reach + 1)
    return np.searchsorted(stretched, stretched + reach, side="right")


def _expand(ends: Numbers, at_once: int) -> Iterator[tuple[Numbers, Numbers]]:
    """Each item i with each j of i + 1 to `ends[i]`, some `at_once` of them together."""
    counts = ends - np.arange(len(ends)) - 1
    before = np.append(0, np.cumsum(counts))
    cuts = np.searchsorted(before, np.arange(0, before[-1], at_once), side="left")
    for start, end in pairwise(np.unique(np.append(cuts, len(ends)))):
        first, second = spread(np.arange(start, end) + 1, counts[start:end])
        yield first + start, second


def add_hierarchy(
    graph: Adjacency, codes: Sequence[str], parents: Parents, *, share: float
) -> tuple[Adjacency, tuple[str, ...]]:
    """The graph with edges from each code to its parents and on to theirs, and the names of all nodes.

    What stands above codes becomes nodes of its own, behind the codes. Each code lends the edges of its ways upwards
    `share` of the weight of its own edges (of 1 where it has none), so that a parent counts as much as what it stands
    above, and a code that is seen with no other still has neighbours.
    """
    place = {code: at for at, code in enumerate(codes)}
    strengths = graph.strengths()
    lent: dict[tuple[int, int], float] = {}
    for code, at in list(place.items()):
        for child, parent in iter_ways_up(code, parents):
            edge = (place.setdefault(child, len(place)), place.setdefault(parent, len(place)))
            lent[edge] = lent.get(edge, 0.0) + share * float(strengths[at] or 1.0)
    pairs = np.array(list(lent), np.int64).reshape(-1, 2)
    above = Edges(pairs[:, 0], pairs[:, 1], np.array(list(lent.values()), np.float64))
    return make_adjacency(join_edges(_edges(graph), above), len(place)), tuple(place)


def _edges(graph: Adjacency) -> Edges:
    sources = graph.sources()
    once = sources < graph.targets
    weights: Weights = graph.weights[once]
    return Edges(sources[once], graph.targets[once], weights)
