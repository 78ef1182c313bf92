"""What walks: node2vec over services or over visits and services, and DeepWalk; one budget of walks for all."""

from __future__ import annotations

import numpy as np

from kg.embed.care.baselines.bags import average
from kg.embed.care.model import Learned, Seen
from kg.embed.device import get_device
from kg.embed.me2vec.adjacency import Adjacency, Edges, make_adjacency
from kg.embed.me2vec.journeys import Journeys
from kg.embed.me2vec.service_graph import Kernel, make_service_graph
from kg.embed.me2vec.settings import SkipgramSettings, WalkSettings
from kg.embed.me2vec.skipgram import train_skipgram
from kg.embed.me2vec.uses import Matrix, find_uses

_LENGTH, _EACH = 60, 10
_SKIPGRAM = SkipgramSettings(dimensions=128, window=5, negatives=5)


def learn_mean_of_node2vec(seen: Seen, seed: int) -> Learned:
    """The mean of node2vec's vectors of services: what ME2Vec's level 1 gives as the paper's code has it.

    Services are neighbours by the bins of an hour that hold both; p 4, q 1 (Grover & Leskovec 2016).
    """
    journeys = seen.common()
    graph = make_service_graph(journeys, kernel=Kernel.BINS, minutes=60)
    codes = _walk(graph, p=4.0, seed=seed)
    return Learned(average(journeys, codes), codes)


def learn_node2vec(seen: Seen, seed: int) -> Learned:
    """node2vec over visits and services, weighted by counts; p 4, q 1."""
    journeys = seen.common()
    return _part(journeys, _walk(make_visit_graph(journeys), p=4.0, seed=seed))


def learn_deepwalk(seen: Seen, seed: int) -> Learned:
    """DeepWalk (Perozzi et al. 2014) over visits and services: no weights, no bias.

    Learned with negative samples, where the original has a hierarchical softmax.
    """
    journeys = seen.common()
    graph = make_visit_graph(journeys)
    even = Adjacency(graph.offsets, graph.targets, np.ones_like(graph.weights))
    return _part(journeys, _walk(even, p=1.0, seed=seed))


def make_visit_graph(journeys: Journeys) -> Adjacency:
    """Visits and, behind them, services as neighbours; weighted by how often the visit had the service."""
    uses = find_uses(journeys, "visit")
    edges = Edges(uses.row_of(), uses.rows + uses.columns, uses.weights.astype(np.float64))
    return make_adjacency(edges, uses.rows + uses.width)


def _walk(graph: Adjacency, *, p: float, seed: int) -> Matrix:
    walks = WalkSettings(_LENGTH, _EACH, p, 1.0)
    return train_skipgram(graph, walks, _SKIPGRAM, device=get_device(), seed=seed)


def _part(journeys: Journeys, vectors: Matrix) -> Learned:
    return Learned(vectors[: len(journeys.visits)], vectors[len(journeys.visits) :])
