"""Runs the functions of a build on a Ray cluster (https://docs.ray.io), from one machine to many.

Items go out in small batches, a few for each processor, and results come back as they finish; so the one writer is
never ahead of by more than that. A batch whose machine is lost, or whose results are, is run again elsewhere. One that
kills its worker is taken apart; an item that kills its worker every time is given back without a result. None of this
is left to Ray's own retries: they start a task that runs out of memory again for ever. When everything is handed out
and a batch takes far longer than the others did, another copy of it is started: the function is pure, so the first
answer counts. What is not wanted any more is left to end by itself, or with the connection: a `ray.cancel` that meets
the end of its task ends this process (Ray 2.60: "Tried to complete task that was not pending").
"""

from __future__ import annotations

import math
import os
import socket
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from extractors.rules import rules_stamp
from kg.errors import RunnerError
from kg.ray_joining import ASKING, join
from kg.runners import Opens
from kg.version import get_version
from ontologies.home import get_home
from ontologies.lexicon import Lexicon
from ontologies.parcel import Parcel, pack, unpack
from ontologies.pinned import Pinned

T = TypeVar("T")
R = TypeVar("R")

#: Items of a batch: enough that Ray's millisecond a task does not count, few enough that a lost one costs little.
BATCH = 8
#: Batches handed out ahead for each processor.
AHEAD = 3
#: How often an item that killed its worker, alone, is tried again.
RETRIES = 2
#: How often a batch is run again whose machine was lost, before the cluster is given up.
MOVES = 10
#: A batch that takes so many times as long as the median is started a second time, once there is nothing else to do.
STRAGGLING = 4.0
_TICK = 1.0
#: How often a cluster, which may grow, is asked for its size.
_COUNTED = 10.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """A lexicon in the object store of a cluster; each machine fetches it once, each process opens it once."""

    digest: str
    decisions: str
    reference: Any = field(compare=False)

    def open(self) -> Lexicon:
        """The lexicon, under the cache of the machine that asks."""
        return unpack(self.digest, self.decisions, get_home() / "cache", self._fetch).open()

    def _fetch(self) -> Parcel:
        import ray

        parcel: Parcel = ray.get(self.reference)
        return parcel


@dataclass(slots=True)
class _Flight:
    """A batch that is under way, in one copy or two."""

    items: list[Any]
    copies: list[Any] = field(default_factory=list)
    started: float = 0.0
    crashes: int = 0
    """How often it killed its worker."""
    moves: int = 0
    """How often the machine under it, or its results, were lost."""


class RayRunner:
    """Maps functions over items on the cluster that `connected` found."""

    def __init__(self, *, batch: int = BATCH, ahead: int = AHEAD, same_machine: bool = False) -> None:
        self._batch = batch
        self._ahead = ahead
        self._same_machine = same_machine

    def share(self, lexicon: Pinned) -> Opens:
        """The lexicon as an object of the cluster; its files, where the cluster is this machine."""
        import ray

        if self._same_machine:
            return lexicon
        parcel = pack(lexicon)
        return Delivered(parcel.digest, parcel.decisions, ray.put(parcel))

    def run(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R | None]]:
        """See `kg.runners.Runner`; what lost workers and machines had is run again.

        Raises `RunnerError` where the cluster cannot do it at all: another medkg there, or machine after machine lost.
        """
        for batch, results in _Run(function, self._ahead).run(_batches(items, self._batch)):
            yield from zip(batch, results, strict=True)


@contextmanager
def connected(address: str = "local", *, on_wait: Callable[[str], None] = lambda _: None) -> Iterator[RayRunner]:
    """A runner on the cluster at `address` (`host:port`, or `auto` for the one this machine belongs to).

    `local` starts a cluster of this machine alone, and ends it; where it does not start in time it is tried again,
    which `on_wait` is told. Raises `RunnerError` where Ray is not installed or nobody answers.
    """
    os.environ.setdefault("RAY_gcs_server_request_timeout_seconds", ASKING)
    try:
        import ray
    except ImportError:
        raise RunnerError("Ray is not installed: pip install 'medkg[ray]', on every machine of the cluster") from None
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    join(address, on_wait=on_wait)
    try:
        yield RayRunner(same_machine=address == "local")
    finally:
        ray.shutdown()


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

    def __init__(self, function: Callable[[Any], Any], ahead: int) -> None:
        import ray

        self._task = ray.remote(max_retries=0)(apply_all)
        self._function = ray.put(function)
        self._program = get_program()
        self._ahead = ahead
        self._most, self._counted = 0, -math.inf
        self._flights: dict[Any, _Flight] = {}
        self._lasted: deque[float] = deque(maxlen=100)

    def run(self, batches: Iterator[list[Any]]) -> Iterator[tuple[list[Any], list[Any]]]:
        """The batches with their results, as they finish; a batch is taken when there is room for it."""
        more = True
        while more or self._flights:
            while more and self._has_room():
                batch = next(batches, None)
                more = batch is not None
                if batch is not None:
                    self._start(_Flight(batch))
            if self._flights:
                yield from self._collect(last=not more)

    def _has_room(self) -> bool:
        if time.monotonic() - self._counted > _COUNTED:
            self._most, self._counted = self._ahead * _processors(), time.monotonic()
        return len({id(flight) for flight in self._flights.values()}) < self._most

    def _start(self, flight: _Flight) -> None:
        copy = self._task.remote(self._program, self._function, flight.items)
        if not flight.copies:
            flight.started = time.monotonic()
        flight.copies.append(copy)
        self._flights[copy] = flight

    def _collect(self, *, last: bool) -> Iterator[tuple[list[Any], list[Any]]]:
        import ray

        ready, _ = ray.wait(list(self._flights), num_returns=1, timeout=_TICK if last else None)
        for copy in ready:
            flight = self._flights.get(copy)
            if flight is not None:
                yield from self._land(flight, copy)
        if last and not ready:
            self._hurry()

    def _land(self, flight: _Flight, copy: Any) -> Iterator[tuple[list[Any], list[Any]]]:
        """What a copy of a batch brought; where that is nothing, and no other copy is under way, it starts again."""
        import ray

        try:
            found: list[Any] = ray.get(copy)
        except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError):
            if self._drop(flight, copy):
                yield from self._start_apart(flight)
        except (ray.exceptions.NodeDiedError, ray.exceptions.ObjectLostError):
            if self._drop(flight, copy):
                self._start_elsewhere(flight)
        except (ray.exceptions.RayTaskError, ray.exceptions.RaySystemError) as error:
            raise _as_told(error) from error
        else:
            self._end(flight)
            yield flight.items, found

    def _drop(self, flight: _Flight, copy: Any) -> bool:
        """Forget a copy that brought nothing; whether it was the last of its batch."""
        flight.copies.remove(copy)
        del self._flights[copy]
        return not flight.copies

    def _start_apart(self, flight: _Flight) -> Iterator[tuple[list[Any], list[Any]]]:
        """Start each item of a batch that killed its worker alone; one that always does so is given up."""
        flight.crashes += 1
        if len(flight.items) > 1:
            for item in flight.items:
                self._start(_Flight([item]))
        elif flight.crashes <= RETRIES:
            self._start(flight)
        else:
            yield flight.items, [None]

    def _start_elsewhere(self, flight: _Flight) -> None:
        flight.moves += 1
        if flight.moves > MOVES:
            raise RunnerError(
                f"the Ray cluster lost a machine under the same batch {flight.moves} times: look at `ray status`, "
                "then run the same command again; it goes on"
            )
        self._start(flight)

    def _end(self, flight: _Flight) -> None:
        self._lasted.append(time.monotonic() - flight.started)
        for copy in flight.copies:
            del self._flights[copy]

    def _hurry(self) -> None:
        """Start a second copy of each batch that takes far longer than others did."""
        limit = STRAGGLING * max(_TICK, statistics.median(self._lasted or [_TICK]))
        for flight in {id(flight): flight for flight in self._flights.values()}.values():
            if len(flight.copies) == 1 and time.monotonic() - flight.started > limit:
                self._start(flight)


@cache
def get_program() -> str:
    """The version of medkg and of its rules: what every machine of a cluster must have alike."""
    return f"medkg {get_version()}, rules {rules_stamp()}"


def apply_all(program: str, function: Callable[[Any], Any], items: list[Any]) -> list[Any]:
    """What the function gives for each item; raises `RunnerError` where this machine has not that program."""
    if program != get_program():
        raise RunnerError(f"{socket.gethostname()} has {get_program()}, and this machine {program}: install the same")
    return [function(item) for item in items]


def _as_told(error: Exception) -> RunnerError:
    """What a task or Ray itself says, in one sentence."""
    cause = getattr(error, "cause", None) or error
    if isinstance(cause, RunnerError):
        return RunnerError(str(cause))
    said = str(cause).strip().splitlines() or [""]
    return RunnerError(
        f"a worker of the Ray cluster failed ({type(cause).__name__}: {said[-1]}): every machine needs the same "
        "Python, medkg and room under KG_HOME; then run the same command again"
    )
