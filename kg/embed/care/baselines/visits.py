"""In the style of Med2Vec (Choi et al. 2016): codes that stand in one visit, or in visits after one another."""

from __future__ import annotations

import numpy as np

from kg.embed.care.baselines.bags import average
from kg.embed.care.baselines.pairs import Pairs, train_pairs
from kg.embed.care.model import Learned, Seen
from kg.embed.me2vec.journeys import Journeys, Numbers
from kg.embed.me2vec.service_graph import settle
from kg.embed.me2vec.uses import Uses, find_uses


def learn_med2vec_style(seen: Seen, seed: int) -> Learned:
    """Vectors of codes without negative numbers, by skip-gram over visits; visits are their means.

    As in Med2Vec, codes tell the others of their visit, and those of the visits of the patient before and after. Unlike
    it, the latter is skip-gram of pairs too, not a layer over the visit, and nothing is known of the patient's person.
    """
    journeys = seen.common()
    uses = find_uses(journeys, "visit")
    before, after = _neighbours(journeys)
    every = np.arange(uses.rows)
    parts = [_cross(uses, every, every), _cross(uses, before, after), _cross(uses, after, before)]
    first, second = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    apart = first != second
    pairs = Pairs(first[apart], second[apart], np.ones(int(apart.sum())))
    codes = train_pairs(pairs, uses.width, seed=seed, rectified=True)
    return Learned(average(journeys, codes), codes)


def _neighbours(journeys: Journeys) -> tuple[Numbers, Numbers]:
    """The visits that have a later one of the same patient, and that later one, by when visits began."""
    began = np.full(len(journeys.visits), np.iinfo(np.int64).max)
    np.minimum.at(began, journeys.visit, settle(journeys))
    owner = journeys.patient_of_visit()
    order = np.lexsort((began, owner))
    same = (owner[order[1:]] == owner[order[:-1]]) & (owner[order[1:]] >= 0)
    return order[:-1][same], order[1:][same]


def _cross(uses: Uses, rows: Numbers, others: Numbers) -> tuple[Numbers, Numbers]:
    """Each code of each of `rows` with each code of the row beside it in `others`."""
    empty = np.zeros(0, np.int64)
    firsts, seconds = [empty], [empty]
    for row, other in zip(rows.tolist(), others.tolist(), strict=True):
        one = uses.columns[uses.offsets[row] : uses.offsets[row + 1]]
        two = uses.columns[uses.offsets[other] : uses.offsets[other + 1]]
        firsts.append(np.repeat(one, len(two)))
        seconds.append(np.tile(two, len(one)))
    return np.concatenate(firsts), np.concatenate(seconds)
