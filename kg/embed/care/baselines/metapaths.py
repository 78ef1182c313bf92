"""metapath2vec (Dong et al. 2017): walks that go by kinds, visit – service – giver – service – visit."""

from __future__ import annotations

import numpy as np

from kg.embed.care.baselines.pairs import Pairs, train_pairs
from kg.embed.care.model import Learned, Seen
from kg.embed.me2vec.journeys import NONE, Journeys, Numbers
from kg.embed.me2vec.uses import Uses, count_uses, find_uses

_LENGTH, _EACH, _WINDOW = 40, 10, 4


def learn_metapath2vec(seen: Seen, seed: int) -> Learned:
    """Vectors of visits and services by walks over both and those who gave them.

    Givers are specialties, as in the paper's baselines; providers where no specialty is seen; where there is neither,
    walks go visit – service – visit.
    """
    journeys = seen.common()
    walks = _walk(journeys, np.random.default_rng(seed))
    nodes = len(journeys.visits) + len(journeys.codes) + max(len(journeys.specialties), len(journeys.providers))
    vectors = train_pairs(_pairs(walks), nodes, seed=seed)
    visits, codes = len(journeys.visits), len(journeys.codes)
    return Learned(vectors[:visits], vectors[visits : visits + codes])


def _walk(journeys: Journeys, draw: np.random.Generator) -> Numbers:
    """Walks from every visit, int64, shape (walks, length): visits, then services, then givers are numbered."""
    uses = find_uses(journeys, "visit")
    services, givers = uses.rows, uses.rows + uses.width
    hops = [(uses, services), (_turn(uses), 0)]
    if (given := _given(journeys)) is not None:
        hops = [(uses, services), (_turn(given), givers), (given, services), (_turn(uses), 0)]
    starts = np.repeat(np.flatnonzero(np.diff(uses.offsets)), _EACH)
    now, walked = starts, [starts]
    for step in range(_LENGTH - 1):
        table, shift = hops[step % len(hops)]
        now = _hop(table, now, draw)
        walked.append(np.where(now == NONE, NONE, now + shift))
    return np.stack(walked, axis=1)


def _given(journeys: Journeys) -> Uses | None:
    """How often each giver gave each service."""
    column, names = journeys.specialty, journeys.specialties
    if not names:
        column, names = journeys.provider, journeys.providers
    known = column != NONE
    if not known.any():
        return None
    return count_uses(column[known], journeys.code[known], len(names), len(journeys.codes))


def _turn(uses: Uses) -> Uses:
    """The same with rows and columns changed for each other."""
    return count_uses(uses.columns, uses.row_of(), uses.width, uses.rows, uses.weights)


def _hop(table: Uses, now: Numbers, draw: np.random.Generator) -> Numbers:
    """Where each goes, by weight; `NONE` where a walk has ended or ends."""
    sums = np.append(0.0, np.cumsum(table.weights, dtype=np.float64))
    start, end = table.offsets[now], table.offsets[now + 1]
    going = (now != NONE) & (end > start)
    aimed = sums[start] + draw.random(len(now)) * (sums[end] - sums[start])
    at = np.clip(np.searchsorted(sums, aimed, side="right") - 1, start, np.maximum(end - 1, start))
    return np.where(going, table.columns[np.minimum(at, len(table.columns) - 1)], NONE)


def _pairs(walks: Numbers) -> Pairs:
    """Nodes of a walk that are at most four steps apart, both ways round."""
    firsts, seconds = [], []
    for apart in range(1, _WINDOW + 1):
        one, other = walks[:, :-apart].ravel(), walks[:, apart:].ravel()
        there = (one != NONE) & (other != NONE)
        firsts += [one[there], other[there]]
        seconds += [other[there], one[there]]
    # Walks come by the same places again and again: equal pairs are one, drawn as often as all of them.
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    width = int(walks.max(initial=0)) + 1
    keys, count = np.unique(first * width + second, return_counts=True)
    return Pairs(keys // width, keys % width, count.astype(np.float64))
