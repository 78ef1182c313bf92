"""How much a fact is believed, from the vectors of its subject, relation and object; all shapes end in the vector.

A vector of complex numbers is kept as real parts, then imaginary parts.
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
        """The relations seen from their objects: scoring (o, inverse(p), s) is scoring (s, p, o)."""

    def pairs(self, queries: Tensor, objects: Tensor) -> Tensor:
        """Scores of queries and objects of one shape, or shapes that broadcast, without the last dimension."""

    def against(self, queries: Tensor, objects: Tensor) -> Tensor:
        """Scores of each of n queries with each of m objects; shape (n, m)."""

    def moduli(self, rows: Tensor) -> Tensor:
        """Sizes of the numbers in rows, of entities or relations."""


def halves(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Real and imaginary parts."""
    real, imaginary = rows.chunk(2, dim=-1)
    return real, imaginary


def multiply(left: Tensor, right: Tensor, *, conjugate_left: bool = False) -> Tensor:
    """The product of complex numbers, of the conjugate of the left ones where asked for."""
    (a, b), (c, d) = halves(left), halves(right)
    if conjugate_left:
        return torch.cat((a * c + b * d, a * d - b * c), dim=-1)
    return torch.cat((a * c - b * d, a * d + b * c), dim=-1)


class _Bilinear:
    def pairs(self, queries: Tensor, objects: Tensor) -> Tensor:
        return (queries * objects).sum(-1)

    def against(self, queries: Tensor, objects: Tensor) -> Tensor:
        return queries @ objects.T


class DistMult(_Bilinear):
    """The sum of the products of three numbers (Yang et al., ICLR 2015); the same from either side."""

    def get_widths(self, rank: int) -> tuple[int, int]:
        return rank, rank

    def query(self, subjects: Tensor, relations: Tensor) -> Tensor:
        return subjects * relations

    def inverse(self, relations: Tensor) -> Tensor:
        return relations

    def moduli(self, rows: Tensor) -> Tensor:
        return rows.abs()


class ComplEx(_Bilinear):
    """The real part of the sum of s p conj(o) (Trouillon et al., ICML 2016)."""

    def get_widths(self, rank: int) -> tuple[int, int]:
        return 2 * rank, 2 * rank

    def query(self, subjects: Tensor, relations: Tensor) -> Tensor:
        return multiply(subjects, relations)

    def inverse(self, relations: Tensor) -> Tensor:
        real, imaginary = halves(relations)
        return torch.cat((real, -imaginary), dim=-1)

    def moduli(self, rows: Tensor) -> Tensor:
        return _sizes(rows)


class RotatE:
    """Minus the sum of the sizes of s r - o, where r turns by the angles of the relation (Sun et al., ICLR 2019).

    The paper writes a norm; its code adds up the sizes of the complex numbers, as is done here.
    """

    def get_widths(self, rank: int) -> tuple[int, int]:
        return 2 * rank, rank

    def query(self, subjects: Tensor, relations: Tensor) -> Tensor:
        return multiply(torch.cat((relations.cos(), relations.sin()), dim=-1), subjects)

    def inverse(self, relations: Tensor) -> Tensor:
        return -relations

    def pairs(self, queries: Tensor, objects: Tensor) -> Tensor:
        return -_sizes(queries - objects).sum(-1)

    def against(self, queries: Tensor, objects: Tensor) -> Tensor:
        step = max(1, _AT_ONCE // max(1, queries.numel()))
        parts = [self.pairs(queries.unsqueeze(-2), part) for part in objects.split(step)]
        return torch.cat(parts, dim=-1)

    def moduli(self, rows: Tensor) -> Tensor:
        return rows.abs()


class TransE:
    """Minus the distance from s + p to o (Bordes et al., NeurIPS 2013); `norm` 1 adds up differences, 2 is the usual."""

    def __init__(self, norm: int) -> None:
        self.norm = norm

    def get_widths(self, rank: int) -> tuple[int, int]:
        return rank, rank

    def query(self, subjects: Tensor, relations: Tensor) -> Tensor:
        return subjects + relations

    def inverse(self, relations: Tensor) -> Tensor:
        return -relations

    def pairs(self, queries: Tensor, objects: Tensor) -> Tensor:
        return -torch.linalg.vector_norm(queries - objects, ord=self.norm, dim=-1)

    def against(self, queries: Tensor, objects: Tensor) -> Tensor:
        return -torch.cdist(queries, objects, p=self.norm)

    def moduli(self, rows: Tensor) -> Tensor:
        return rows.abs()


def _sizes(rows: Tensor) -> Tensor:
    # The norm of a stack, unlike a square root, has a gradient where a number is 0.
    return torch.linalg.vector_norm(torch.stack(halves(rows)), dim=0)


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
