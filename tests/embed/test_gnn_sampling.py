"""Neighbours are drawn fairly, and drawing all of them is looking at all of them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install 'medkg[train]'")
pytest.importorskip("torch_geometric", reason="needs torch-geometric: pip install 'medkg[train]'")

from kg.embed.gnn.encoders import Encoder  # noqa: E402
from kg.embed.gnn.sampling import Adjacency, draw_blocks, draw_edges, make_adjacency, whole_block  # noqa: E402
from kg.embed.gnn.settings import GnnSettings  # noqa: E402

torch.set_num_threads(1)

#: Node 0 has neighbours 1 to 6, in seven facts; 7 stands alone.
STAR = torch.tensor([[0, 0, 1], [0, 1, 2], [3, 0, 0], [4, 1, 0], [0, 0, 5], [6, 0, 0], [0, 1, 1], [1, 0, 2]])


def star() -> Adjacency:
    return make_adjacency(STAR, 8, 2)


def seeded(seed: int = 0) -> Any:
    return torch.Generator().manual_seed(seed)


def edges_of(adjacency: Adjacency, node: int) -> list[int]:
    return list(range(int(adjacency.starts[node]), int(adjacency.starts[node + 1])))


def test_every_fact_is_an_edge_both_ways() -> None:
    adjacency = star()
    for node in range(8):
        found = {
            (int(adjacency.neighbours[at]), int(adjacency.relations[at]), int(adjacency.facts[at]))
            for at in edges_of(adjacency, node)
        }
        forth = {(int(s), int(r), at) for at, (s, r, o) in enumerate(STAR) if o == node}
        back = {(int(o), int(r) + 2, at) for at, (s, r, o) in enumerate(STAR) if s == node}
        assert found == forth | back


def test_every_set_of_neighbours_is_as_likely() -> None:
    adjacency, draw = star(), seeded()
    edges = edges_of(adjacency, 0)
    sets = dict.fromkeys(combinations(edges, 3), 0)
    nodes = torch.zeros(7_000, dtype=torch.long)
    places, drawn = draw_edges(adjacency, nodes, 3, draw)
    for at in range(len(nodes)):
        sets[tuple(sorted(drawn[places == at].tolist()))] += 1
    assert len(sets) == 35
    expected = len(nodes) / len(sets)
    statistic = sum((count - expected) ** 2 / expected for count in sets.values())
    assert statistic < 65.2, "the 99.9th percentile of chi-square at 34 degrees of freedom"


def test_a_node_with_few_neighbours_gives_all_and_one_with_none_gives_none() -> None:
    adjacency = star()
    places, drawn = draw_edges(adjacency, torch.tensor([7, 1, 3]), 3, seeded())
    assert sorted(drawn[places == 1].tolist()) == edges_of(adjacency, 1)
    assert drawn[places == 2].tolist() == edges_of(adjacency, 3)
    assert not (places == 0).any()


def test_what_is_drawn_is_the_same_for_the_same_seed() -> None:
    nodes = torch.tensor([0, 1, 2])
    one, other = (draw_edges(star(), nodes, 2, seeded(5))[1] for _ in range(2))
    assert one.tolist() == other.tolist()


def test_blocks_fit_together_and_hide_what_is_asked() -> None:
    adjacency = star()
    targets = torch.tensor([2, 0])
    outer, inner = draw_blocks(adjacency, targets, (2, 3), seeded(), hidden=torch.tensor([1, 7]))
    assert inner.nodes[:2].tolist() == [2, 0]
    assert outer.nodes[: outer.targets].tolist() == inner.nodes.tolist()
    for block in (outer, inner):
        assert len(set(block.nodes.tolist())) == len(block.nodes)
        assert (block.edges[0] < len(block.nodes)).all()
        assert (block.edges[1] < block.targets).all()
    assert not (inner.edges[1] == 0).any(), "node 2 has two facts, and both are hidden"


@pytest.mark.parametrize("encoder", ["rgcn", "sage", "gat"])
@pytest.mark.parametrize("own", [0, 3])
def test_all_neighbours_drawn_in_parts_or_at_once_give_the_same_vectors(encoder: str, own: int) -> None:
    settings = GnnSettings(encoder=encoder, width=16, heads=2, own=own, chunk=3, fanouts=(99, 99), negatives=1)
    draw = np.random.default_rng(0)
    rows = torch.from_numpy(np.stack([draw.integers(0, top, 60) for top in (20, 3, 20)], axis=1))
    adjacency = make_adjacency(rows, 21, 3)
    torch.manual_seed(0)
    network = Encoder(5, 21, 6, settings).eval()
    features = torch.randn(21, 5)
    targets = torch.tensor([20, 4, 11])
    whole = network.encode_whole(features, adjacency)
    torch.testing.assert_close(network.encode_all(features, adjacency), whole, rtol=1e-4, atol=1e-5)
    for fanouts in ((99, 99), (None, None)):
        part = network(features, draw_blocks(adjacency, targets, fanouts, seeded()))
        torch.testing.assert_close(part, whole[targets], rtol=1e-4, atol=1e-5)
    alone = torch.zeros(21, dtype=torch.bool)
    alone[4] = True
    part = network(features, draw_blocks(adjacency, targets, (None, None), seeded(), alone=alone))
    heard = network.encode_whole(features, adjacency, alone=alone)
    torch.testing.assert_close(part, heard[targets], rtol=1e-4, atol=1e-5)
    unheard = network.encode_whole(features, make_adjacency(rows[:0], 21, 3))
    torch.testing.assert_close(heard[4], unheard[4], rtol=1e-4, atol=1e-5)
    hidden = torch.arange(10)
    without = network.encode_whole(features, make_adjacency(rows[10:], 21, 3))
    torch.testing.assert_close(network.encode_whole(features, adjacency, hidden=hidden), without, rtol=1e-4, atol=1e-5)


def test_a_whole_block_has_all_edges() -> None:
    block = whole_block(star())
    assert block.targets == 8
    assert block.edges.shape == (2, 16)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_the_same_code_draws_on_cuda() -> None:
    device = torch.device("cuda")
    adjacency = make_adjacency(STAR.to(device), 8, 2)
    blocks = draw_blocks(adjacency, torch.tensor([0, 2], device=device), (2, 2), torch.Generator(device))
    assert all(block.edges.is_cuda for block in blocks)
