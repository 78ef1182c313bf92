"""Which relations say what others say, of the same pair or of the pair turned round: declared, or measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kg.embed.facts import Mask, Numbers
from kg.embed.joining import join, pair_keys
from kg.embed.triples import Rows, Triples
from kg.predicates import PREDICATES


@dataclass(frozen=True, slots=True, eq=False)
class RelationRules:
    """`straight[a, b]`: what has relation a has b too; `turned[a, b]`: where x has a to y, y has b to x."""

    straight: Mask
    turned: Mask


def find_rules(triples: Triples, *, threshold: float, support: int) -> RelationRules:
    """The rules that predicates declare, and those that hold for the share `threshold` of at least `support` pairs.

    The share is the confidence of the rule as rule miners have it (Galárraga et al. 2013, AMIE), by distinct pairs.
    """
    rows, relations = np.unique(triples.rows, axis=0), len(triples.relations)
    pairs = np.bincount(rows[:, 1], minlength=relations)
    enough = pairs >= support
    straight = (
        _shared(rows, relations, len(triples.entities), turned=False) >= threshold * np.maximum(pairs, 1)[:, None]
    )
    turned = _shared(rows, relations, len(triples.entities), turned=True) >= threshold * np.maximum(pairs, 1)[:, None]
    np.fill_diagonal(straight, False)
    return RelationRules(straight & enough[:, None], turned & enough[:, None] | _declared(triples.relations))


def _shared(rows: Rows, relations: int, entities: int, *, turned: bool) -> Numbers:
    """How many pairs of each relation (row) have each other one (column)."""
    one, other = join(pair_keys(rows, entities), pair_keys(rows, entities, turned=turned))
    met = np.bincount(rows[one, 1] * relations + rows[other, 1], minlength=relations**2)
    return met.reshape(relations, relations)


def _declared(relations: tuple[str, ...]) -> Mask:
    place = {name: at for at, name in enumerate(relations)}
    declared: npt.NDArray[np.bool_] = np.zeros((len(relations), len(relations)), bool)
    for at, known in ((at, PREDICATES[name]) for name, at in place.items() if name in PREDICATES):
        other = at if known.symmetric else place.get(known.inverse)
        if other is not None:
            declared[at, other] = declared[other, at] = True
    return declared
