"""Scores of all entities at once, which only tests look at."""

from __future__ import annotations

import torch

from kg.embed.kge.trained import Floats, TrainedKge
from kg.embed.triples import Rows


def score_all(trained: TrainedKge, rows: Rows, *, subjects: bool = False) -> Floats:
    """Scores of all entities as the object of each fact, or as its subject; shape (facts, entities)."""
    model = trained.model
    with torch.inference_mode():
        queries = model.get_queries(torch.from_numpy(rows).to(model.relations.device), subjects=subjects)
        scores: Floats = model.score_entities(queries, 0, model.entity_count).cpu().numpy()
    return scores
