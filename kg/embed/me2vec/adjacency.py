"""Weighted undirected graphs as rows of neighbours (CSR)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kg.embed.me2vec.journeys import Numbers

Weights = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Adjacency:
    """Neighbours of node i, rising: `targets[offsets[i]:offsets[i + 1]]`; every edge stands in both its rows.

    `offsets` is int64, shape (nodes + 1,); `targets` int64 and `weights` float64, shape (2 * edges,).
    """

    offsets: Numbers
    targets: Numbers
    weights: Weights

    @property
    def nodes(self) -> int:
        """The number of nodes, those without neighbours among them."""
        return len(self.offsets) - 1

    @property
    def edges(self) -> int:
        """The number of undirected edges."""
        return len(self.targets) // 2

    def degrees(self) -> Numbers:
        """The number of neighbours of each node."""
        return np.diff(self.offsets)

    def sources(self) -> Numbers:
        """The node whose row each of `targets` stands in."""
        return np.repeat(np.arange(self.nodes), self.degrees())

    def strengths(self) -> Weights:
        """The sum of weights of each node's edges."""
        return np.bincount(self.sources(), self.weights, self.nodes).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Undirected edges, each once: `first` < `second`."""

    first: Numbers
    second: Numbers
    weights: Weights


def sum_edges(edges: Edges, nodes: int) -> Edges:
    """The edges with those between the same two nodes as one, in rising order; loops are left out."""
    low, high = np.minimum(edges.first, edges.second), np.maximum(edges.first, edges.second)
    apart = low != high
    keys, place = np.unique(low[apart] * nodes + high[apart], return_inverse=True)
    weights = np.bincount(place, edges.weights[apart], len(keys)).astype(np.float64)
    return Edges(keys // max(nodes, 1), keys % max(nodes, 1), weights)


def join_edges(*parts: Edges) -> Edges:
    """The edges of all parts, one after the other."""
    return Edges(
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.second for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )


def make_adjacency(edges: Edges, nodes: int) -> Adjacency:
    """The graph of `edges`; those between the same two nodes are summed, loops left out."""
    summed = sum_edges(edges, nodes)
    sources = np.concatenate([summed.first, summed.second])
    targets = np.concatenate([summed.second, summed.first])
    at = np.lexsort((targets, sources))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(sources, minlength=nodes))])
    return Adjacency(offsets, targets[at], np.concatenate([summed.weights, summed.weights])[at])
