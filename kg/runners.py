"""Where the pure functions of a build run: in this process, in processes of this machine, or on a Ray cluster.

A runner maps one function over items that it takes only as fast as results are taken: memory is bounded, and the one
writer at the end sets the pace. The results are the same on every runner; their order is not.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kg.workers import run_all
from ontologies.lexicon import Lexicon
from ontologies.pinned import Pinned

T = TypeVar("T")
R = TypeVar("R")


class Opens(Hashable, Protocol):
    """What a worker opens its lexicon by, wherever it runs; the same one for equal values."""

    def open(self) -> Lexicon:
        """The lexicon."""
        ...


class Runner(Protocol):
    """Maps functions over items somewhere."""

    def share(self, lexicon: Pinned) -> Opens:
        """What the workers of this runner open the lexicon by."""
        ...

    def run(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R | None]]:
        """Each item with what `function` gave for it, as they finish; None for an item whose worker died of it.

        `function` must be picklable, pure, and must not raise for bad input.
        """
        ...


@dataclass(frozen=True, slots=True)
class LocalRunner:
    """So many processes of this machine; with 0 this process itself."""

    workers: int = 0

    def share(self, lexicon: Pinned) -> Opens:
        """The files of this machine."""
        return lexicon

    def run(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R | None]]:
        """See `Runner`; a worker that dies is replaced, and what it took with it is tried once more, each alone."""
        return run_all(function, items, workers=self.workers)
