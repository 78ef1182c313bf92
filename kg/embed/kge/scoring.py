"""How much a fact is believed, from the vectors of its subject, relation and object; all shapes end in the vector.

A vector of complex numbers is kept as real and imaginary part of each in turn.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

#: Numbers that distances to many objects may hold at once, outside training.
_AT_ONCE = 1 << 24


class Scoring(Protocol):
    """A fact's score is that of the query of its subject and relation, and its object; higher is likelier."""

    def get_widths(self, rank: int) -> tuple[int, int]:
        """Numbers in the row of an entity, and in that of a relation."""

    def query(self, subjects: Tensor, relations: Tensor) -> Tensor:
        """What the objects are compared with; as wide as an entity."""

    def inverse(self, relations: Tensor) -> Tensor:
        """Relations as seen from their objects, with which (o, p, s) scores what (s, p, o) did."""

    def pairs(self, queries: Tensor, objects: Tensor) -> Tensor:
        """Scores of queries and objects of one shape, or shapes that broadcast, without the last dimension."""

    def against(self, queries: Tensor, objects: Tensor) -> Tensor:
        """Scores of each of n queries with each of m objects; shape (n, m)."""

    def moduli(self, rows: Tensor) -> Tensor:
        """Sizes of the numbers in rows of entities."""

    def relation_moduli(self, rows: Tensor) -> Tensor:
        """Sizes of the numbers in rows of relations."""


def as_complex(rows: Tensor) -> Tensor:
    """The same numbers as complex ones, half as many."""
    return torch.view_as_complex(rows.reshape(*rows.shape[:-1], -1, 2))


def as_real(rows: Tensor) -> Tensor:
    """The same complex numbers as real ones, twice as many."""
    return torch.view_as_real(rows).flatten(-2)


class _Bilinear:
    def pairs(self, queries: Tensor, objects: Tensor) -> Tensor:
        """Scores of queries and objects of one shape."""
        return (queries * objects).sum(-1)

    def against(self, queries: Tensor, objects: Tensor) -> Tensor:
        """Scores of each query with each object."""
        return queries @ objects.T


class DistMult(_Bilinear):
    """The sum of the products of three numbers (Yang et al., ICLR 2015); the same from either side."""

    def get_widths(self, rank: int) -> tuple[int, int]:
        """Numbers in the row of an entity, and in that of a relation."""
        return rank, rank

    def query(self, subjects: Tensor, relations: Tensor) -> Tensor:
        """What the objects are compared with."""
        return subjects * relations

    def inverse(self, relations: Tensor) -> Tensor:
        """Relations as seen from their objects."""
        return relations

    def moduli(self, rows: Tensor) -> Tensor:
        """Sizes of the numbers in rows of entities."""
        return rows.abs()

    def relation_moduli(self, rows: Tensor) -> Tensor:
        """Sizes of the numbers in rows of relations."""
        return rows.abs()


class ComplEx(_Bilinear):
    """The real part of the sum of s p conj(o) (Trouillon et al., ICML 2016)."""

    def get_widths(self, rank: int) -> tuple[int, int]:
        """Numbers in the row of an entity, and in that of a relation."""
        return 2 * rank, 2 * rank

    def query(self, subjects: Tensor, relations: Tensor) -> Tensor:
        """What the objects are compared with."""
        return as_real(as_complex(subjects) * as_complex(relations))

    def inverse(self, relations: Tensor) -> Tensor:
        """Relations as seen from their objects."""
        return as_real(as_complex(relations).conj().resolve_conj())

    def moduli(self, rows: Tensor) -> Tensor:
        """Sizes of the numbers in rows of entities."""
        return as_complex(rows).abs()

    def relation_moduli(self, rows: Tensor) -> Tensor:
        """Sizes of the numbers in rows of relations."""
        return as_complex(rows).abs()


class RotatE:
    """Minus the sum of the sizes of s r - o, where r turns by the angles of the relation (Sun et al., ICLR 2019).

    The paper writes a norm; its code adds up the sizes of the complex numbers, as is done here.
    """

    def get_widths(self, rank: int) -> tuple[int, int]:
        """Numbers in the row of an entity, and in that of a relation."""
        return 2 * rank, rank

    def query(self, subjects: Tensor, relations: Tensor) -> Tensor:
        """What the objects are compared with."""
        return as_real(torch.polar(torch.ones_like(relations), relations) * as_complex(subjects))

    def inverse(self, relations: Tensor) -> Tensor:
        """Relations as seen from their objects."""
        return -relations

    def pairs(self, queries: Tensor, objects: Tensor) -> Tensor:
        """Scores of queries and objects of one shape."""
        return -as_complex(queries - objects).abs().sum(-1)

    def against(self, queries: Tensor, objects: Tensor) -> Tensor:
        """Scores of each query with each object."""
        step = max(1, _AT_ONCE // max(1, queries.numel()))
        parts = [self.pairs(queries.unsqueeze(-2), part) for part in torch.split(objects, step)]
        return torch.cat(parts, dim=-1)

    def moduli(self, rows: Tensor) -> Tensor:
        """Sizes of the numbers in rows of entities."""
        return as_complex(rows).abs()

    def relation_moduli(self, rows: Tensor) -> Tensor:
        """Sizes of the numbers that relations turn by: 1, whatever the angle, so that none is pulled anywhere."""
        return torch.ones_like(rows)


class TransE:
    """Minus the distance from s + p to o (Bordes et al., NeurIPS 2013); `norm` 1 adds up differences."""

    def __init__(self, norm: int) -> None:
        self.norm = norm

    def get_widths(self, rank: int) -> tuple[int, int]:
        """Numbers in the row of an entity, and in that of a relation."""
        return rank, rank

    def query(self, subjects: Tensor, relations: Tensor) -> Tensor:
        """What the objects are compared with."""
        return subjects + relations

    def inverse(self, relations: Tensor) -> Tensor:
        """Relations as seen from their objects."""
        return -relations

    def pairs(self, queries: Tensor, objects: Tensor) -> Tensor:
        """Scores of queries and objects of one shape."""
        distances: Tensor = torch.linalg.vector_norm(queries - objects, ord=self.norm, dim=-1)
        return -distances

    def against(self, queries: Tensor, objects: Tensor) -> Tensor:
        """Scores of each query with each object."""
        distances: Tensor = torch.cdist(queries, objects, p=self.norm)
        return -distances

    def moduli(self, rows: Tensor) -> Tensor:
        """Sizes of the numbers in rows of entities."""
        return rows.abs()

    def relation_moduli(self, rows: Tensor) -> Tensor:
        """Sizes of the numbers in rows of relations."""
        return rows.abs()


def get_scoring(model: str) -> Scoring:
    """The scoring of a model, by the name it has in settings."""
    known: dict[str, Scoring] = {
        "complex": ComplEx(),
        "distmult": DistMult(),
        "rotate": RotatE(),
        "transe_l1": TransE(1),
        "transe_l2": TransE(2),
    }
    return known[model]
