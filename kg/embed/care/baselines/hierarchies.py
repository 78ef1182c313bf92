"""ME2Vec itself: as the paper's code has it, and ours."""

from __future__ import annotations

from dataclasses import replace

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
