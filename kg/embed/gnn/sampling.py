"""Neighbours drawn by chance, as tensor operations: the same code on a CPU and on CUDA, no compiled extras.

Facts are edges both ways: twice as many kinds of them as relations, those from subject to object first. The edges of a
concept lie together, so that drawing some costs nothing for the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Adjacency:
    """The edges into each node: those of node v are `starts[v]` to `starts[v + 1]` of the other tensors."""

    starts: Tensor
    neighbours: Tensor
    relations: Tensor
    facts: Tensor
    """The fact that each edge is made of, by its number."""

    @property
    def node_count(self) -> int:
        """How many nodes there are."""
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """What one layer reads and writes: `nodes` are read, the first `targets` of them written."""

    nodes: Tensor
    targets: int
    edges: Tensor
    """Places among `nodes` that a message goes from (first row) and to (second)."""
    relations: Tensor


def make_adjacency(rows: Tensor, nodes: int, relations: int) -> Adjacency:
    """The edges of facts, both ways; of a fact about one node alone there are two as well."""
    subjects, kinds, objects = rows.unbind(1)
    into = torch.cat((objects, subjects))
    order = torch.argsort(into, stable=True)
    counts = torch.bincount(into, minlength=nodes)
    starts = torch.cat((counts.new_zeros(1), counts.cumsum(0)))
    facts = torch.arange(len(rows), device=rows.device).repeat(2)
    return Adjacency(
        starts, torch.cat((subjects, objects))[order], torch.cat((kinds, kinds + relations))[order], facts[order]
    )


def draw_edges(adjacency: Adjacency, nodes: Tensor, fanout: int | None, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Edges into `nodes`: places among `nodes`, and among the edges; all of a node's, or `fanout` different ones.

    Where a node has more edges every set of `fanout` of them is as likely, by Floyd's algorithm (Bentley and Floyd,
    CACM 30:9, 1987), which never looks at those that it does not draw. The generator is one of the device.
    """
    first = adjacency.starts[nodes]
    degrees = adjacency.starts[nodes + 1] - first
    taken = degrees if fanout is None else torch.where(degrees <= fanout, degrees, 0)
    places = torch.repeat_interleave(torch.arange(len(nodes), device=nodes.device), taken)
    within = torch.arange(len(places), device=nodes.device) - torch.repeat_interleave(taken.cumsum(0) - taken, taken)
    whole = first[places] + within
    if fanout is None:
        return places, whole
    many = torch.nonzero(degrees > fanout).squeeze(1)
    drawn = _draw_sets(degrees[many], fanout, draw) + first[many].unsqueeze(1)
    return torch.cat((places, many.repeat_interleave(fanout))), torch.cat((whole, drawn.flatten()))


def _draw_sets(sizes: Tensor, count: int, draw: torch.Generator) -> Tensor:
    """For each size, `count` different numbers below it."""
    chosen = sizes.new_full((len(sizes), count), -1)
    for at in range(count):
        last = sizes - count + at
        # Doubles: a float cannot tell the numbers below 2^24 apart.
        tried = torch.rand(len(sizes), generator=draw, device=sizes.device, dtype=torch.float64).mul(last + 1).long()
        again = (chosen[:, :at] == tried.unsqueeze(1)).any(1)
        chosen[:, at] = torch.where(again, last, tried)
    return chosen


def draw_blocks(
    adjacency: Adjacency,
    targets: Tensor,
    fanouts: Sequence[int | None],
    draw: torch.Generator,
    *,
    hidden: Tensor | None = None,
    alone: Tensor | None = None,
) -> list[Block]:
    """The blocks of all layers for vectors of `targets`, each named once, the outermost layer first.

    Edges made of the facts `hidden` are left out: a fact that is asked may not tell its answer. So are those into the
    nodes for which `alone`, a mask of all nodes, is true.
    """
    blocks: list[Block] = []
    for fanout in reversed(fanouts):
        blocks.append(_make_block(adjacency, targets, fanout, draw, hidden, alone))
        targets = blocks[-1].nodes
    return blocks[::-1]


def _make_block(
    adjacency: Adjacency,
    targets: Tensor,
    fanout: int | None,
    draw: torch.Generator,
    hidden: Tensor | None = None,
    alone: Tensor | None = None,
) -> Block:
    places, edges = draw_edges(adjacency, targets, fanout, draw)
    open_ = _is_open(adjacency.facts[edges], targets[places], hidden, alone)
    places, edges = places[open_], edges[open_]
    nodes, at = _targets_first(targets, adjacency.neighbours[edges])
    return Block(nodes, len(targets), torch.stack((at, places)), adjacency.relations[edges])


def _is_open(facts: Tensor, into: Tensor, hidden: Tensor | None, alone: Tensor | None) -> Tensor:
    """Which edges, of these facts and into these nodes, are left."""
    open_ = torch.ones_like(facts, dtype=torch.bool)
    if hidden is not None:
        open_ &= ~torch.isin(facts, hidden)
    if alone is not None:
        open_ &= ~alone[into]
    return open_


def _targets_first(targets: Tensor, sources: Tensor) -> tuple[Tensor, Tensor]:
    """The targets, then all other sources, each once; and where each source stands among them."""
    found, inverse = torch.unique(torch.cat((targets, sources)), return_inverse=True)
    place = inverse.new_full((len(found),), -1)
    place[inverse[: len(targets)]] = torch.arange(len(targets), device=targets.device)
    others = place < 0
    place[others] = torch.arange(len(targets), len(found), device=targets.device)
    return torch.cat((targets, found[others])), place[inverse[len(targets) :]]


def whole_block(adjacency: Adjacency, *, hidden: Tensor | None = None, alone: Tensor | None = None) -> Block:
    """All nodes and all edges but those that `draw_blocks` leaves out: any layer over the whole graph."""
    nodes = torch.arange(adjacency.node_count, device=adjacency.starts.device)
    into = torch.repeat_interleave(nodes, adjacency.starts.diff())
    open_ = _is_open(adjacency.facts, into, hidden, alone)
    edges = torch.stack((adjacency.neighbours[open_], into[open_]))
    return Block(nodes, len(nodes), edges, adjacency.relations[open_])


def iter_blocks(adjacency: Adjacency, chunk: int) -> Iterator[Block]:
    """One layer over the whole graph, the nodes in parts of `chunk`, each with all its edges."""
    nodes = torch.arange(adjacency.node_count, device=adjacency.starts.device)
    draw = torch.Generator(nodes.device)
    for targets in torch.split(nodes, chunk):
        yield _make_block(adjacency, targets, None, draw)
