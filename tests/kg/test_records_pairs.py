"""Counting pairs with bounded memory gives what counting them in memory gives."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import gettempdir

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.records.pairs import PairCounter

BATCHES = st.lists(st.lists(st.integers(0, 50), max_size=20, unique=True), max_size=20)


@settings(deadline=None)
@given(BATCHES, st.integers(1, 10), st.integers(0, 10))
def test_spilled_runs_are_merged(batches: list[list[int]], held: int, kept: int) -> None:
    counter = PairCounter(Path(gettempdir()), held=held, kept=kept)
    for batch in batches:
        counter.add(np.array(batch, np.uint64))
    found = [
        (int(pair), int(count))
        for pairs, counts in counter.counted()
        for pair, count in zip(pairs, counts, strict=True)
    ]
    assert found == sorted(Counter(pair for batch in batches for pair in batch).items())
