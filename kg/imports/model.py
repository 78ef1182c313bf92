"""What an import is told, and what it did."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from kg.imports.resolve import Found


@dataclass(frozen=True, slots=True)
class Release:
    """What is said of an import as a whole: name and title, which release it is, its licence and whom to credit."""

    name: str
    title: str
    release: str = ""
    licence: str = ""
    credit: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why rows were refused: those of one reason together, with the numbers of the first."""

    table: str
    reason: str
    rows: int
    first: tuple[int, ...] = ()


@dataclass(slots=True)
class Imported:
    """How far an import is, and at the end what it did."""

    name: str
    format: str
    rows: int = 0
    """Rows read, whatever became of them."""
    taken: int = 0
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rows that the rules leave out, by predicate and reason."""
    refusals: list[Refusal] = field(default_factory=list)
    documents: int = 0
    """Documents written."""
    unchanged: int = 0
    """Documents that were there already, as they are."""
    kept: int = 0
    """Documents that this graph has from its own source, and that were left alone."""
    older: int = 0
    """Documents of which a newer version is there."""
    removed: int = 0
    """Documents that the import does not have any more."""
    gone: list[tuple[str, int]] = field(default_factory=list)
    """Documents of earlier imports that this one lacks, and how many facts each supports."""
    held: int = 0
    """Documents left as they were, since they would say less and rows were refused, or could not be read."""
    added: int = 0
    """Times that a document supports a fact that it did not."""
    retracted: int = 0
    found: Counter[Found] = field(default_factory=Counter)
    """How the sides of rows were found, in the documents written."""
    whole: bool = True
    """Whether all of it could be read; only then is taken out what it no longer has."""
    moved: int = 0
    """Names that went over to another concept by decisions made here."""
    started: float = field(default_factory=time.monotonic)

    @property
    def refused(self) -> int:
        """Rows that were refused."""
        return sum(refusal.rows for refusal in self.refusals)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started
