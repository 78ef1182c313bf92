"""Rows of numbers met with rows of numbers: what checks of a split are made of."""

from __future__ import annotations

import numpy as np

from kg.embed.facts import Numbers
from kg.embed.ranges import spread
from kg.embed.triples import Rows


def join(left: Numbers, right: Numbers) -> tuple[Numbers, Numbers]:
    """The places in `left` and in `right` of all pairs that are equal, by place in `left`."""
    order = np.argsort(right, kind="stable")
    met = right[order]
    first, last = np.searchsorted(met, left, "left"), np.searchsorted(met, left, "right")
    which, places = spread(first, last - first)
    return which, order[places]


def fact_keys(rows: Rows, entities: int, relations: int) -> Numbers:
    """One number for each row, another for each fact."""
    keys: Numbers = (rows[:, 0] * relations + rows[:, 1]) * entities + rows[:, 2]
    return keys


def pair_keys(rows: Rows, entities: int, *, turned: bool = False) -> Numbers:
    """One number for the pair of concepts of each row; `turned`, for the object before the subject."""
    first, second = (rows[:, 2], rows[:, 0]) if turned else (rows[:, 0], rows[:, 2])
    keys: Numbers = first * entities + second
    return keys
