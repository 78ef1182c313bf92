"""A graph whose facts follow from what its concepts are called: eight groups, each related to the next ones."""

from __future__ import annotations

import numpy as np

from kg.embed.triples import Split, Triples
from kg.model import Node
from ontologies.model import Kind

STEMS = ("cardio", "neuro", "hepato", "nephro", "gastro", "dermato", "pulmo", "oculo")
_EACH = 25


def planted_nodes() -> list[Node]:
    """25 concepts of each group, one of each in turn; the first part of a name is the group's."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [f"{stem}{letters[at]}pathy" for at in range(_EACH) for stem in STEMS]
    return [Node(f"x:{at:03}", name, Kind.DISEASE) for at, name in enumerate(names)]


def planted_split(seed: int = 0) -> Split:
    """1,600 facts: `a` leads from a group to the next one, `b` to the third next; a fifth is held out in two parts."""
    draw = np.random.default_rng(seed)
    rows = np.array(
        [
            (subject, relation, int(place) * len(STEMS) + (subject + step) % len(STEMS))
            for subject in range(_EACH * len(STEMS))
            for relation, step in enumerate((1, 3))
            for place in draw.choice(_EACH, 4, replace=False)
        ],
        np.int64,
    )
    rows = rows[draw.permutation(len(rows))]
    names = tuple(node.curie for node in planted_nodes())
    valid, test, train = (Triples(names, ("a", "b"), part) for part in np.split(rows, [160, 320]))
    return Split(train, valid, test)
