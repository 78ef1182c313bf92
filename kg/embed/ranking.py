"""How well a model ranks what is true: filtered, from both sides, in memory that does not grow with the graph.

Of a fact (s, p, o) all entities are ranked as the object of (s, p) and as the subject of (p, o). Entities that are
known to be right as well are left out ("filtered", Bordes et al., NeurIPS 2013). Among entities of equal score a fact's
rank is the mean of the best and the worst it could have, so that a model which gives all one score gains nothing
("realistic", Berrendorf et al. 2020).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from kg.embed.ranges import spread
from kg.embed.triples import Rows
from kg.errors import KGError

#: Scores held at once: 64 MB of them.
CHUNK = 1 << 24


class RankingError(KGError):
    """Scores that cannot be ranked."""


class Scorer(Protocol):
    """What can be ranked: any model that scores all entities for one side of a fact."""

    @property
    def entity_count(self) -> int:
        """How many entities there are."""

    def get_queries(self, rows: Tensor, *, subjects: bool) -> Tensor:
        """What entities are compared with, one row a fact: for its object, or its subject where `subjects`."""

    def score_entities(self, queries: Tensor, start: int, stop: int) -> Tensor:
        """Scores of the entities from `start` to `stop` for each query; higher is likelier."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Mean reciprocal rank and shares of ranks up to 1, 3 and 10, over both sides of `count` facts."""

    mrr: float
    hits1: float
    hits3: float
    hits10: float
    count: int


def rank(model: Scorer, rows: Rows, known: Rows, *, chunk: int = CHUNK, device: torch.device | None = None) -> Ranks:
    """How the true entities of `rows` rank; what `known` and `rows` say beside is left out of each ranking.

    `chunk` is how many scores are held at once. Raises `RankingError` where a score is not a number.
    """
    return sum_up(find_ranks(model, rows, known, chunk=chunk, device=device))


def sum_up(ranks: npt.NDArray[np.float64]) -> Ranks:
    """The measures of ranks as `find_ranks` gives them; all 0 where there are none."""
    if not len(ranks):
        return Ranks(0.0, 0.0, 0.0, 0.0, 0)
    hits1, hits3, hits10 = (float((ranks <= most).mean()) for most in (1, 3, 10))
    return Ranks(float((1 / ranks).mean()), hits1, hits3, hits10, len(ranks))


def find_ranks(
    model: Scorer, rows: Rows, known: Rows, *, chunk: int = CHUNK, device: torch.device | None = None
) -> npt.NDArray[np.float64]:
    """The rank of each fact's subject and object, shape (facts, 2); options and errors as of `rank`."""
    found = np.empty((len(rows), 2), np.float64)
    every = np.concatenate((known, rows))
    block = max(1, chunk // max(1, model.entity_count))
    with torch.inference_mode():
        for side, column in enumerate((0, 2)):
            answers = Answers(every, column)
            for start in range(0, len(rows), block):
                part = rows[start : start + block]
                found[start : start + block, side] = _rank_block(model, part, answers, chunk, device)
    return found


class Answers:
    """Which entities are known to be right in one column of facts, given the rest of them."""

    def __init__(self, rows: Rows, column: int) -> None:
        self.column = column
        self._width = int(rows[:, 1].max(initial=0)) + 1
        keys = self._key(rows)
        order = np.lexsort((rows[:, column], keys))
        self._keys, self._found = keys[order], rows[order, column]

    def _key(self, rows: Rows) -> npt.NDArray[np.int64]:
        given: npt.NDArray[np.int64] = rows[:, 2 - self.column] * self._width + rows[:, 1]
        return given

    def find(self, rows: Rows) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Which row, and which entity is right there, for all that are right."""
        keys = self._key(rows)
        first, last = np.searchsorted(self._keys, keys), np.searchsorted(self._keys, keys, side="right")
        which, places = spread(first, last - first)
        return which, self._found[places]


def _rank_block(
    model: Scorer, rows: Rows, answers: Answers, chunk: int, device: torch.device | None
) -> npt.NDArray[np.float64]:
    there = torch.from_numpy(rows).to(device)
    queries = model.get_queries(there, subjects=answers.column == 0)
    step = max(1, chunk // len(rows))
    parts = _Parts(model, queries, step)
    truth = _get_truth(parts, there[:, answers.column])
    which, right = (torch.from_numpy(found).to(device) for found in answers.find(rows))
    above, equal = torch.zeros_like(truth), torch.zeros_like(truth)
    for start, scores in parts:
        here = (right >= start) & (right < start + scores.shape[1])
        scores = scores.index_put((which[here], right[here] - start), scores.new_tensor(-torch.inf))
        above += (scores > truth.unsqueeze(1)).sum(1)
        equal += (scores == truth.unsqueeze(1)).sum(1)
    ranks: npt.NDArray[np.float64] = (above + equal / 2 + 1).double().cpu().numpy()
    return ranks


class _Parts:
    """Scores of a range of entities at a time, as often as they are asked for; kept where there is one range only.

    The score of what is true is read from the same product as all others: computed apart it would differ in the last
    digit, and ties would be missed.
    """

    def __init__(self, model: Scorer, queries: Tensor, step: int) -> None:
        self._score = model.score_entities
        self._queries = queries
        self._count = model.entity_count
        self._step = step
        self._kept: Tensor | None = None

    def __iter__(self) -> Iterator[tuple[int, Tensor]]:
        for start in range(0, self._count, self._step):
            scores = self._kept
            if scores is None:
                scores = self._score(self._queries, start, min(start + self._step, self._count)).float()
            if self._step >= self._count:
                self._kept = scores
            yield start, scores


def _get_truth(parts: _Parts, true: Tensor) -> Tensor:
    truth = torch.full(true.shape, torch.nan, device=true.device)
    for start, scores in parts:
        if scores.isnan().any():
            raise RankingError("scores are not numbers: training diverged; train with a smaller learning_rate")
        here = (true >= start) & (true < start + scores.shape[1])
        truth[here] = scores[here, true[here] - start]
    return truth
