"""Runs the functions of a build on a Ray cluster (https://docs.ray.io), from one machine to many.

Items go out in small batches, a few for each processor, and results come back as they finish; so the one writer is
never ahead of by more than that. Ray runs the tasks of a lost worker or machine again. A batch that kills its workers
every time is taken apart, and the item that does it is given back without a result. When everything is handed out and
a batch takes far longer than the others did, another copy of it is started: the function is pure, so the first answer
counts.
"""

from __future__ import annotations

import logging
import os
import socket
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from kg.errors import RunnerError
from kg.runners import Opens
from ontologies.home import get_home
from ontologies.lexicon import Lexicon
from ontologies.parcel import pack, unpack
from ontologies.pinned import Pinned

T = TypeVar("T")
R = TypeVar("R")

#: Items of a batch: enough that Ray's millisecond a task does not count, few enough that a lost one costs little.
BATCH = 8
#: Batches handed out ahead for each processor.
AHEAD = 3
#: How often Ray runs a batch again whose worker or machine was lost.
RETRIES = 2
#: A batch that takes so many times as long as the median is started a second time, once there is nothing else to do.
STRAGGLING = 4.0
_TICK = 1.0
#: Seconds that a cluster has to answer the first knock.
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """A lexicon in the object store of a cluster; each machine unpacks it once, each process opens it once."""

    digest: str
    reference: Any = field(compare=False)

    def open(self) -> Lexicon:
        """The lexicon, under the cache of the machine that asks."""
        import ray

        return unpack(ray.get(self.reference), get_home() / "cache").open()


@dataclass(slots=True)
class _Flight:
    """A batch that is under way, in one copy or two."""

    items: list[Any]
    copies: list[Any]
    started: float


class RayRunner:
    """Maps functions over items on the cluster that `connected` found."""

    def __init__(self, *, batch: int = BATCH, ahead: int = AHEAD) -> None:
        self._batch = batch
        self._ahead = ahead

    def share(self, lexicon: Pinned) -> Opens:
        """The lexicon as an object of the cluster."""
        import ray

        parcel = pack(lexicon)
        return Delivered(parcel.digest, ray.put(parcel))

    def run(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R | None]]:
        """See `kg.runners.Runner`; the tasks of lost workers and machines are run again."""
        for batch, results in _Run(function, self._ahead * _processors()).run(_batches(items, self._batch)):
            yield from zip(batch, results, strict=True)


@contextmanager
def connected(address: str = "local") -> Iterator[RayRunner]:
    """A runner on the cluster at `address` (`host:port`, or `auto` for the one this machine belongs to).

    `local` starts a cluster of this machine alone, and ends it. Raises `RunnerError` where Ray is not installed or
    nobody answers.
    """
    try:
        import ray
    except ImportError:
        raise RunnerError("Ray is not installed: pip install 'medkg[ray]', on every machine of the cluster") from None
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        _knock(address)
        dashboard = False if address == "local" else None
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=dashboard)
    except (OSError, RuntimeError, ValueError) as error:
        raise RunnerError(
            f"no Ray cluster answers at {address!r} ({str(error).splitlines()[0]}): "
            "start one with `ray start --head`, or say --ray local"
        ) from error
    try:
        yield RayRunner()
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raises `OSError` where nobody listens: Ray itself asks again for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()


def _processors() -> int:
    import ray

    resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return max(1, int(resources.get("CPU", 1)))


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


class _Run:
    """One function over many batches."""

    def __init__(self, function: Callable[[Any], Any], most: int) -> None:
        import ray

        self._task = ray.remote(max_retries=RETRIES)(_apply)
        self._function = ray.put(function)
        self._most = most
        self._flights: dict[Any, _Flight] = {}
        self._lasted: deque[float] = deque(maxlen=100)

    def run(self, batches: Iterator[list[Any]]) -> Iterator[tuple[list[Any], list[Any]]]:
        """The batches with their results, as they finish; a batch is taken when there is room for it."""
        more = True
        while more or self._flights:
            while more and self._under_way() < self._most:
                batch = next(batches, None)
                more = batch is not None
                if batch is not None:
                    self._start(_Flight(batch, [], time.monotonic()))
            if self._flights:
                yield from self._collect(last=not more)

    def _under_way(self) -> int:
        return len({id(flight) for flight in self._flights.values()})

    def _start(self, flight: _Flight) -> None:
        copy = self._task.remote(self._function, flight.items)
        flight.copies.append(copy)
        self._flights[copy] = flight

    def _collect(self, *, last: bool) -> Iterator[tuple[list[Any], list[Any]]]:
        import ray

        ready, _ = ray.wait(list(self._flights), num_returns=1, timeout=_TICK if last else None)
        for copy in ready:
            flight = self._flights.get(copy)
            if flight is not None:
                self._end(flight)
                yield flight.items, self._result(copy, flight.items)
        if last and not ready:
            self._hurry()

    def _end(self, flight: _Flight) -> None:
        import ray

        self._lasted.append(time.monotonic() - flight.started)
        for copy in flight.copies:
            del self._flights[copy]
            if len(flight.copies) > 1:
                ray.cancel(copy, force=False)

    def _result(self, copy: Any, items: list[Any]) -> list[Any]:
        """What came of a batch; of one that killed its workers each time, what comes of its items one by one."""
        import ray

        try:
            found: list[Any] = ray.get(copy)
        except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError, ray.exceptions.NodeDiedError):
            if len(items) == 1:
                return [None]
            parts = [(item, self._task.remote(self._function, [item])) for item in items]
            return [self._result(part, [item])[0] for item, part in parts]
        return found

    def _hurry(self) -> None:
        """Start a second copy of each batch that takes far longer than others did."""
        limit = STRAGGLING * max(_TICK, statistics.median(self._lasted or [_TICK]))
        for flight in {id(flight): flight for flight in self._flights.values()}.values():
            if len(flight.copies) == 1 and time.monotonic() - flight.started > limit:
                self._start(flight)


def _apply(function: Callable[[Any], Any], items: list[Any]) -> list[Any]:
    return [function(item) for item in items]
