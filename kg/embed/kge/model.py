"""Tables of vectors with a scoring: what is trained, and what ranks facts."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kg.embed.kge.scoring import Scoring, get_scoring
from kg.embed.kge.settings import KgeSettings
from kg.embed.kge.tables import Table, make_table


class KgeModel:
    """Vectors of entities and relations; a `kg.embed.ranking.Scorer`."""

    def __init__(self, settings: KgeSettings, entities: Table, relations: Table) -> None:
        self.settings = settings
        self.scoring: Scoring = get_scoring(settings.model)
        self.entities = entities
        self.relations = relations

    @property
    def entity_count(self) -> int:
        """How many entities there are."""
        return len(self.entities.values)

    @property
    def relation_count(self) -> int:
        """How many relations there are, seen from one side."""
        return len(self.relations.values) // (2 if self.settings.reciprocal else 1)

    def get_queries(self, rows: Tensor, *, subjects: bool) -> Tensor:
        """Queries for the objects of facts, or for their subjects; one row a fact, as wide as an entity."""
        given = self.entities.take(rows[:, 2 if subjects else 0])
        return self.scoring.query(given, self._get_relations(rows[:, 1], inverse=subjects))

    def score_entities(self, queries: Tensor, start: int, stop: int) -> Tensor:
        """Scores of a range of entities for each query; shape (queries, entities)."""
        return self.scoring.against(queries, self.entities.slice(start, stop))

    def score(self, rows: Tensor) -> Tensor:
        """The score of each fact, asked for its object; shape (facts)."""
        return self.scoring.pairs(self.get_queries(rows, subjects=False), self.entities.take(rows[:, 2]))

    def get_state(self) -> dict[str, Any]:
        """What a checkpoint holds; the tensors are the model's own."""
        return {"entities": self.entities.get_state(), "relations": self.relations.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on from what a checkpoint held."""
        self.entities.set_state(state["entities"])
        self.relations.set_state(state["relations"])

    def get_best(self) -> dict[str, Tensor]:
        """A copy of the vectors as they are."""
        return {"entities": self.entities.values.cpu().clone(), "relations": self.relations.values.cpu().clone()}

    def put_best(self, best: dict[str, Tensor]) -> None:
        """Goes back to vectors of `get_best`."""
        self.entities.values.copy_(best["entities"])
        self.relations.values.copy_(best["relations"])

    def _get_relations(self, kinds: Tensor, *, inverse: bool) -> Tensor:
        if not inverse:
            return self.relations.take(kinds)
        if self.settings.reciprocal:
            return self.relations.take(kinds + self.relation_count)
        return self.scoring.inverse(self.relations.take(kinds))


def make_model(entities: int, relations: int, settings: KgeSettings, device: torch.device) -> KgeModel:
    """A model of vectors drawn by the seed of the settings, the same on every kind of device."""
    scoring = get_scoring(settings.model)
    width, of_relation = scoring.get_widths(settings.rank)
    draw = torch.Generator().manual_seed(settings.seed)
    table = make_table(entities, width, settings, device, draw, host=settings.table == "host")
    count = relations * (2 if settings.reciprocal else 1)
    own = make_table(count, of_relation, settings, device, draw)
    if settings.model == "rotate":
        own.values.mul_(torch.pi / settings.init)
    return KgeModel(settings, table, own)
