"""Concepts of a graph that are most like one: what lies near among vectors, of which the graph may hold only a part.

Vectors may be of codes that no fact names (those of care), or of concepts that left the graph since. They are passed
over before anything is counted, so that as many concepts are found as were asked, where there are as many.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from kg.embed.neighbours import Neighbours
from kg.model import Node
from kg.roles import GraphReader

#: Where too few of the nearest are in the graph, this many times as many are looked at.
_WIDER = 4


class Similar(NamedTuple):
    """A concept of the graph, and the cosine of its vector with the one that was asked about."""

    node: Node
    similarity: float


class Alike(NamedTuple):
    """What was found, the most alike first, and how many concepts were looked up for it."""

    found: list[Similar]
    looked: int


def find_similar(
    graph: GraphReader, neighbours: Neighbours, curie: str, *, first: int, kinds: Collection[str] = ()
) -> Alike:
    """The `first` concepts of the graph most like `curie`, of `kinds` alone where any are given.

    Raises:
        EmbeddingError: the model has no vector of it.
    """
    wanted, looked = first, 0
    while True:
        near = neighbours.find(curie, first=wanted, kinds=kinds)
        nodes = graph.get_nodes([one.name for one in near])
        looked += len(near)
        found = [Similar(node, one.similarity) for one, node in zip(near, nodes, strict=True) if node]
        if len(found) >= first or len(near) < wanted:
            return Alike(found[:first], looked)
        wanted *= _WIDER
