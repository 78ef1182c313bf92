"""Decisions in the formats of others: every module here with an `EXCHANGE` is one, found by its name or by a file."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Protocol

from ontologies.errors import ExchangeError, UnknownNameError
from ontologies.model import Concept, Decision, TerminologyInfo

_HEAD = 4000
"""Characters that a format is known by."""


class Vocabulary(Protocol):
    """What a format asks the lexicon."""

    terminologies: tuple[TerminologyInfo, ...]

    def entry(self, curie: str) -> Concept | None:
        """The concept of that CURIE, retired or not."""
        ...

    def members(self, curie: str) -> tuple[str, ...]:
        """All CURIEs of the concept of `curie`."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """A decision as a file has it; `line` says where, counted from 1."""

    line: int
    decision: Decision


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What could not be read or written, where, and why."""

    line: int
    what: str
    why: str


class Exchange(Protocol):
    """A format of decisions: one file in `ontologies/exchange/`."""

    name: str

    def knows(self, head: str) -> bool:
        """Whether a file that begins with `head` is of this format."""
        ...

    def read(self, path: Path) -> Iterator[Row | LeftOut]:
        """The decisions of a file, streamed; raises KGError where it is not of the format at all."""
        ...

    def write(self, decisions: Iterable[Decision], out: IO[str], vocabulary: Vocabulary) -> list[LeftOut]:
        """Writes the decisions; gives those that the format has no words for."""
        ...


def exchange_names() -> list[str]:
    """The names of all formats."""
    return list(_formats())


def get_exchange(name: str) -> Exchange:
    """The format of that name; raises UnknownNameError, which lists the known ones."""
    if name not in _formats():
        raise UnknownNameError("format of decisions", name, exchange_names())
    return _formats()[name]


def find_exchange(path: Path) -> Exchange:
    """The format that the content of `path` is of; raises ExchangeError where it is of none."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ExchangeError(f"{path} cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise ExchangeError(f"{path} cannot be read ({error}); give a file in UTF-8") from error
    for exchange in _formats().values():
        if exchange.knows(head):
            return exchange
    known = ", ".join(exchange_names())
    raise ExchangeError(f"{path} is none of {known}, by what it begins with; is it the right file?")


@cache
def _formats() -> dict[str, Exchange]:
    modules = (import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    return {module.EXCHANGE.name: module.EXCHANGE for module in modules if hasattr(module, "EXCHANGE")}
