"""The row that every table of ranks needs: entities ranked by how often a relation has them, whatever is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor

from kg.embed.ranking import rank
from kg.embed.triples import Rows, Split, Triples


class Popularity:
    """Scores an entity by how many facts of train have it on that side of that relation, then by how many at all.

    A `kg.embed.ranking.Scorer`. Degrees explain most of what link predictors reach on biomedical graphs (Cattaneo et
    al., Bioinformatics 2025), so a model that does not beat this has learned no more.
    """

    def __init__(self, train: Triples, *, device: torch.device | None = None) -> None:
        relations, entities = len(train.relations), len(train.entities)
        counts = np.zeros((2, relations, entities), np.float32)
        for at, side in enumerate((2, 0)):
            np.add.at(counts[at], (train.rows[:, 1], train.rows[:, side]), 1)
        # A fact anywhere is worth less than any fact of the relation.
        counts += counts.sum(axis=(0, 1)) / (len(train.rows) * 2 + 1)
        self._counts = torch.from_numpy(counts).to(device)

    @property
    def entity_count(self) -> int:
        """How many entities there are."""
        return self._counts.shape[2]

    def get_queries(self, rows: Tensor, *, subjects: bool) -> Tensor:
        """The relation of each fact, and which side of it is asked."""
        return torch.stack((torch.full_like(rows[:, 1], int(subjects)), rows[:, 1]), dim=1)

    def score_entities(self, queries: Tensor, start: int, stop: int) -> Tensor:
        """The counts of a range of entities for each query."""
        return self._counts[queries[:, 0], queries[:, 1], start:stop]


def rank_by_counting(split: Split, asked: Mapping[str, Rows]) -> dict[str, dict[str, float]]:
    """The figures of ranks by counting train, by part of the facts that are asked; filtered by all of the split."""
    counted = Popularity(split.train)
    ranks = {name: asdict(rank(counted, rows, split.known)) for name, rows in asked.items()}
    return {name: {key: float(value) for key, value in figures.items()} for name, figures in ranks.items()}
