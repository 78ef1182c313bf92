"""A map over a few large pieces of work in forked processes, which inherit what is large instead of being sent it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_work: tuple[Callable[[Any], Any], Sequence[Any]] | None = None


def map_forked(function: Callable[[T], R], pieces: Sequence[T]) -> list[R]:
    """`function` of each of `pieces`, in order; in this process where there is one piece, one core, or no fork."""
    workers = min(len(pieces), os.cpu_count() or 1)
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return [function(piece) for piece in pieces]
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, context, _inherit, (function, pieces)) as pool:
        return list(pool.map(_call, range(len(pieces))))


def _inherit(function: Callable[[Any], Any], pieces: Sequence[Any]) -> None:
    global _work
    _work = function, pieces


def _call(place: int) -> Any:
    assert _work is not None
    return _work[0](_work[1][place])
