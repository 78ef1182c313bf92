"""What a filtered mean reciprocal rank would be, if facts that are true but not at hand were left out of rankings.

Benchmarks rank a fact of valid with all that train, valid and test know left out. Where the test part is not at hand,
its facts stand above those of valid and count as wrong answers. Valid itself shows how much that costs: of a question,
as many of its facts stand above the one ranked, in the mean, as of test, since both were drawn alike.

Let `ranks` be one more than the wrong answers and the facts of test above a fact, and `above` the other facts of valid
above it. Where the numbers of both are drawn independently from one Poisson distribution, whatever its mean is for this
fact, then of a x with 0 < x < 1 the mean of (2 - x)^above is 1 over the mean of x^(facts of test above); so the mean of
the integral of x^(ranks - 1) (2 - x)^above from 0 to 1 is that of the reciprocal rank without them. The integral is the
sum over k of C(above, k) B(ranks, k + 1); no term is negative, so fewer terms give a figure that is too low, not too
high, and one that depends less on a few facts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from scipy.special import betaln, comb

from kg.embed.ranking import Answers, Scorer
from kg.embed.triples import Rows

_BLOCK = 500


def estimate_mrr(ranks: npt.NDArray[np.float64], above: npt.NDArray[np.int64], terms: int | None = None) -> float:
    """The mean reciprocal rank without facts that are not at hand; by the first `terms` of the sum, or all of it.

    `ranks` are as they were found, and `above` of the same shape how many facts drawn like those that are not at hand
    stand above each; ranks of equal scores, between two numbers, are taken as they are.
    """
    last = int(above.max(initial=0)) + 1 if terms is None else terms
    found = [comb(above, k) * np.exp(betaln(ranks, k + 1)) for k in range(last)]
    return float(np.sum(found, axis=0).mean())


def count_above(model: Scorer, rows: Rows) -> npt.NDArray[np.int64]:
    """How many other facts of `rows` answer the same question and have a higher score; shape (facts, 2) as of ranks."""
    found = np.zeros((len(rows), 2), np.int64)
    with torch.inference_mode():
        for side, column in enumerate((0, 2)):
            answers = Answers(rows, column)
            for start in range(0, len(rows), _BLOCK):
                part = rows[start : start + _BLOCK]
                found[start : start + _BLOCK, side] = _count_block(model, part, answers)
    return found


def _count_block(model: Scorer, rows: Rows, answers: Answers) -> npt.NDArray[np.int64]:
    there = torch.from_numpy(rows)
    queries = model.get_queries(there, subjects=answers.column == 0)
    scores = model.score_entities(queries, 0, model.entity_count).float().numpy()
    which, right = answers.find(rows)
    truth = scores[np.arange(len(rows)), rows[:, answers.column]]
    return np.bincount(which[scores[which, right] > truth[which]], minlength=len(rows))
