"""ME2Vec itself: as the paper's code has it, and ours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from kg.embed.care.model import Learned, Seen
from kg.embed.device import get_device
from kg.embed.me2vec.settings import Me2vecSettings, read_preset
from kg.embed.me2vec.training import train_me2vec
from kg.embed.me2vec.uses import Matrix
from kg.embed.vectors import Vectors


def learn_paper(seen: Seen, seed: int) -> Learned:
    """ME2Vec by the bundled settings `paper`, but for codes of ten uses or more, as all here but ours are."""
    settings = read_preset("paper")
    common = replace(settings.journeys, fewest_uses=10)
    return _learn(seen, replace(settings, seed=seed, journeys=common))


def learn_care(seen: Seen, seed: int) -> Learned:
    """ME2Vec by the bundled settings `care`."""
    return _learn(seen, replace(read_preset("care"), seed=seed))


def learn_even(seen: Seen, seed: int) -> Learned:
    """As `learn_care`, all parts of a patient's vector counting the same."""
    return _learn_parts(seen, seed, weights=(1.0, 1.0, 1.0, 1.0))


def learn_without_givers(seen: Seen, seed: int) -> Learned:
    """As `learn_care`, without what tells of those who gave care."""
    return _learn_parts(seen, seed, parts=("proximity", "recent", "services"), weights=(1.0, 1.0, 1.0), even=())


def learn_slow(seen: Seen, seed: int) -> Learned:
    """As `learn_care`, an event losing half of what it counts in a day, not in six hours."""
    return _learn_parts(seen, seed, half_life=24.0)


def _learn_parts(seen: Seen, seed: int, **changes: Any) -> Learned:
    settings = read_preset("care")
    return _learn(seen, replace(settings, seed=seed, patients=replace(settings.patients, **changes)))


def _learn(seen: Seen, settings: Me2vecSettings) -> Learned:
    return learn_by(seen, settings, device=get_device())


def learn_by(seen: Seen, settings: Me2vecSettings, *, device: torch.device) -> Learned:
    """ME2Vec by any settings whose unit is the visit."""
    trained = train_me2vec(seen.journeys, settings, device=device, parents=seen.parents)
    return Learned(_rows(trained.patients, seen.journeys.visits), _rows(trained.services, seen.journeys.codes))


def _rows(vectors: Vectors, names: tuple[str, ...]) -> Matrix:
    """The vectors of `names`, zeros where there are none."""
    place = {name: at for at, name in enumerate(vectors.names)}
    found = np.zeros((len(names), vectors.matrix.shape[1]), np.float32)
    known = [at for at, name in enumerate(names) if name in place]
    found[known] = vectors.matrix[[place[names[at]] for at in known]]
    return found


#: What the shipped settings are chosen among where each fold is to choose.
OTHERS = (learn_even, learn_without_givers, learn_slow)
