"""A trained model: scores and ranks of facts, and the vectors themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from kg.embed.kge.checkpoints import Point, read_model, write_model
from kg.embed.kge.model import KgeModel
from kg.embed.kge.settings import KgeSettings
from kg.embed.ranking import CHUNK, Ranks, rank
from kg.embed.triples import Rows, Split

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class TrainedKge:
    """Vectors of the entities and relations of a split; `known` is all that it says, which rankings leave out."""

    entities: tuple[str, ...]
    relations: tuple[str, ...]
    model: KgeModel
    known: Rows
    curve: tuple[Point, ...]

    @classmethod
    def of(cls, split: Split, model: KgeModel, curve: Sequence[Point] = ()) -> TrainedKge:
        """A model with the names and facts of the split it was trained on."""
        return cls(split.train.entities, split.train.relations, model, split.known, tuple(curve))

    @property
    def settings(self) -> KgeSettings:
        """What it was trained with."""
        return self.model.settings

    def score(self, rows: Rows) -> Floats:
        """The score of each fact, asked for its object; higher is likelier, comparable within one question only."""
        with torch.inference_mode():
            scores: Floats = self.model.score(self._there(rows)).cpu().numpy()
        return scores

    def rank(self, rows: Rows, *, known: Rows | None = None, chunk: int = CHUNK) -> Ranks:
        """How the entities of facts rank, filtered, from both sides; see `kg.embed.ranking.rank`."""
        return rank(
            self.model, rows, self.known if known is None else known, chunk=chunk, device=self.model.relations.device
        )

    def entity_matrix(self) -> Floats:
        """The vectors of the entities; complex numbers as real and imaginary part in turn."""
        matrix: Floats = self.model.entities.values.cpu().numpy()
        return matrix

    def relation_matrix(self) -> Floats:
        """The vectors of the relations, then, with reciprocal relations, of the relations seen from their objects."""
        matrix: Floats = self.model.relations.values.cpu().numpy()
        return matrix

    def write(self, path: Path) -> None:
        """Writes settings and vectors to a file that `read_trained` takes; names and facts stay with the split."""
        write_model(path, self.model)

    def _there(self, rows: Rows) -> torch.Tensor:
        return torch.from_numpy(rows).to(self.model.relations.device)


def read_trained(path: Path, split: Split, *, device: torch.device | None = None) -> TrainedKge:
    """The model of a file that `TrainedKge.write` wrote, with the names and facts of the split it was trained on."""
    return TrainedKge.of(split, read_model(path, device or torch.device("cpu")))
