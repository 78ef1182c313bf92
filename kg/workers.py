"""Maps one function over many items in worker processes: bounded in memory, and no item takes the run down with it.

The same function runs in this process (`workers=0`), in a pool on this machine, or elsewhere.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from itertools import islice
from multiprocessing import connection, get_context, parent_process
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

#: Items handed out ahead for each worker: enough to keep it busy, few enough to bound memory.
AHEAD = 3


def run_all(function: Callable[[T], R], items: Iterable[T], *, workers: int) -> Iterator[tuple[T, R | None]]:
    """Each item with what `function` gave for it, as they finish; None for an item whose worker died of it.

    `function` must be picklable and must not raise for bad input. A worker that dies (out of memory, a crash
    in a library) is replaced; the items it took with it are tried once more, each alone.
    """
    if workers <= 0:
        for item in items:
            yield item, function(item)
        return
    source = iter(items)
    while True:
        suspects: list[T] = []
        yield from _run_until_broken(function, source, workers, suspects)
        if not suspects:
            return
        for item in suspects:
            yield item, _run_alone(function, item)


def _run_until_broken(
    function: Callable[[T], R], items: Iterator[T], workers: int, suspects: list[T]
) -> Iterator[tuple[T, R]]:
    waiting: dict[Future[R], T] = {}
    with _pool(workers) as pool:
        for item in items:
            try:
                with _interrupts_wait():
                    waiting[pool.submit(function, item)] = item
            except BrokenProcessPool:
                suspects.append(item)
            if suspects or len(waiting) >= AHEAD * workers:
                yield from _collect(waiting, suspects, everything=bool(suspects))
            if suspects:
                return
        while waiting:
            yield from _collect(waiting, suspects, everything=False)


def _collect(waiting: dict[Future[R], T], suspects: list[T], *, everything: bool) -> Iterator[tuple[T, R]]:
    done = set(waiting) if everything else wait(waiting, return_when=FIRST_COMPLETED).done
    for future in done:
        item = waiting.pop(future)
        try:
            yield item, future.result()
        except BrokenProcessPool:
            suspects.append(item)


def _run_alone(function: Callable[[T], R], item: T) -> R | None:
    with _pool(1) as pool:
        try:
            return pool.submit(function, item).result()
        except BrokenProcessPool:
            return None


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_die_with_parent)


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Puts Ctrl-C off; workers that are started meanwhile never hear of it: it is this process's to answer."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _die_with_parent() -> None:
    """Make this worker end when its parent is killed: a pool's worker would otherwise wait for ever."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_exit, args=(parent.sentinel,), daemon=True).start()


def _wait_and_exit(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def default_workers() -> int:
    """One worker for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_in_order(function: Callable[[T], R], items: Iterable[T], *, workers: int) -> Iterator[tuple[T, R | None]]:
    """As `run_all`, but in the order of the items."""
    if workers <= 0:
        yield from run_all(function, items, workers=0)
        return
    source = iter(items)
    waiting: deque[tuple[T, Future[R]]] = deque()
    with ExitStack() as stack:
        pool = stack.enter_context(_pool(workers))
        while True:
            for item in islice(source, AHEAD * workers - len(waiting)):
                waiting.append((item, _submit(pool, function, item)))
            if not waiting:
                return
            item, future = waiting.popleft()
            try:
                yield item, future.result()
            except BrokenProcessPool:
                yield item, _run_alone(function, item)
                again = [item for item, _ in waiting]
                pool = stack.enter_context(_pool(workers))
                waiting = deque((item, _submit(pool, function, item)) for item in again)


def _submit(pool: ProcessPoolExecutor, function: Callable[[T], R], item: T) -> Future[R]:
    """The future of an item; one that failed already where the pool has just broken."""
    try:
        with _interrupts_wait():
            return pool.submit(function, item)
    except BrokenProcessPool as error:
        broken: Future[R] = Future()
        broken.set_exception(error)
        return broken
