"""Walks go as node2vec says, compared with its formula on a graph small enough to work it out."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kg.embed.me2vec.adjacency import Adjacency, Edges, make_adjacency
from kg.embed.me2vec.aliases import make_aliases
from kg.embed.me2vec.settings import WalkSettings
from kg.embed.me2vec.walking import Walker

CPU = torch.device("cpu")

#: Two triangles that share an edge, a tail, and a node apart.
EDGES = {(0, 1): 1.0, (0, 2): 2.0, (1, 2): 0.5, (1, 3): 3.0, (2, 3): 1.0, (3, 4): 4.0}


def graph_of(edges: dict[tuple[int, int], float], *, nodes: int = 6) -> Adjacency:
    first, second = np.array(list(edges), np.int64).reshape(-1, 2).T
    return make_adjacency(Edges(first, second, np.array(list(edges.values()))), nodes)


def expected(before: int, now: int, *, p: float, q: float) -> dict[int, float]:
    """The chances of the next node, by the formula of the paper."""
    weights = EDGES | {(second, first): weight for (first, second), weight in EDGES.items()}
    factors = {
        x: weight * (1 / p if x == before else 1.0 if (x, before) in weights else 1 / q)
        for (v, x), weight in weights.items()
        if v == now
    }
    return {x: factor / sum(factors.values()) for x, factor in factors.items()}


@pytest.mark.parametrize(
    ("p", "q"), [(1.0, 1.0), (4.0, 1.0), (0.25, 4.0), (0.25, 1.0), (4.0, 0.25), (0.5, 0.25), (2.0, 4.0)]
)
def test_steps_are_drawn_by_weight_and_distance(p: float, q: float) -> None:
    walker = Walker(graph_of(EDGES), p=p, q=q, device=CPU)
    walks = walker.walk(torch.arange(5).repeat(6_000), 4, torch.Generator().manual_seed(1))
    counts = Counter(map(tuple, walks[:, 1:].tolist()))
    seen: dict[tuple[int, int], Counter[int]] = {}
    for (before, now, then), count in counts.items():
        seen.setdefault((before, now), Counter())[then] += count
    assert len(seen) == 2 * len(EDGES)
    for (before, now), nexts in seen.items():
        chances = expected(before, now, p=p, q=q)
        assert set(nexts) <= set(chances)
        for then, chance in chances.items():
            total = nexts.total()
            assert abs(nexts[then] - chance * total) < 4.5 * (chance * (1 - chance) * total) ** 0.5 + 1


def test_first_steps_are_drawn_by_weight() -> None:
    walks = Walker(graph_of(EDGES), device=CPU).walk(torch.zeros(30_000).long(), 2, torch.Generator().manual_seed(1))
    assert abs((walks[:, 1] == 2).double().mean().item() - 2 / 3) < 0.01


def test_every_node_with_neighbours_is_begun_from() -> None:
    settings = WalkSettings(length=3, each=4)
    walks = torch.cat(list(Walker(graph_of(EDGES), device=CPU).walk_all(settings, torch.Generator())))
    assert walks.shape == (20, 3)
    assert walks[:, 0].bincount(minlength=6).tolist() == [4, 4, 4, 4, 4, 0]


def test_equal_seeds_give_equal_walks() -> None:
    walker = Walker(graph_of(EDGES), p=0.25, q=4, device=CPU)
    first, second = (walker.walk(torch.arange(5), 30, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(first, second)


def test_even_weights_and_walks_of_one_node() -> None:
    walker = Walker(graph_of(dict.fromkeys(EDGES, 2.0)), p=4, device=CPU)
    assert walker.walk(torch.tensor([3, 4]), 1, torch.Generator()).tolist() == [[3], [4]]
    assert set(walker.walk(torch.full((200,), 3), 2, torch.Generator())[:, 1].tolist()) == {1, 2, 4}


def test_a_graph_without_edges_has_no_walks() -> None:
    nothing = Adjacency(np.zeros(4, np.int64), np.zeros(0, np.int64), np.zeros(0))
    assert list(Walker(nothing, p=0.25, q=4, device=CPU).walk_all(WalkSettings(), torch.Generator())) == []


PAIRS = st.tuples(st.integers(0, 8), st.integers(0, 8))


@given(st.dictionaries(PAIRS, st.floats(1e-6, 1e6), min_size=1, max_size=30))
def test_aliases_draw_by_weight(edges: dict[tuple[int, int], float]) -> None:
    graph = graph_of(edges, nodes=9)
    shares, aliases = make_aliases(graph)
    rows = graph.sources()
    assert (rows[aliases] == rows).all()
    drawn = shares + np.bincount(aliases, 1 - shares, len(rows))
    even = drawn / graph.degrees()[rows]
    assert np.allclose(even, graph.weights / graph.strengths()[rows], atol=1e-9)
