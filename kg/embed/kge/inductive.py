"""Vectors for entities that a trained model does not know, without training it again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from kg.embed.errors import TrainingError
from kg.embed.kge.batches import Queries
from kg.embed.kge.model import KgeModel
from kg.embed.kge.tables import Adagrad, Table, make_optimizer
from kg.embed.kge.trained import Floats, TrainedKge
from kg.embed.ranking import CHUNK
from kg.embed.triples import Rows


def learn_new(
    trained: TrainedKge,
    rows: Rows,
    count: int,
    *,
    start: Floats | None = None,
    steps: int = 50,
    most: int = CHUNK,
) -> Floats:
    """Vectors of `count` new entities, from what they have to do with known ones; shape (count, width).

    In `rows`, entities from `len(trained.entities)` on are the new ones, in their order; facts between two of them say
    nothing here and are left out. Each vector is learned by the 1-vs-all objective of its own facts, seen from the new
    entity, while all that was trained stays as it is: what others get does not depend on who comes with them. It starts
    from `start`, as of `guess_from_names`, or from the mean of the known entities; a new entity without facts stays so.
    `most` is how many scores are held at a time, if no entity has more of its own.

    Raises:
        TrainingError: for a fact of a relation or an entity that there is not.
    """
    known = len(trained.entities)
    _check(rows, known + count, len(trained.relations))
    device = trained.model.relations.device
    facts = torch.from_numpy(_seen_from_new(rows, known, len(trained.relations))).to(device)
    first = trained.entity_matrix().mean(0, keepdims=True).repeat(count, 0) if start is None else start
    values = torch.from_numpy(np.ascontiguousarray(first, np.float32)).to(device)
    for start_at, end in _parts(facts[:, 0], count, most // known):
        here = facts[(facts[:, 0] >= start_at) & (facts[:, 0] < end)] - torch.tensor([start_at, 0, 0], device=device)
        _learn(trained.model, here, values[start_at:end], steps)
    found: Floats = values.cpu().numpy()
    return found


def guess_from_names(
    trained: TrainedKge, known_text: Floats, new_text: Floats, *, nearest: int = 10, most: int = CHUNK
) -> Floats:
    """Vectors of new entities as means of those of the known ones with the nearest texts; shape (new, width).

    `known_text` and `new_text` are vectors of names by any encoder, one row an entity. A known entity weighs as much as
    the cosine of its text to the new one's; below 0 it weighs nothing. `most` is how many cosines are held at a time.
    """
    known, vectors = _to_unit(known_text), trained.entity_matrix()
    nearest, step = min(nearest, len(known)), max(1, most // max(1, len(known)))
    found = np.empty((len(new_text), vectors.shape[1]), np.float32)
    for at in range(0, len(new_text), step):
        cosines = _to_unit(new_text[at : at + step]) @ known.T
        chosen = np.argpartition(-cosines, nearest - 1, axis=1)[:, :nearest]
        weights = np.clip(np.take_along_axis(cosines, chosen, axis=1), 0, None) + 1e-9
        weights /= weights.sum(1, keepdims=True)
        found[at : at + step] = np.einsum("nk,nkd->nd", weights, vectors[chosen])
    return found


def extend(trained: TrainedKge, names: tuple[str, ...], vectors: Floats) -> TrainedKge:
    """The model with new entities after the known ones; nothing else changes, and both can be used."""
    old = trained.model
    both = torch.cat((old.entities.values, torch.tensor(vectors, device=old.entities.values.device)))
    table = Table(both, make_optimizer(old.settings), old.entities.device)
    model = KgeModel(old.settings, table, old.relations)
    return TrainedKge((*trained.entities, *names), trained.relations, model, trained.known, trained.curve)


def _check(rows: Rows, entities: int, relations: int) -> None:
    if len(rows) and (rows.min() < 0 or rows[:, [0, 2]].max() >= entities or rows[:, 1].max() >= relations):
        raise TrainingError(f"facts name entities beyond {entities} or relations beyond {relations}; number them anew")


def _seen_from_new(rows: Rows, known: int, relations: int) -> Rows:
    """Facts (new entity, relation from its side, known entity), the new ones counted from 0."""
    ahead = rows[(rows[:, 0] >= known) & (rows[:, 2] < known)]
    back = rows[(rows[:, 2] >= known) & (rows[:, 0] < known)][:, ::-1] + np.array([0, relations, 0])
    seen: Rows = np.concatenate((ahead, back)) - np.array([known, 0, 0])
    return seen


def _parts(entities: Tensor, count: int, most: int) -> Iterator[tuple[int, int]]:
    """Ranges of entities that have together so many facts at most, or are one entity; those without facts left out."""
    ends = torch.bincount(entities, minlength=count).cumsum(0).tolist() if len(entities) else []
    start, before = 0, 0
    for at, facts in enumerate(ends):
        if facts - before > most and at > start and ends[at - 1] > before:
            yield start, at
            start, before = at, ends[at - 1]
    if ends and ends[-1] > before:
        yield start, count


def _learn(model: KgeModel, facts: Tensor, values: Tensor, steps: int) -> None:
    """Changes the rows of `values` that facts name."""
    settings, scoring = model.settings, model.scoring
    own = model.relations.values
    relations = own if settings.reciprocal else torch.cat((own, scoring.inverse(own)))
    queries = Queries(facts, len(relations))
    which = torch.repeat_interleave(queries.counts)
    # Each entity's loss is a mean over its own facts, so that one with many learns no faster than one with few.
    share = 1 / torch.bincount(facts[:, 0], minlength=len(values)).clamp_min(1)[queries.subjects]
    optimizer, kept = Adagrad(0.1), [torch.zeros_like(values)]
    known, named = model.entities.slice(0, model.entity_count), torch.unique(facts[:, 0])
    for step in range(1, steps + 1):
        leaf = values.clone().requires_grad_()
        kinds = relations[queries.relations]
        scores = scoring.against(scoring.query(leaf[queries.subjects], kinds), known)
        each = scores.logsumexp(1) * queries.counts
        each = each.index_add(0, which, -scores[which, queries.objects])
        loss = (each * share).sum()
        if settings.regularizer != "none":
            loss = loss + settings.regularizer_weight * scoring.moduli(leaf[named]).pow(3).sum()
        optimizer.step(values, torch.autograd.grad(loss, leaf)[0], kept, step)


def _to_unit(matrix: Floats) -> npt.NDArray[np.float32]:
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    found: npt.NDArray[np.float32] = matrix / np.maximum(lengths, 1e-12)
    return found
