"""Gradients by hand of 1-vs-all for bilinear models: the cost is three matrix products and little else.

What automatic differentiation would do besides: keep the scores, their logarithms and the gradient of each; make a
table-sized gradient for each look-up and add them up. Here scores become their own gradient, some rows at a time, and
all gradients of vectors are added up in one place.
"""

from __future__ import annotations

import torch
from torch import Tensor

from kg.embed.kge.batches import QueryBatch
from kg.embed.kge.objectives import Gradients
from kg.embed.kge.scoring import halves, multiply
from kg.embed.kge.settings import KgeSettings
from kg.embed.kge.tables import Table

#: Scores that are computed at once: what a cache holds, or what keeps a GPU at work.
_AT_ONCE = {"cpu": 1 << 21, "cuda": 1 << 27}


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
        return bilinear and settings.objective == "one_vs_all" and settings.reciprocal and settings.regularizer != "dura"

    def get_gradients(self, batch: QueryBatch, entities: Table, relations: Table) -> Gradients:
        """Dense gradients of all entities and relations."""
        vectors, kinds = entities.values, relations.values
        subjects, asked = vectors[batch.subjects], kinds[batch.relations]
        of_vectors, of_kinds = torch.zeros_like(vectors), torch.zeros_like(kinds)
        of_queries, loss = self._softmax(self._times(subjects, asked), vectors, of_vectors, batch)
        of_subjects = self._times(of_queries, asked, conjugate_right=True)
        of_asked = self._times(of_queries, subjects, conjugate_right=True)
        objects = vectors[batch.objects]
        of_objects = torch.zeros_like(objects)
        if self.settings.relation_weight:
            found, told = self._relations(subjects, objects, kinds, of_kinds, batch)
            of_subjects.index_add_(0, batch.which, found[0])
            of_objects, loss = found[1], loss + told
        if self.settings.regularizer == "n3" and self.settings.regularizer_weight:
            loss = loss + self._n3([(subjects, of_subjects), (asked, of_asked)], batch, counts=batch.counts)
            loss = loss + self._n3([(objects, of_objects)], batch)
        of_vectors.index_add_(0, batch.subjects, of_subjects).index_add_(0, batch.objects, of_objects)
        return Gradients(loss, of_vectors, of_kinds.index_add_(0, batch.relations, of_asked))

    def _times(self, left: Tensor, right: Tensor, *, conjugate_right: bool = False) -> Tensor:
        if not self.complex:
            return left * right
        return multiply(right, left, conjugate_left=conjugate_right)

    def _softmax(
        self, queries: Tensor, vectors: Tensor, of_vectors: Tensor, batch: QueryBatch
    ) -> tuple[Tensor, Tensor]:
        """The gradient of the queries, and the loss; the gradient of the vectors is added to `of_vectors`."""
        step = max(1, _AT_ONCE[vectors.device.type] // len(vectors))
        weights = batch.counts.to(self.number).div_(batch.total).unsqueeze(1)
        cast, asked = vectors.to(self.number), queries.to(self.number)
        parts, losses, first = [], [], 0
        sizes = [int(size) for size in torch.stack([part.sum() for part in batch.counts.split(step)]).tolist()]
        for at, size in zip(range(0, len(queries), step), sizes, strict=True):
            mine = slice(first, first + size)
            places = (batch.which[mine] - at, batch.objects[mine])
            scores = asked[at : at + step] @ cast.T
            slope, loss = _slope(scores, weights[at : at + step], places, 1 / batch.total)
            parts.append(slope @ cast)
            _add_product(of_vectors, slope, asked[at : at + step])
            losses.append(loss)
            first += size
        return torch.cat(parts).to(vectors.dtype), torch.stack(losses).sum()

    def _relations(
        self, subjects: Tensor, objects: Tensor, kinds: Tensor, of_kinds: Tensor, batch: QueryBatch
    ) -> tuple[tuple[Tensor, Tensor], Tensor]:
        """Gradients of the subject and object of each fact, and the loss, of telling the relation between them."""
        subjects = subjects[batch.which]
        pairs = multiply(subjects, objects, conjugate_left=True) if self.complex else subjects * objects
        cast, asked = kinds.to(self.number), pairs.to(self.number)
        places = (torch.arange(len(pairs), device=kinds.device), batch.relations[batch.which])
        weight = self.settings.relation_weight / batch.total
        slope, loss = _slope(asked @ cast.T, weight, places, weight)
        _add_product(of_kinds, slope, asked)
        of_pairs = (slope @ cast).to(kinds.dtype)
        if not self.complex:
            return (of_pairs * objects, of_pairs * subjects), loss
        return (multiply(of_pairs, objects, conjugate_left=True), multiply(of_pairs, subjects)), loss

    def _n3(
        self, parts: list[tuple[Tensor, Tensor]], batch: QueryBatch, *, counts: Tensor | None = None
    ) -> Tensor:
        """The regulariser, its gradient added to that of each part; a row counts as often as `counts` says."""
        weight = self.settings.regularizer_weight / batch.total
        told = []
        for rows, gradient in parts:
            sizes = _sizes(rows) if self.complex else rows.abs()
            slope = sizes * (3 * weight)
            cubes = sizes.pow(3).sum(1)
            if counts is not None:
                slope, cubes = slope * counts.unsqueeze(1), cubes * counts
            gradient.addcmul_(rows, slope.repeat(1, 2) if self.complex else slope)
            told.append(weight * cubes.sum())
        return torch.stack(told).sum()


def _slope(
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


def _add_product(to: Tensor, slope: Tensor, queries: Tensor) -> None:
    if slope.dtype == to.dtype:
        to.addmm_(slope.T, queries)
    else:
        to.add_(slope.T @ queries)


def _sizes(rows: Tensor) -> Tensor:
    real, imaginary = halves(rows)
    return torch.hypot(real, imaginary)
