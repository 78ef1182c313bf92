"""Alias tables: drawing by weight in one look (Walker 1977), for all rows of a graph at once."""

from __future__ import annotations

import numpy as np

from kg.embed.me2vec.adjacency import Adjacency, Weights
from kg.embed.me2vec.journeys import Numbers


def make_aliases(graph: Adjacency) -> tuple[Weights, Numbers]:
    """For each entry of `graph.targets` the share in which it stands for itself, and the entry that it else stands for.

    An entry of a row that is drawn evenly, and then left for its alias in one less its share, is drawn by weight. What
    light entries (below the mean of their row) lack is taken from heavy ones in their order (the sweep of
    Hübschle-Schneider and Sanders 2019). Which heavy one fills which light one follows from running sums alone: what is
    lacking and what is over are equal at the end of each row, so that one search does all rows.
    """
    rows = graph.sources()
    scaled = graph.weights * (graph.degrees() / np.maximum(graph.strengths(), np.finfo(np.float64).tiny))[rows]
    shares, aliases = np.minimum(scaled, 1.0), np.arange(len(rows))
    light, heavy = np.flatnonzero(scaled < 1.0), np.flatnonzero(scaled >= 1.0)
    if not len(light) or not len(heavy):
        return np.ones(len(rows)), aliases
    lacking = np.concatenate([[0.0], np.cumsum(1.0 - scaled[light])])
    over = np.cumsum(scaled[heavy] - 1.0)
    first, last = _bounds(rows[heavy], graph.nodes)
    giver = np.searchsorted(over, lacking[:-1], side="right")
    givers = heavy[np.clip(giver, first[rows[light]], last[rows[light]])]
    # Where rounding leaves a row without any heavy one, all of it is as light as the mean: each stands for itself.
    filled = rows[givers] == rows[light]
    aliases[light[filled]] = givers[filled]
    shares[light[~filled]] = 1.0
    given = np.searchsorted(lacking, over, side="left").clip(max=len(light))
    follows = np.minimum(np.arange(len(heavy)) + 1, last[rows[heavy]])
    shares[heavy] = np.clip(1.0 + over - lacking[given], 0.0, 1.0)
    aliases[heavy] = heavy[follows]
    return shares, aliases


def _bounds(rows: Numbers, nodes: int) -> tuple[Numbers, Numbers]:
    """The places of the first and last of each row among `rows`, which rise."""
    every = np.arange(nodes)
    top = max(len(rows) - 1, 0)
    first = np.searchsorted(rows, every, side="left").clip(max=top)
    return first, np.maximum(np.searchsorted(rows, every, side="right") - 1, first)
