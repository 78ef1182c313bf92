"""What the room of the graph makes: facts, the evidence they are derived from, and the store they live in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from extractors.model import Assertion, Document, Qualifier
from ontologies.model import Kind


class Status(StrEnum):
    """Whether the evidence of a fact affirms it, denies it, or is divided (or met by an opposing fact)."""

    SUPPORTED = "supported"
    CONTESTED = "contested"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Node:
    """A concept as the graph keeps it; `aligned` is False for a name under a local CURIE that waits for a curator."""

    curie: str
    name: str
    kind: Kind
    name_zh: str = ""
    synonyms: tuple[str, ...] = ()
    aligned: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row of the record: who says which fact, where, in which words, and how sure the extractor is.

    `id` and `fact_id` are hexadecimal hashes of content, made by `kg.assemble`.
    """

    id: str
    fact_id: str
    subject: str
    predicate: str
    object: str
    document: str
    version: int
    section: str
    """Section code, or its kind or title where there is no code."""
    section_title: str
    start: int
    end: int
    quote: str
    extractor: str
    score: float
    assertion: Assertion = Assertion.PRESENT
    qualifiers: tuple[Qualifier, ...] = ()
    country: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What the graph keeps: derived from evidence, identified by subject, predicate and object alone."""

    id: str
    subject: Node
    predicate: str
    object: Node
    confidence: float
    status: Status
    documents: int
    """How many documents support it."""
    evidence_count: int
    countries: tuple[str, ...] = ()
    qualifiers: tuple[Qualifier, ...] = ()
    """Union of the qualifiers of its evidence, most frequent first."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one document brings to the graph: the unit of a transaction."""

    document: Document
    nodes: tuple[Node, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """What a document's new version changed: fact ids added, kept and retracted by it, and evidence counts."""

    document: str
    old_version: int | None
    new_version: int | None
    added: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page of facts; `cursor` continues after the last one, None when there is no more."""

    facts: tuple[Fact, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class FactQuery:
    """Which facts are asked for; empty means any. `about` matches subject or object."""

    about: str | None = None
    subject: str | None = None
    object: str | None = None
    predicates: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    min_confidence: float = 0.0
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two facts about the same pair of concepts that oppose each other."""

    fact: Fact
    opposing: Fact


class GraphReader(Protocol):
    """Reading side of a store; every call sees one consistent snapshot."""

    def get_nodes(self, curies: Sequence[str]) -> list[Node | None]:
        """The nodes by CURIE, in the order asked, None where unknown."""
        ...

    def find_nodes(self, text: str, *, kinds: Sequence[Kind] = (), limit: int = 25) -> list[tuple[Node, float]]:
        """Nodes whose names fit `text` (words, prefixes, Chinese characters), best first, each with a score."""
        ...

    def find_facts(self, query: FactQuery, *, first: int, after: str | None = None) -> Page:
        """A page of facts by descending confidence, ties by id."""
        ...

    def get_evidence(self, fact_ids: Sequence[str], *, first: int) -> dict[str, list[Evidence]]:
        """Up to `first` evidence rows a fact, best score first."""
        ...

    def find_conflicts(self, *, first: int, after: str | None = None) -> tuple[list[Conflict], str | None]:
        """A page of opposing pairs of facts, and the cursor of the next."""
        ...


class GraphWriter(Protocol):
    """Writing side of a store; one writer at a time."""

    def put(self, contributions: Iterable[Contribution]) -> list[Diff]:
        """Make each document's evidence what its contribution says, in one transaction; replays change nothing."""
        ...

    def remove(self, document: str) -> Diff:
        """Take a document and its evidence out."""
        ...

    def iter_evidence(self) -> Iterator[Evidence]:
        """All evidence rows, in the order of documents."""
        ...
