"""Splits under the names that they use alone: what nothing is learned of, and nothing asked, has no vector."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kg.embed.joining import fact_keys
from kg.embed.triples import Rows, Split, Triples


class Compacted(NamedTuple):
    """A split without the names that its three parts do not use, and what that leaves of the facts aside."""

    split: Split
    places: list[int]
    """Which of the names of concepts are left."""
    outside: Triples
    """Facts aside with a concept or predicate that is in no part, under names of their own."""


def compact(split: Split) -> Compacted:
    """The split with the names that train, valid and test use; of the facts aside each stands once, in no part."""
    parts = [part.rows for part in (split.train, split.valid, split.test)]
    asked = np.concatenate(parts)
    used = np.unique(asked[:, [0, 2]]), np.unique(asked[:, 1])
    aside = _without(split, asked)
    inside = np.isin(aside[:, [0, 2]], used[0]).all(axis=1) & np.isin(aside[:, 1], used[1])
    train, valid, test, beside = (_narrow(split, rows, *used) for rows in (*parts, aside[inside]))
    left = aside[~inside]
    outside = _narrow(split, left, np.unique(left[:, [0, 2]]), np.unique(left[:, 1]))
    return Compacted(Split(train, valid, test, beside.rows), used[0].tolist(), outside)


def _without(split: Split, rows: Rows) -> Rows:
    """The facts aside that are not among these, each once."""
    sizes = len(split.train.entities), len(split.train.relations)
    aside = np.unique(split.aside, axis=0)
    found: Rows = aside[~np.isin(fact_keys(aside, *sizes), fact_keys(rows, *sizes))]
    return found


def _narrow(split: Split, rows: Rows, entities: Rows, relations: Rows) -> Triples:
    """Rows under some of the names of a split, given by number."""
    names = tuple(split.train.entities[at] for at in entities), tuple(split.train.relations[at] for at in relations)
    columns = (np.searchsorted(kept, rows[:, at]) for at, kept in enumerate((entities, relations, entities)))
    return Triples(*names, np.stack(list(columns), axis=1).astype(np.int64))
