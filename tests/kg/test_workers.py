"""Items run in worker processes; one that kills its worker is named, and the rest is done."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from kg.workers import run_all


def _double_or_die(number: int) -> int:
    if number == 13:
        os._exit(9)
    return number * 2


@pytest.mark.parametrize("workers", [0, 2])
def test_every_item_gets_its_result(workers: int) -> None:
    assert dict(run_all(_double_or_die, range(10), workers=workers)) == {n: n * 2 for n in range(10)}


def test_an_item_that_kills_its_worker_is_none_and_the_rest_is_done() -> None:
    found = dict(run_all(_double_or_die, range(30), workers=2))
    assert found == {n: None if n == 13 else n * 2 for n in range(30)}


def test_items_are_taken_only_as_workers_need_them() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    results = run_all(_double_or_die, items(), workers=2)
    next(results)
    assert len(taken) <= 10
    results.close()  # type: ignore[attr-defined]
