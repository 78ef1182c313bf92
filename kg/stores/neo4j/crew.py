"""Several transactions at a time: works that do not stand in each other's way, and rounds of such works."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TypeVar
from zlib import crc32

from kg.stores.neo4j.server import Cypher, Server

_Made = TypeVar("_Made")
_Edge = TypeVar("_Edge")

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


def rounds(
    edges: Iterable[_Edge], ends: Callable[[_Edge], tuple[str, str]], workers: int
) -> Iterator[list[list[_Edge]]]:
    """The edges in rounds of lists, no two lists of a round with a node in common, so that none waits for another.

    Nodes are dealt out to twice as many parts as there are workers, and parts meet as players of a tournament do (the
    circle method): each with each once, as many pairs at a time as there are workers; at the end each with itself.
    """
    parts = 2 * workers
    met: dict[frozenset[int], list[_Edge]] = defaultdict(list)
    for edge in edges:
        met[frozenset(crc32(end.encode()) % parts for end in ends(edge))].append(edge)
    for turn in range(parts - 1):
        circle = [0, *((turn + place) % (parts - 1) + 1 for place in range(parts - 1))]
        pairs = (frozenset({circle[n], circle[-1 - n]}) for n in range(workers))
        yield [met[pair] for pair in pairs if pair in met]
    yield [met[alone] for part in range(parts) if (alone := frozenset({part})) in met]
