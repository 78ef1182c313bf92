"""Level 1: vectors of nodes from walks, by skip-gram with negative sampling (Mikolov et al. 2013).

The neighbours of a node at distance d within the window count (window - d + 1) / window, which is what word2vec's
shrinking window comes to in the mean. Negatives are drawn once a batch, by the power .75 of the strength of nodes
(about how often walks come by), and shared by all of it, so that both halves of the loss are products of matrices.
Rates fall evenly to a hundredth.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from kg.embed.me2vec.adjacency import Adjacency
from kg.embed.me2vec.settings import SkipgramSettings, WalkSettings
from kg.embed.me2vec.walking import Walker

#: How much of a node's share in walks its chance as a negative keeps (word2vec's).
_FLATTEN = 0.75

#: Above so many nodes only the rows that a batch has are updated.
_SPARSE_FROM = 50_000

#: Negatives of a batch, shared by all its nodes.
_SHARED = 64


def train_skipgram(
    graph: Adjacency,
    walks: WalkSettings,
    settings: SkipgramSettings,
    *,
    device: torch.device,
    seed: int,
    told: Callable[[int, float], None] = lambda _epoch, _loss: None,
) -> npt.NDArray[np.float32]:
    """A vector of each node, float32, shape (nodes, dimensions); nodes without neighbours have zeros.

    `told` is called with the number of each epoch and its mean loss a node of a walk.
    """
    generator = torch.Generator(device=device).manual_seed(seed)
    walker = Walker(graph, p=walks.p, q=walks.q, device=device)
    model = _Skipgram(graph, settings, generator)
    steps = max(1, settings.epochs * walks.each * -(-int((graph.degrees() > 0).sum()) // settings.batch))
    for epoch in range(settings.epochs):
        losses: list[float] = []
        for walked in walker.walk_all(walks, generator):
            losses += [
                model.step(walked[at : at + settings.batch], steps) for at in range(0, len(walked), settings.batch)
            ]
        told(epoch, float(np.mean(losses)) if losses else 0.0)
    alone = torch.from_numpy(graph.degrees() == 0).to(device)
    vectors: npt.NDArray[np.float32] = model.inner.detach().masked_fill(alone[:, None], 0.0).cpu().numpy()
    return vectors


class _Skipgram:
    """Two tables and how one batch moves them."""

    def __init__(self, graph: Adjacency, settings: SkipgramSettings, generator: torch.Generator) -> None:
        device, shape = generator.device, (graph.nodes, settings.dimensions)
        start = (torch.rand(shape, generator=generator, device=device) - 0.5) / settings.dimensions
        self.inner, self.outer = start.requires_grad_(), torch.zeros(shape, device=device, requires_grad=True)
        self._sparse = graph.nodes > _SPARSE_FROM
        kind = torch.optim.SparseAdam if self._sparse else torch.optim.Adam
        self._optimizer: torch.optim.Optimizer = kind([self.inner, self.outer], lr=settings.rate)
        self._chances = torch.from_numpy(graph.strengths() ** _FLATTEN).to(device)
        self._settings, self._generator, self._done = settings, generator, 0

    def step(self, walks: Tensor, steps: int) -> float:
        """One batch of walks, of `steps` in all; its mean loss a node."""
        near = _band(walks.shape[1], self._settings.window, walks.device)
        chosen = torch.multinomial(self._chances, _SHARED, replacement=True, generator=self._generator)
        inner, outer = self._look(self.inner, walks), self._look(self.outer, walks)
        with_near = functional.softplus(-torch.bmm(inner, outer.transpose(1, 2))) * near
        with_others = functional.softplus(inner @ self._look(self.outer, chosen).T).mean(-1) * near.sum(-1)
        loss = with_near.sum() + self._settings.negatives * with_others.sum()
        self._optimizer.zero_grad()
        torch.autograd.backward(loss / walks.numel())
        self._done += 1
        for group in self._optimizer.param_groups:
            group["lr"] = self._settings.rate * max(0.01, 1 - self._done / steps)
        self._optimizer.step()
        return float(loss.detach() / walks.numel())

    def _look(self, table: Tensor, nodes: Tensor) -> Tensor:
        return functional.embedding(nodes, table, sparse=self._sparse)


def _band(length: int, window: int, device: torch.device) -> Tensor:
    """What each place of a walk counts for each other, shape (length, length)."""
    apart = (torch.arange(length, device=device)[:, None] - torch.arange(length, device=device)[None, :]).abs()
    return torch.where(apart > 0, (window + 1 - apart).clamp(min=0) / window, 0.0)
