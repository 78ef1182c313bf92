"""Scores as probabilities: the curve finds the one that made the data, and is judged on other data."""

from __future__ import annotations

import numpy as np
import pytest

from kg.embed.calibrating import ALL, FEWEST, Judged, fit, fit_all, log_shares, measure


def planted(slope: float, intercept: float, count: int, seed: int) -> Judged:
    """Candidates whose chance to be a fact follows a curve."""
    draw = np.random.default_rng(seed)
    shares = -draw.exponential(3, count)
    chances = 1 / (1 + np.exp(-(slope * shares + intercept)))
    return Judged(shares, draw.random(count) < chances, np.ones(count))


def test_shares_are_those_of_all_candidates() -> None:
    shares = log_shares(np.array([1.0, 2.0, -1000.0], np.float32))
    assert np.exp(shares).sum() == pytest.approx(1)
    assert shares[1] - shares[0] == pytest.approx(1)


def test_the_curve_that_made_the_data_is_found() -> None:
    found = fit(planted(0.8, 1.0, 20_000, seed=1))
    assert found.slope == pytest.approx(0.8, abs=0.06)
    assert found.intercept == pytest.approx(1.0, abs=0.1)
    assert found.probability(-1.0) == pytest.approx(1 / (1 + np.exp(-0.2)), abs=0.02)


def test_probabilities_hold_on_other_data() -> None:
    told = measure({"a": [planted(0.8, 1.0, 5_000, seed=2)]}, {ALL: fit(planted(0.8, 1.0, 5_000, seed=1))})
    assert told["a"] == told[ALL]
    assert told[ALL]["error"] < 0.03
    assert told[ALL]["brier"] < told[ALL]["brier_of_base_rate"]
    assert told[ALL]["skill"] == pytest.approx(1 - told[ALL]["brier"] / told[ALL]["brier_of_base_rate"])


def test_each_predicate_is_judged_by_the_curve_that_serves_it() -> None:
    judged = {"a": [planted(2.0, 3.0, 5_000, seed=2)], "b": [planted(0.2, -1.0, 5_000, seed=3)]}
    own, every = fit(planted(2.0, 3.0, 5_000, seed=1)), fit(planted(0.2, -1.0, 5_000, seed=1))
    told = measure(judged, {ALL: every, "a": own})
    assert told["a"] == measure({"a": judged["a"]}, {ALL: own})["a"]
    assert told["b"] == measure({"b": judged["b"]}, {ALL: every})["b"]
    assert told["a"]["skill"] > measure(judged, {ALL: every})["a"]["skill"] + 0.05
    assert told[ALL]["brier"] == pytest.approx((told["a"]["brier"] + told["b"]["brier"]) / 2)
    assert measure(judged, {}) == measure({}, {ALL: every}) == {}


def test_newcomers_take_no_share_from_what_was_trained() -> None:
    scores = np.array([1.0, 2.0, 5.0], np.float32)
    shares = log_shares(scores, np.array([True, True, False]))
    assert shares[:2] == pytest.approx(log_shares(scores[:2]))
    assert shares[2] - shares[1] == pytest.approx(3)
    assert log_shares(scores, np.zeros(3, bool)) == pytest.approx(log_shares(scores))


def test_candidates_that_stand_for_many_count_as_many() -> None:
    whole = planted(1.0, 0.0, 20_000, seed=3)
    wrong = np.flatnonzero(~whole.facts)[::10]
    rows = np.concatenate([np.flatnonzero(whole.facts), wrong])
    weights = np.where(whole.facts[rows], 1.0, (~whole.facts).sum() / len(wrong))
    thinned = fit(Judged(whole.shares[rows], whole.facts[rows], weights))
    assert (thinned.slope, thinned.intercept) == pytest.approx((1.0, 0.0), abs=0.15)


def test_scores_that_tell_nothing_give_the_base_rate() -> None:
    draw = np.random.default_rng(4)
    shares = -draw.exponential(1, 1000)
    backwards = Judged(shares, shares < np.quantile(shares, 0.2), np.ones(1000))
    found = fit(backwards)
    assert found.slope == 0
    assert found.probability(-9.0) == found.probability(0.0) == pytest.approx(0.2, abs=0.01)


def test_few_facts_make_no_certainty() -> None:
    parted = Judged(np.array([-0.1, -5.0, -6.0]), np.array([True, False, False]), np.ones(3))
    assert 0.4 < fit(parted).probability(-0.1) < 0.95


def test_a_predicate_has_a_curve_of_its_own_where_it_has_enough_facts() -> None:
    many, few = planted(1, 0, 500, seed=5), planted(1, 0, FEWEST // 2, seed=6)
    assert set(fit_all({"indicated_for": [many], "warns_of": [few]})) == {ALL, "indicated_for"}
    assert fit_all({}) == {}


def test_facts_that_all_stand_above_the_rest_have_high_probabilities() -> None:
    draw = np.random.default_rng(7)
    shares = np.concatenate([-draw.random(12), -4 - draw.random(200)])
    parted = Judged(shares, np.arange(212) < 12, np.ones(212))
    found = fit(parted)
    assert found.probability(-0.5) > 0.9
    assert found.probability(-4.5) < 0.05
