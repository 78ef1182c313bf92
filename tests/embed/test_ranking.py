"""Ranks of facts, beside ranks counted one by one and by PyKEEN."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install 'medkg[train]'")

from torch import Tensor  # noqa: E402

from kg.embed.ranking import RankingError, Ranks, find_ranks, rank, sum_up  # noqa: E402
from kg.embed.triples import Rows  # noqa: E402

ENTITIES, RELATIONS = 23, 3


class Given:
    """Scores that are given: of (other side, relation, side) for each entity; few values, so that many are equal."""

    def __init__(self, levels: int) -> None:
        draw = torch.Generator().manual_seed(3)
        self.scores = torch.randint(levels, (2, ENTITIES, RELATIONS, ENTITIES), generator=draw).float()

    @property
    def entity_count(self) -> int:
        return ENTITIES

    def get_queries(self, rows: Tensor, *, subjects: bool) -> Tensor:
        found: Tensor = self.scores[int(subjects), rows[:, 2 if subjects else 0], rows[:, 1]]
        return found

    def score_entities(self, queries: Tensor, start: int, stop: int) -> Tensor:
        return queries[:, start:stop]


def make_rows(count: int, seed: int) -> Rows:
    return np.unique(np.random.default_rng(seed).integers(0, [ENTITIES, RELATIONS, ENTITIES], (count, 3)), axis=0)


def count_ranks(model: Given, rows: Rows, known: Rows) -> npt.NDArray[np.float64]:
    """Ranks as the definition has them, one entity after the other."""
    every = {tuple(row) for row in [*rows.tolist(), *known.tolist()]}
    ranks = []
    for s, p, o in rows.tolist():
        as_subject = [(model.scores[1, o, p, e], (e, p, o)) for e in range(ENTITIES)]
        as_object = [(model.scores[0, s, p, e], (s, p, e)) for e in range(ENTITIES)]
        pair = []
        for true, others in ((model.scores[1, o, p, s], as_subject), (model.scores[0, s, p, o], as_object)):
            left = [score for score, fact in others if fact not in every]
            pair.append(1 + sum(float(x > true) for x in left) + sum(float(x == true) for x in left) / 2)
        ranks.append(pair)
    return np.array(ranks)


@pytest.mark.parametrize("chunk", [1, 7, 40, 1 << 20])
@pytest.mark.parametrize("levels", [4, 10_000])
def test_ranks_are_those_counted_one_by_one(chunk: int, levels: int) -> None:
    model, rows, known = Given(levels), make_rows(30, 1), make_rows(200, 2)
    found = find_ranks(model, rows, known, chunk=chunk)
    np.testing.assert_array_equal(found, count_ranks(model, rows, known))


def test_measures_are_means_over_both_sides() -> None:
    assert sum_up(np.array([[1.0, 2.0], [4.0, 20.0]])) == Ranks((1 + 0.5 + 0.25 + 0.05) / 4, 0.25, 0.5, 0.75, 2)


def test_nothing_to_rank_is_no_rank() -> None:
    assert rank(Given(4), make_rows(0, 1), make_rows(5, 2)) == Ranks(0.0, 0.0, 0.0, 0.0, 0)


def test_one_score_for_all_gains_nothing() -> None:
    rows = make_rows(30, 1)
    found = find_ranks(Given(1), rows, rows[:0])
    assert found.mean() > ENTITIES / 3


def test_scores_that_are_no_numbers_are_refused() -> None:
    model = Given(4)
    model.scores[0, 3, 1, 5] = torch.nan
    with pytest.raises(RankingError, match="learning_rate"):
        rank(model, np.array([[3, 1, 4]]), make_rows(5, 2))
