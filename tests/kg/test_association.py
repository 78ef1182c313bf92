"""Associations agree with what scipy and simulation say; impossible counts are refused."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.cohorts.association import Counts, measure_all


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    both, alone, other, neither = (draw(st.integers(low, 400)) for low in (1, 0, 0, 0))
    return Counts(both + alone + other + neither, both + alone, both + other, both)


@settings(deadline=None)
@given(st.lists(counts(), min_size=1, max_size=20))
def test_p_is_that_of_fishers_exact_test_and_q_is_never_below_it(pairs: list[Counts]) -> None:
    stats = pytest.importorskip("scipy.stats")
    for pair, found in zip(pairs, measure_all(pairs), strict=True):
        a, b, c, d = pair.cells
        expected = stats.fisher_exact([[a, b], [c, d]], alternative="greater").pvalue
        assert found.p == pytest.approx(expected, rel=1e-6, abs=1e-12)
        assert found.p <= found.q + 1e-12
        assert found.low <= found.lift <= found.high


def test_the_interval_holds_the_true_lift_about_95_times_in_100() -> None:
    pytest.importorskip("scipy")
    draw = random.Random(7)
    cells = {"both": 0.06, "subject": 0.14, "object": 0.24, "neither": 0.56}
    true_lift = 0.06 / (0.20 * 0.30)
    held = 0
    for _ in range(400):
        seen = draw.choices(list(cells), list(cells.values()), k=2000)
        both, subject, object_ = (seen.count(name) for name in ("both", "subject", "object"))
        (found,) = measure_all([Counts(2000, both + subject, both + object_, both)])
        held += found.low <= true_lift <= found.high
    assert 365 <= held <= 395


@pytest.mark.parametrize("numbers", [(10, 5, 5, 6), (10, 11, 5, 5), (10, 5, 5, -1)])
def test_counts_of_no_population_are_refused(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="not the counts"):
        Counts(*numbers)


def test_fewer_together_than_must_have_both_is_no_sign_of_anything() -> None:
    pytest.importorskip("scipy")
    (found,) = measure_all([Counts(2694, 1844, 2606, 130)])
    assert found.p == 1
    assert found.lift < 1
