"""What rankings would be without facts that are not at hand, as the benchmark of vectors estimates it."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch; install it with: pip install 'medkg[train]'")
pytest.importorskip("scipy", reason="the estimate needs scipy; install it with: pip install 'medkg[train]'")

from kg.embed.kge.settings import KgeSettings  # noqa: E402
from kg.embed.kge.training import train_kge  # noqa: E402
from kg.embed.ranking import find_ranks  # noqa: E402
from kg.embed.reading import make_split  # noqa: E402
from unseen import count_above, estimate_mrr  # noqa: E402


def test_it_tells_the_mean_reciprocal_rank_without_facts_that_nobody_knows() -> None:
    draw = np.random.default_rng(0)
    wrong, rate = draw.integers(0, 5, 200_000), draw.choice([0.0, 0.3, 2.0], 200_000)
    ranks = (1 + wrong + draw.poisson(rate)).astype(np.float64)
    estimate = estimate_mrr(ranks, draw.poisson(rate))
    assert estimate == pytest.approx((1 / (1 + wrong)).mean(), abs=0.005)
    assert (1 / ranks).mean() < estimate - 0.05


def test_fewer_terms_tell_less_and_none_above_changes_nothing() -> None:
    ranks, above = np.array([1.0, 2.0, 4.5]), np.array([3, 0, 1])
    told = [estimate_mrr(ranks, above, terms) for terms in (1, 2, 3, 4)]
    assert told[0] == pytest.approx((1 / ranks).mean())
    assert told == sorted(told) and told[-1] == pytest.approx(estimate_mrr(ranks, above))
    assert estimate_mrr(ranks, np.zeros(3, np.int64)) == pytest.approx((1 / ranks).mean())


def test_facts_above_are_those_that_answer_the_same_question_better() -> None:
    names = "abcdefgh"
    train = [(a, "p", b) for a in names[:4] for b in names[4:] if (a, b) not in {("a", "e"), ("a", "f"), ("b", "e")}]
    split = make_split(train, [("a", "p", "e"), ("a", "p", "f"), ("b", "p", "e")], [])
    model = train_kge(split, KgeSettings(rank=8, batch=8, epochs=3)).model
    rows = split.valid.rows
    alone = [find_ranks(model, row[None], split.train.rows)[0] for row in rows]
    together = find_ranks(model, rows, split.train.rows)
    assert count_above(model, rows).tolist() == (np.array(alone) - together).tolist()
    assert (np.array(alone) > together).any()
