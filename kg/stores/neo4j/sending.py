"""Rows on their way to the server: never more at a time than either side holds easily."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from kg.stores.neo4j.server import Cypher

_Row = TypeVar("_Row")

#: Rows of one statement.
ROWS = 10_000


def chunks(rows: Iterable[_Row], size: int = ROWS) -> Iterator[list[_Row]]:
    """The rows in lists of at most `size`."""
    stream = iter(rows)
    while chunk := list(islice(stream, size)):
        yield chunk


def assignments(variable: str, names: Iterable[str], *, first: int = 0) -> str:
    """What follows `SET` to give properties the values of the list `row`, in their order from place `first`.

    Lists instead of maps: a map names its properties anew in each row, which the server reads, holds and clears away.
    """
    return ", ".join(f"{variable}.{name} = row[{place}]" for place, name in enumerate(names, first))


def send(cypher: Cypher, statement: str, rows: Iterable[Any]) -> None:
    """Runs a statement, which begins with `UNWIND $rows`, over all rows."""
    for chunk in chunks(rows):
        cypher.run(statement, rows=chunk)


def ask(cypher: Cypher, statement: str, rows: Iterable[Any]) -> Iterator[list[Any]]:
    """What a statement, which begins with `UNWIND $rows`, gives for all rows."""
    for chunk in chunks(rows):
        yield from cypher.rows(statement, rows=chunk)


def batches(
    things: Iterable[_Row], weigh: Callable[[_Row], int], *, most: int
) -> Iterator[tuple[Sequence[_Row], bool]]:
    """The things in lists that weigh about `most`, or one thing alone, and whether a list is the last; at least one."""
    batch: list[_Row] = []
    weight = 0
    for thing in things:
        weighs = weigh(thing)
        if batch and weight + weighs > most:
            yield batch, False
            batch, weight = [], 0
        batch.append(thing)
        weight += weighs
    yield batch, True
