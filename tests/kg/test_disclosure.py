"""No small group of patients can be worked out from what is told."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.cohorts.association import Counts
from kg.cohorts.disclosure import (
    Noise,
    hold_back,
    is_small,
    may_tell_pair,
    suppress,
    told_total,
)
from kg.errors import KGError

PARTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 60), max_size=8)


@given(PARTS, st.integers(2, 20))
def test_total_less_the_parts_told_gives_no_small_group(parts: dict[str, int], k: int) -> None:
    shown = suppress(parts, k=k)
    assert not any(is_small(count, k) for count in shown.values() if count is not None)
    total = told_total(parts, k=k)
    if total is None:
        return
    rest = total - sum(count for count in shown.values() if count is not None)
    hidden = [name for name, count in shown.items() if count is None]
    assert not is_small(rest, k)
    assert len(hidden) != 1


def test_where_nothing_is_small_nothing_is_hidden() -> None:
    assert suppress({"a": 40, "b": 0, "c": 11}, k=11) == {"a": 40, "b": 0, "c": 11}


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (Counts(1000, 200, 100, 50), True),
        (Counts(1000, 200, 100, 10), False),
        (Counts(1000, 200, 55, 50), False),
        (Counts(1000, 50, 50, 50), True),
        (Counts(245, 200, 90, 50), False),
    ],
)
def test_a_pair_is_told_where_no_cell_of_its_table_is_small(counts: Counts, told: bool) -> None:
    assert may_tell_pair(counts, k=11) is told


@given(st.lists(st.integers(0, 100), min_size=1, max_size=20))
def test_two_releases_never_differ_by_a_small_group(counts: list[int]) -> None:
    told: list[int] = []
    for count in counts:
        new = hold_back(told[-1] if told else None, count, k=11)
        if new is not None:
            told.append(new)
    assert not any(is_small(abs(new - old), 11) for old, new in pairwise(told))


def test_noise_has_the_stated_ratio_between_neighbouring_counts() -> None:
    draws = [Noise(1.0).add(1000) - 1000 for _ in range(20_000)]
    assert abs(sum(draws)) / len(draws) < 0.1
    ratio = draws.count(1) / draws.count(0)
    assert 0.3 < ratio < 0.45
    assert min(Noise(0.1).add(0) for _ in range(100)) >= 0


@pytest.mark.parametrize("wrong", [{"epsilon": 0.0}, {"epsilon": 1.0, "contributions": 0}])
def test_a_privacy_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(KGError, match="give ε > 0"):
        Noise(**wrong)  # type: ignore[arg-type]
    with pytest.raises(KGError, match="no probability"):
        Noise(1.0, delta=1.0)
