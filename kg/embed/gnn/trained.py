"""A trained graph neural network: vectors and ranks of what it saw, and vectors of concepts that it never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from kg.embed.errors import TrainingError
from kg.embed.gnn.features import Features
from kg.embed.gnn.network import Network, write_network
from kg.embed.gnn.sampling import make_adjacency
from kg.embed.gnn.settings import GnnSettings
from kg.embed.kge.checkpoints import Point
from kg.embed.kge.model import KgeModel
from kg.embed.kge.settings import KgeSettings
from kg.embed.kge.tables import Table, make_optimizer
from kg.embed.kge.trained import TrainedKge
from kg.embed.ranking import CHUNK, Ranks
from kg.embed.trained import NETWORK
from kg.embed.triples import Rows

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class TrainedGnn:
    """The network, and `vectors`: what it made of the graph it was trained on, which scores and ranks facts."""

    network: Network
    vectors: TrainedKge

    @property
    def settings(self) -> GnnSettings:
        """What it was trained with."""
        return self.network.encoder.settings

    @property
    def entities(self) -> tuple[str, ...]:
        """The names of the rows of `entity_matrix`."""
        return self.vectors.entities

    @property
    def relations(self) -> tuple[str, ...]:
        """The names of the relations."""
        return self.vectors.relations

    @property
    def curve(self) -> tuple[Point, ...]:
        """How training stood after each epoch."""
        return self.vectors.curve

    def score(self, rows: Rows) -> Floats:
        """The score of each fact, asked for its object; higher is likelier, comparable within one question only."""
        return self.vectors.score(rows)

    def rank(self, rows: Rows, *, known: Rows | None = None, chunk: int = CHUNK) -> Ranks:
        """How the entities of facts rank, filtered, from both sides; see `kg.embed.ranking.rank`."""
        return self.vectors.rank(rows, known=known, chunk=chunk)

    def entity_matrix(self) -> Floats:
        """The vectors of the entities; of complex ones the real and the imaginary part in turn."""
        return self.vectors.entity_matrix()

    def relation_matrix(self) -> Floats:
        """The vectors of the relations, then of the relations seen from their objects."""
        return self.vectors.relation_matrix()

    def embed(self, features: Features, rows: Rows) -> Floats:
        """Vectors of the concepts of any graph, new ones as well: one for each row of `features`, by the facts `rows`.

        Features are made as those of the training were, relations are numbered as there.

        Raises:
            TrainingError: the network learned something of each concept by itself (`own`), so it knows no others;
                or the features are not those that it learned from.
        """
        return embed(self.network, features, rows)

    def write(self, path: Path) -> None:
        """Writes what scores facts, for `kg.embed.kge.trained.read_trained`, and the network beside it."""
        self.vectors.write(path)
        write_network(path.with_name(NETWORK), self.network)


def embed(network: Network, features: Features, rows: Rows) -> Floats:
    """What `TrainedGnn.embed` gives, from the network alone (`read_network`)."""
    own = network.encoder.settings.own
    if own:
        raise TrainingError(f"own = {own}: such a network places no new concepts; train with own = 0")
    wanted, _, relations = network.sizes
    if features.matrix.shape[1] != wanted:
        raise TrainingError(f"{features.matrix.shape[1]} features where {wanted} were learned from; make them as then")
    device = network.kinds.device
    adjacency = make_adjacency(torch.from_numpy(rows).to(device), len(features.matrix), relations)
    with torch.inference_mode():
        made = network.encoder.encode_all(torch.from_numpy(features.matrix).to(device), adjacency)
    vectors: Floats = made.cpu().numpy()
    return vectors


def decode(
    names: tuple[tuple[str, ...], tuple[str, ...]],
    vectors: Tensor,
    kinds: Tensor,
    settings: GnnSettings,
    known: Rows,
    curve: Sequence[Point],
) -> TrainedKge:
    """Vectors of entities and relations, by names, as what scores and ranks facts."""
    rank = settings.width // (2 if settings.scoring == "complex" else 1)
    told = KgeSettings(model=settings.scoring, rank=rank, seed=settings.seed)
    tables = (Table(each, make_optimizer(told), each.device) for each in (vectors, kinds))
    return TrainedKge(*names, KgeModel(told, *tables), known, tuple(curve))
