"""Means, spreads and intervals."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="intervals need the extra 'train'")

from kg.embed.care.scores import summarize

VALUES = np.array([[0.1, 0.2, 0.3, 0.4], [0.2, 0.3, 0.4, 0.5]])


def test_without_correction_the_interval_is_the_t_test_of_scipy() -> None:
    from scipy import stats

    score = summarize(VALUES, ratio=0.0)
    expected = stats.t.interval(0.95, 7, loc=VALUES.mean(), scale=stats.sem(VALUES.ravel()))
    assert (score.low, score.high) == pytest.approx(expected)
    assert score.spread_of_seeds == pytest.approx(0.1 / 2**0.5)


def test_the_correction_widens_the_interval_by_what_nadeau_and_bengio_say() -> None:
    plain, corrected = (summarize(VALUES, ratio=ratio) for ratio in (0.0, 1 / 3))
    wider = (corrected.high - corrected.low) / (plain.high - plain.low)
    assert wider == pytest.approx(((1 / 8 + 1 / 3) / (1 / 8)) ** 0.5)


def test_folds_that_could_not_be_asked_are_left_out() -> None:
    assert summarize(np.array([[0.5, np.nan, 0.7]]), ratio=0.5).mean == pytest.approx(0.6)
    assert summarize(np.array([[np.nan]]), ratio=0.5).count == 0
