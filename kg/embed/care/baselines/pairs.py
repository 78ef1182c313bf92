"""What draws pairs near each other: LINE, and the trainer that metapath2vec and the Med2Vec-style row share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from kg.embed.care.baselines.bags import DIMENSIONS
from kg.embed.care.baselines.walks import make_visit_graph
from kg.embed.care.model import Learned, Seen
from kg.embed.device import get_device
from kg.embed.me2vec.journeys import Numbers
from kg.embed.me2vec.uses import Matrix

_BATCH, _SHARED, _NEGATIVES, _RATE, _FLATTEN = 8192, 64, 5, 0.01, 0.75
#: How often a pair is drawn on average, between the fewest and the most batches.
_PASSES, _FEWEST, _MOST = 200, 40, 1500


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Nodes that belong together, `first` with `second`, drawn by `weights`; shape (pairs,) each."""

    first: Numbers
    second: Numbers
    weights: npt.NDArray[np.float64]


def learn_line_first(seen: Seen, seed: int) -> Learned:
    """LINE of the first order (Tang et al. 2015) over visits and services: neighbours lie near each other."""
    return _learn_line(seen, seed, one_table=True)


def learn_line_second(seen: Seen, seed: int) -> Learned:
    """LINE of the second order over visits and services: nodes with the same neighbours lie near each other."""
    return _learn_line(seen, seed, one_table=False)


def _learn_line(seen: Seen, seed: int, *, one_table: bool) -> Learned:
    graph = make_visit_graph(seen.common())
    pairs = Pairs(graph.sources(), graph.targets, graph.weights)
    vectors = train_pairs(pairs, graph.nodes, seed=seed, one_table=one_table)
    visits = len(seen.journeys.visits)
    return Learned(vectors[:visits], vectors[visits:])


def train_pairs(
    pairs: Pairs, nodes: int, *, seed: int, one_table: bool = False, rectified: bool = False, steps: int | None = None
) -> Matrix:
    """Vectors of nodes, float32, shape (nodes, 128), by negative sampling; zeros for nodes that no pair has.

    Negatives are drawn by the power .75 of how often nodes stand second, once a batch. With `one_table` both sides
    have the same vectors; with `rectified` the first side's are without negatives.
    """
    steps = steps or min(_MOST, max(_FEWEST, _PASSES * len(pairs.first) // _BATCH))
    model = _Model(pairs, nodes, seed, one_table=one_table, rectified=rectified)
    for step in range(steps if len(pairs.first) else 0):
        model.step(1 - step / steps)
    known = np.zeros(nodes, np.bool_)
    known[pairs.first] = True
    vectors = model.first_side(torch.arange(nodes, device=model.device)).detach().cpu().numpy()
    return np.asarray(np.where(known[:, None], vectors, 0), np.float32)


class _Model:
    def __init__(self, pairs: Pairs, nodes: int, seed: int, *, one_table: bool, rectified: bool) -> None:
        self.device = get_device()
        self._generator = torch.Generator(device=self.device).manual_seed(seed)
        self._first, self._second = (torch.from_numpy(each).to(self.device) for each in (pairs.first, pairs.second))
        self._drawn = torch.from_numpy(np.cumsum(pairs.weights)).to(self.device)
        often = np.bincount(pairs.second, pairs.weights, nodes) ** _FLATTEN
        self._chances = torch.from_numpy(often).to(self.device)
        self._inner = self._start(nodes)
        if rectified:
            self._inner.data.abs_()
        self._outer = self._inner if one_table else self._start(nodes)
        self._rectified = rectified
        tables = [self._inner] if one_table else [self._inner, self._outer]
        self._optimizer = torch.optim.Adam(tables, lr=_RATE)

    def _start(self, nodes: int) -> Tensor:
        chance = torch.rand(nodes, DIMENSIONS, generator=self._generator, device=self.device)
        table: Tensor = (chance - 0.5) / DIMENSIONS**0.5
        return table.requires_grad_()

    def first_side(self, nodes: Tensor) -> Tensor:
        """The vectors of `nodes`."""
        looked: Tensor = functional.embedding(nodes, self._inner)
        return looked.relu() if self._rectified else looked

    def step(self, rate: float) -> None:
        """One batch, at that share of the full rate."""
        chance = torch.rand(_BATCH, generator=self._generator, device=self.device, dtype=torch.float64)
        at = torch.searchsorted(self._drawn, chance * self._drawn[-1]).clamp_(max=len(self._drawn) - 1)
        others = torch.multinomial(self._chances, _SHARED, replacement=True, generator=self._generator)
        first, second = self.first_side(self._first[at]), functional.embedding(self._second[at], self._outer)
        near, far = (first * second).sum(1), first @ functional.embedding(others, self._outer).T
        self._optimizer.zero_grad()
        torch.autograd.backward((_tell_among if self._rectified else _tell_apart)(near, far))
        for group in self._optimizer.param_groups:
            group["lr"] = _RATE * max(0.01, rate)
        self._optimizer.step()


def _tell_apart(near: Tensor, far: Tensor) -> Tensor:
    """Negative sampling: pairs by themselves, negatives by themselves."""
    return functional.softplus(-near).mean() + _NEGATIVES * functional.softplus(far).mean()


def _tell_among(near: Tensor, far: Tensor) -> Tensor:
    """Softmax of a pair among its negatives, as Med2Vec has it among all codes.

    Pushed away from negatives alone, vectors without negative numbers all end at zero.
    """
    return (torch.cat((near.unsqueeze(1), far), 1).logsumexp(1) - near).mean()
