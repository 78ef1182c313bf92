"""What needs no training: bags of services, and chance."""

from __future__ import annotations

import numpy as np

from kg.embed.care.model import Learned, Seen
from kg.embed.me2vec.journeys import Journeys
from kg.embed.me2vec.uses import Matrix, Uses, find_giver_uses, find_uses

DIMENSIONS = 128


def learn_bag(seen: Seen, _seed: int) -> Learned:
    """One column a service: whether the visit had it. A code's vector says which visits had it."""
    bag = spell_out(find_uses(seen.common(), "visit"))
    return Learned(bag, bag.T)


def learn_bag_of_all(seen: Seen, _seed: int) -> Learned:
    """The bag of services, and one column for each provider and each specialty of the visit.

    What ME2Vec is told beyond services is told here as well.
    """
    journeys = seen.common()
    services = spell_out(find_uses(journeys, "visit"))
    givers = [spell_out(each) for each in find_giver_uses(journeys, "visit")]
    return Learned(np.concatenate([services, *givers], axis=1), services.T)


def learn_chance(seen: Seen, seed: int) -> Learned:
    """Numbers by chance, of visits and of codes."""
    draw = np.random.default_rng(seed)
    heights = (len(seen.journeys.visits), len(seen.journeys.codes))
    visits, codes = (draw.standard_normal((height, DIMENSIONS)).astype(np.float32) for height in heights)
    return Learned(visits, codes)


def learn_mean_of_chance(seen: Seen, seed: int) -> Learned:
    """The mean of vectors by chance of the services: a projection of the bag (Johnson & Lindenstrauss 1984)."""
    codes = learn_chance(seen, seed).codes
    return Learned(average(seen.common(), codes), codes)


def spell_out(uses: Uses) -> Matrix:
    """A full matrix, shape (rows, width): ones where there is anything."""
    full = np.zeros((uses.rows, uses.width), np.float32)
    full[uses.row_of(), uses.columns] = 1.0
    return full


def average(journeys: Journeys, codes: Matrix) -> Matrix:
    """The mean of the vectors of the distinct services of each visit."""
    uses = find_uses(journeys, "visit")
    return uses.with_weights(np.ones_like(uses.weights)).to_shares().dot(codes)
