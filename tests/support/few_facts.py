"""A few facts to learn from, written by hand with the documents that say them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kg.embed.facts import GraphFacts, Sources
from kg.embed.triples import number
from kg.model import Node
from ontologies.model import Kind

#: Subject, relation, object, and the numbers of the documents that say so.
Said = tuple[str, str, str, Sequence[int]]


def facts_of(said: Sequence[Said], *, effective: Sequence[str] = ()) -> GraphFacts:
    """Facts, each with the numbers of the documents that say it."""
    triples = number((subject, relation, object_) for subject, relation, object_, _ in said)
    counts = [len(documents) for *_, documents in said]
    places = [place for *_, documents in said for place in sorted(documents)]
    count = max([*places, len(effective) - 1, -1]) + 1
    sources = Sources(
        tuple(f"d{at}" for at in range(count)),
        tuple(effective) or ("",) * count,
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.array(places, np.int64),
    )
    nothing = np.zeros((0, 3), np.int64)
    nodes = tuple(Node(name, name, Kind.DISEASE if name.startswith("c") else Kind.DRUG) for name in triples.entities)
    return GraphFacts(triples, nodes, np.ones(len(said), np.float32), sources, nothing, nothing)
