"""Gradients of a batch, by automatic differentiation: any scoring, any loss.

`kg.embed.kge.fused` gives the same gradients by hand for the case that matters most.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from kg.embed.kge import losses
from kg.embed.kge.batches import FactBatch, QueryBatch
from kg.embed.kge.scoring import Scoring
from kg.embed.kge.settings import KgeSettings
from kg.embed.kge.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """The loss of this process's part of a batch as a mean over the whole, and its gradients."""

    loss: Tensor
    entities: Tensor
    relations: Tensor
    rows: Tensor | None = None
    """The entities of the rows of `entities`, each once, where they are not all."""


class OneVsAll:
    """The object of each fact among all entities, its relation among all relations, and a regulariser."""

    def __init__(self, scoring: Scoring, settings: KgeSettings) -> None:
        self.scoring = scoring
        self.settings = settings

    def get_gradients(self, batch: QueryBatch, entities: Table, relations: Table) -> Gradients:
        """Dense gradients of all entities and relations."""
        vectors, own = entities.values.detach().requires_grad_(), relations.values.detach().requires_grad_()
        loss = self._loss(batch, vectors, with_inverse(self.scoring, own, self.settings))
        found = torch.autograd.grad(loss, (vectors, own))
        return Gradients(loss.detach(), *found)

    def _loss(self, batch: QueryBatch, vectors: Tensor, relations: Tensor) -> Tensor:
        subjects, kinds = vectors[batch.subjects], relations[batch.relations]
        with in_precision(self.settings, vectors.device):
            scores = self.scoring.against(self.scoring.query(subjects, kinds), vectors)
        loss = losses.one_vs_all(scores.float(), batch.counts, batch.which, batch.objects)
        parts = (subjects[batch.which], kinds[batch.which], vectors[batch.objects])
        if self.settings.relation_weight:
            loss = loss + self.settings.relation_weight * self._relation_loss(batch, parts, relations)
        return (loss + regularize(self.scoring, self.settings, parts)) / batch.total

    def _relation_loss(self, batch: QueryBatch, parts: tuple[Tensor, Tensor, Tensor], relations: Tensor) -> Tensor:
        subjects, _, objects = parts
        queries = self.scoring.query(subjects.unsqueeze(1), relations.unsqueeze(0))
        scores = self.scoring.pairs(queries, objects.unsqueeze(1))
        every = torch.arange(len(scores), device=scores.device)
        return losses.one_vs_all(scores, torch.ones_like(every), every, batch.relations[batch.which])


class NegativeSampling:
    """Facts against some objects by chance; only the rows of entities that a batch names are read and changed."""

    def __init__(self, scoring: Scoring, settings: KgeSettings) -> None:
        self.scoring = scoring
        self.settings = settings
        self.loss = losses.get_negative_loss(settings)

    def get_gradients(self, batch: FactBatch, entities: Table, relations: Table) -> Gradients:
        """Gradients of all relations, and of the entities of the batch, or of all where the table is dense."""
        named = torch.cat((batch.facts[:, 0], batch.facts[:, 2], batch.negatives.flatten()))
        rows, at = torch.unique(named, return_inverse=True)
        taken, own = entities.take(rows).requires_grad_(), relations.values.detach().requires_grad_()
        loss = self._loss(batch, taken, at, with_inverse(self.scoring, own, self.settings)) / batch.total
        found, of_relations = torch.autograd.grad(loss, (taken, own))
        if self.settings.table != "dense":
            return Gradients(loss.detach(), found, of_relations, rows)
        dense = torch.zeros_like(entities.values).index_copy_(0, rows, found)
        return Gradients(loss.detach(), dense, of_relations)

    def _loss(self, batch: FactBatch, taken: Tensor, at: Tensor, relations: Tensor) -> Tensor:
        count = len(batch.facts)
        subjects, objects = taken[at[:count]], taken[at[count : 2 * count]]
        kinds, negatives = relations[batch.facts[:, 1]], taken[at[2 * count :].view_as(batch.negatives)]
        with in_precision(self.settings, taken.device):
            queries = self.scoring.query(subjects, kinds)
            true = self.scoring.pairs(queries, objects)
            shared = self.settings.shared_negatives
            false = (
                self.scoring.against(queries, negatives)
                if shared
                else self.scoring.pairs(queries.unsqueeze(1), negatives)
            )
        loss = self.loss(true.float(), false.float())
        return loss + regularize(self.scoring, self.settings, (subjects, kinds, objects))


def with_inverse(scoring: Scoring, relations: Tensor, settings: KgeSettings) -> Tensor:
    """Vectors of all relations from either side, whether those from the object's side are learned or derived."""
    return relations if settings.reciprocal else torch.cat((relations, scoring.inverse(relations)))


def regularize(scoring: Scoring, settings: KgeSettings, parts: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """The weighted regulariser of subjects, relations and objects."""
    if settings.regularizer == "none" or not settings.regularizer_weight:
        return parts[0].new_zeros(())
    sizes = (scoring.moduli(parts[0]), scoring.relation_moduli(parts[1]), scoring.moduli(parts[2]))
    rule = losses.n3 if settings.regularizer == "n3" else losses.dura
    return settings.regularizer_weight * rule(sizes)


def in_precision(settings: KgeSettings, device: torch.device) -> torch.autocast:
    """Computes matrix products in bfloat16, where the settings say so."""
    return torch.autocast(device.type, torch.bfloat16, enabled=settings.precision == "bfloat16")
