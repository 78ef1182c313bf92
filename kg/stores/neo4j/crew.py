"""Several transactions at a time, for works that do not stand in each other's way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from kg.stores.neo4j.server import Cypher, Server

_Made = TypeVar("_Made")

#: What one transaction does.
Work = Callable[[Cypher], _Made]


class Crew:
    """Workers that write to a server side by side, not in the queue of writers."""

    def __init__(self, server: Server, pool: ThreadPoolExecutor, workers: int) -> None:
        self._server = server
        self._pool = pool
        self._workers = workers

    def each(self, works: Iterable[Work[_Made]]) -> Iterator[_Made]:
        """What each work gives, in their order; never more works are taken than one beside those in hand."""
        hands: deque[Future[_Made]] = deque()
        for work in works:
            hands.append(self._pool.submit(partial(self._server.write, work, queued=False)))
            if len(hands) > self._workers:
                yield hands.popleft().result()
        while hands:
            yield hands.popleft().result()


@contextmanager
def crew(server: Server, workers: int) -> Iterator[Crew]:
    """That many workers; after an error what is in hand is finished, and nothing more is begun."""
    pool = ThreadPoolExecutor(workers, thread_name_prefix="neo4j")
    try:
        yield Crew(server, pool, workers)
    finally:
        pool.shutdown(cancel_futures=True)
