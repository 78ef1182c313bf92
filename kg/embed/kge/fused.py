"""Gradients by hand of 1-vs-all for bilinear models: the cost is three matrix products and little else.

What automatic differentiation would do besides: keep the scores, their logarithms and the gradient of each; make a
table-sized gradient for each look-up and add them up. Here scores become their own gradient, some rows at a time, and
gradients of vectors are added up in one place. On a CPU most of the rest is reading and writing memory, so each step
below is one pass over it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from kg.embed.kge.batches import QueryBatch
from kg.embed.kge.objectives import Gradients
from kg.embed.kge.scoring import as_complex, as_real
from kg.embed.kge.settings import KgeSettings
from kg.embed.kge.tables import Table

#: Scores that are computed at once: what a cache holds, or what keeps a GPU at work.
_AT_ONCE_ON_CPU, _AT_ONCE = 1 << 21, 1 << 27


class FusedOneVsAll:
    """`OneVsAll` for complex and distmult, with reciprocal relations and N3, or without a regulariser."""

    def __init__(self, settings: KgeSettings) -> None:
        self.settings = settings
        self.complex = settings.model == "complex"
        self.number = torch.bfloat16 if settings.precision == "bfloat16" else torch.float32

    @staticmethod
    def serves(settings: KgeSettings) -> bool:
        """Whether these settings have their gradients here."""
        bilinear = settings.model in ("complex", "distmult")
        return (
            bilinear and settings.objective == "one_vs_all" and settings.reciprocal and settings.regularizer != "dura"
        )

    def get_gradients(self, batch: QueryBatch, entities: Table, relations: Table) -> Gradients:
        """Dense gradients of all entities and relations."""
        vectors, kinds = entities.values, relations.values
        subjects, asked = vectors.index_select(0, batch.subjects), kinds.index_select(0, batch.relations)
        objects = vectors.index_select(0, batch.objects)
        of_queries, of_vectors, loss = self._softmax(self._times(subjects, asked), vectors, batch)
        of_subjects, of_asked = self._times(of_queries, asked, -1), self._times(of_queries, subjects, -1)
        of_objects, of_kinds = torch.zeros_like(objects), torch.zeros_like(kinds)
        if self.settings.relation_weight:
            loss += self._relations((subjects, objects, kinds), (of_subjects, of_objects, of_kinds), batch)
        if self.settings.regularizer == "n3" and self.settings.regularizer_weight:
            weight = self.settings.regularizer_weight / batch.total
            loss += self._n3(subjects, of_subjects, weight, batch.counts)
            loss += self._n3(asked, of_asked, weight, batch.counts)
            loss += self._n3(objects, of_objects, weight)
        of_vectors.index_add_(0, batch.subjects, of_subjects).index_add_(0, batch.objects, of_objects)
        return Gradients(loss, of_vectors, of_kinds.index_add_(0, batch.relations, of_asked))

    def _times(self, left: Tensor, right: Tensor, sign: int = 1) -> Tensor:
        """The products of numbers; where `sign` is -1, with the conjugates of the right ones."""
        if not self.complex:
            return left * right
        other = as_complex(right)
        return as_real(as_complex(left) * (other if sign == 1 else other.conj()))

    def _softmax(self, queries: Tensor, vectors: Tensor, batch: QueryBatch) -> tuple[Tensor, Tensor, Tensor]:
        """The gradients of the queries and of the vectors, and the loss, of telling the objects."""
        step = max(1, (_AT_ONCE_ON_CPU if vectors.device.type == "cpu" else _AT_ONCE) // len(vectors))
        cast, asked = vectors.to(self.number), queries.to(self.number)
        weights = batch.counts.to(self.number).div_(batch.total).unsqueeze(1)
        of_vectors, parts, losses, first = torch.zeros_like(vectors), [], [], 0
        for at, size in zip(range(0, len(queries), step), _sum_parts(batch.counts, step), strict=True):
            facts, rows = slice(first, first + size), slice(at, at + step)
            places = (batch.which[facts] - at, batch.objects[facts])
            slope, loss = _get_slope(asked[rows] @ cast.T, weights[rows], places, 1 / batch.total)
            parts.append(slope @ cast)
            _add_product(of_vectors, slope, asked[rows])
            losses.append(loss)
            first += size
        return torch.cat(parts).to(vectors.dtype), of_vectors, torch.stack(losses).sum()

    def _relations(
        self, given: tuple[Tensor, Tensor, Tensor], gradients: tuple[Tensor, Tensor, Tensor], batch: QueryBatch
    ) -> Tensor:
        """The loss of telling the relation of each fact from its subject and object; adds to their gradients."""
        (by_query, objects, kinds), (of_subjects, of_objects, of_kinds) = given, gradients
        subjects = by_query.index_select(0, batch.which)
        asked, cast = self._times(objects, subjects, -1).to(self.number), kinds.to(self.number)
        places = (torch.arange(len(asked), device=kinds.device), batch.relations.index_select(0, batch.which))
        weight = self.settings.relation_weight / batch.total
        slope, loss = _get_slope(asked @ cast.T, weight, places, weight)
        _add_product(of_kinds, slope, asked)
        of_pairs = (slope @ cast).to(kinds.dtype)
        of_subjects.index_add_(0, batch.which, self._times(objects, of_pairs, -1))
        of_objects += self._times(subjects, of_pairs)
        return loss

    def _n3(self, rows: Tensor, gradient: Tensor, weight: float, counts: Tensor | None = None) -> Tensor:
        """The regulariser of rows, each as often as `counts` says; adds to their gradient."""
        squares = rows * rows
        sizes = (squares[:, 0::2] + squares[:, 1::2] if self.complex else squares).sqrt_()
        slope = sizes * (3 * weight) if counts is None else sizes * (counts * (3 * weight)).unsqueeze(1)
        if self.complex:
            as_complex(gradient).addcmul_(as_complex(rows), torch.complex(slope, torch.zeros_like(slope)))
        else:
            gradient.addcmul_(rows, slope)
        return slope.mul_(sizes).mul_(sizes).sum() / 3


def _get_slope(
    scores: Tensor, weights: Tensor | float, places: tuple[Tensor, Tensor], weight: float
) -> tuple[Tensor, Tensor]:
    """The gradient of cross entropy by scores, and the loss.

    `places` are the rows and columns of what is true, each of `weight`; `weights` sums that up for each row.
    """
    shares = scores.softmax(1)
    loss = shares[places].float().clamp_min_(1e-30).log_().sum().mul_(-weight)
    slope = shares.mul_(weights)
    true = torch.full((len(places[0]),), -weight, dtype=slope.dtype, device=slope.device)
    return slope.index_put_(places, true, accumulate=True), loss


def _sum_parts(counts: Tensor, step: int) -> list[int]:
    """Facts of each `step` queries."""
    return [int(size) for size in torch.stack([part.sum() for part in torch.split(counts, step)]).tolist()]


def _add_product(to: Tensor, slope: Tensor, queries: Tensor) -> None:
    if slope.dtype == to.dtype:
        to.addmm_(slope.T, queries)
    else:
        to.add_(slope.T @ queries)
