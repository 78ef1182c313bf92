"""Second-order random walks (node2vec, Grover and Leskovec 2016) over rows of neighbours, many at once, as tensors.

The next node x after u and then v is drawn by weight(v, x) times 1/p where x is u, 1 where x is a neighbour of u, 1/q
elsewhere. It is drawn by weight alone and kept as often as its factor says (rejection, as in KnightKing, Yang et al.
2019), so that nothing is stored for pairs of edges: memory is linear in edges. Two things keep rejections few where p
is small: what the way back has above the other factors is drawn apart, and factors are compared with the greatest of
the others, not with 1/p. Neighbourhoods are looked at only where the factor depends on them; with q = 1 never.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from kg.embed.me2vec.adjacency import Adjacency
from kg.embed.me2vec.aliases import make_aliases
from kg.embed.me2vec.settings import WalkSettings

#: Walks that are made together: enough to keep tensor operations busy, few enough to stay in a processor's cache.
_TOGETHER = 32_768

#: Bits for each pair of neighbours in the table that is looked at before the search.
_BITS = 8

#: 2^64 divided by the golden ratio, as a signed number: spreads products evenly (Knuth, TAOCP 3, 6.4).
_GOLDEN = -7_046_029_254_386_353_131


class _Drawn(NamedTuple):
    """Nodes to go to, and the edges that lead there; of one that turned back, the edge by which it came."""

    nodes: Tensor
    edges: Tensor


class Walker:
    """Walks over one graph on one device; those of a generator with the same seed are the same."""

    def __init__(self, graph: Adjacency, *, p: float = 1.0, q: float = 1.0, device: torch.device) -> None:
        self.device = device
        self._draw = _Edges(graph, device)
        self._near = None if q == 1.0 else _Neighbours(graph, device)
        self._back, self._away = 1.0 / p, 1.0 / q
        self._most, self._least = max(1.0, self._away), min(1.0, self._away)
        self._starts = torch.from_numpy(graph.degrees().nonzero()[0]).to(device)

    def walk_all(self, settings: WalkSettings, generator: torch.Generator) -> Iterator[Tensor]:
        """The walks from every node that has neighbours, in an order by chance, some thousands at once.

        Each is int64, shape (walks, length). `p` and `q` are the walker's own.
        """
        for _ in range(settings.each):
            order = torch.randperm(len(self._starts), generator=generator, device=self.device)
            for at in range(0, len(order), _TOGETHER):
                yield self.walk(self._starts[order[at : at + _TOGETHER]], settings.length, generator)

    def walk(self, starts: Tensor, length: int, generator: torch.Generator) -> Tensor:
        """A walk of `length` nodes from each of `starts`, which need neighbours: int64, shape (starts, length)."""
        walks = torch.empty((length, len(starts)), dtype=torch.int64, device=self.device)
        walks[0] = starts
        if length == 1:
            return walks.T
        drawn = self._draw(starts, generator)
        walks[1] = drawn.nodes
        for step in range(2, length):
            drawn = self._go_on(walks[step - 2], drawn, generator)
            walks[step] = drawn.nodes
        return walks.T

    def _go_on(self, before: Tensor, now: _Drawn, generator: torch.Generator) -> _Drawn:
        """Where walks go that came from `before` to `now` by the edges in it."""
        drawn, refused = self._try(before, now, generator)
        while len(refused):
            again, still = self._try(before[refused], _Drawn(now.nodes[refused], now.edges[refused]), generator)
            drawn.nodes[refused] = again.nodes
            drawn.edges[refused] = again.edges
            refused = refused[still]
        return drawn

    def _try(self, before: Tensor, now: _Drawn, generator: torch.Generator) -> tuple[_Drawn, Tensor]:
        """What is drawn, and the places where it is refused."""
        drawn = self._draw(now.nodes, generator)
        level = torch.rand(len(before), generator=generator, device=self.device) * self._most
        is_back = drawn.nodes == before
        refused = (is_back & (level >= self._back)).nonzero()[:, 0]
        if self._near is not None:
            refused = torch.cat([refused, self._refused_by_distance(before, drawn.nodes, level, is_back)])
        if self._back > self._most:
            refused = self._turn(before, now, drawn, refused, generator)
        return drawn, refused

    def _refused_by_distance(self, before: Tensor, drawn: Tensor, level: Tensor, is_back: Tensor) -> Tensor:
        assert self._near is not None
        asked = (~is_back & (level >= self._least)).nonzero()[:, 0]
        near = self._near(before[asked], drawn[asked])
        return asked[~near if self._away < 1.0 else near]

    def _turn(self, before: Tensor, now: _Drawn, drawn: _Drawn, refused: Tensor, generator: torch.Generator) -> Tensor:
        """Turns some walks back, by what 1/p is above the greatest other factor; what is still refused."""
        extra = (self._back - self._most) * self._draw.weights.index_select(0, now.edges)
        share = extra / (extra + self._most * self._draw.strengths[now.nodes])
        turned = torch.rand(len(before), generator=generator, device=self.device) < share
        drawn.nodes[turned] = before[turned]
        drawn.edges[turned] = now.edges[turned]
        return refused[~turned[refused]]


class _Edges:
    """Draws edges of nodes by their weights: an alias table a row (Walker 1977; Vose 1991), two numbers an edge."""

    def __init__(self, graph: Adjacency, device: torch.device) -> None:
        self._targets = torch.from_numpy(graph.targets.astype(np.int32)).to(device)
        self.weights = torch.from_numpy(graph.weights).to(device)
        self._offsets = torch.from_numpy(graph.offsets[:-1]).to(device)
        self._degrees = torch.from_numpy(graph.degrees()).to(device)
        self.strengths = torch.from_numpy(graph.strengths()).to(device)
        self._even = bool((graph.weights == graph.weights[:1]).all())
        if not self._even:
            shares, aliases = make_aliases(graph)
            self._shares = torch.from_numpy(shares.astype(np.float32)).to(device)
            self._aliases = torch.from_numpy(aliases.astype(np.int32)).to(device)

    def __call__(self, nodes: Tensor, generator: torch.Generator) -> _Drawn:
        chance = torch.rand(len(nodes), generator=generator, device=nodes.device, dtype=torch.float64)
        place = chance.mul_(self._degrees.index_select(0, nodes))
        whole = place.long()
        edges = self._offsets.index_select(0, nodes).add_(whole)
        if not self._even:
            kept = place.sub_(whole) < self._shares.index_select(0, edges)
            edges = torch.where(kept, edges, self._aliases.index_select(0, edges).long())
        return _Drawn(self._targets.index_select(0, edges).long(), edges)


class _Neighbours:
    """Whether nodes are neighbours: a table of bits tells most that are not, a search in all pairs the rest."""

    def __init__(self, graph: Adjacency, device: torch.device) -> None:
        self._nodes = graph.nodes
        self._pairs = torch.from_numpy(graph.sources() * graph.nodes + graph.targets).to(device)
        self._mask = (1 << max(6, (_BITS * len(self._pairs)).bit_length())) - 1
        bits = torch.zeros(self._mask + 1, dtype=torch.bool)
        bits[self._place(self._pairs.cpu())] = True
        packed = np.packbits(bits.numpy(), bitorder="little").view(np.int32)
        self._bits = torch.from_numpy(packed).to(device)

    def __call__(self, first: Tensor, second: Tensor) -> Tensor:
        asked = first * self._nodes + second
        place = self._place(asked)
        near = (self._bits.index_select(0, place >> 5) >> (place & 31).int()) & 1 == 1
        maybe = near.nonzero()[:, 0]
        pairs = asked.index_select(0, maybe)
        found = torch.searchsorted(self._pairs, pairs).clamp_(max=len(self._pairs) - 1)
        near[maybe] = self._pairs.index_select(0, found) == pairs
        return near

    def _place(self, pairs: Tensor) -> Tensor:
        return (pairs * _GOLDEN >> 20) & self._mask
