"""What the room of the graph makes: facts, the evidence they are derived from, and the store they live in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
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
    note: str = ""
    """Why nothing was done, where a document was refused (an older version than the loaded one)."""
    time: str = ""
    """When it was committed, as ISO 8601 in UTC; empty where nothing was written."""


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A document as the graph lists it, without its text."""

    id: str
    title: str
    version: int
    effective: str
    type: str
    source: str
    language: str
    country: str
    content_hash: str
    stamp: str
    """Stamp of the build that loaded it: lexicon and rules."""
    loaded: str
    """When it was loaded, as ISO 8601 in UTC."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An input that could not be read, with the reason in one sentence."""

    locator: str
    reason: str
    time: str
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of what is in the graph; each mapping goes from a name to a number, greatest first."""

    nodes: int
    facts: int
    evidence: int
    documents: int
    quarantined: int
    conflicts: int
    unaligned: int
    """Nodes under a local CURIE, which wait for a curator."""
    kinds: dict[str, int]
    predicates: dict[str, int]
    statuses: dict[str, int]
    countries: dict[str, int]
    """Facts by country of support; a fact supported in two countries counts in both."""
    sources: dict[str, int]
    """Documents by the reader that made them."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of facts; `cursor` continues after the last one, None when there is no more."""

    facts: tuple[Fact, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class FactQuery:
    """Which facts are asked for; empty means any. `about` matches subject or object.

    The sides of a symmetric predicate are interchangeable: `subject` and `object` find such a fact from either side,
    and it is given with the asked one in its place.
    """

    about: str | None = None
    subject: str | None = None
    object: str | None = None
    predicates: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    min_confidence: float = 0.0
    document: str | None = None
    ids: tuple[str, ...] = ()


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

    def put(self, contributions: Iterable[Contribution], *, stamp: str = "") -> list[Diff]:
        """Make each document's evidence what its contribution says, in one transaction; replays change nothing.

        `stamp` names the lexicon and rules that made them. The documents of one input belong into one call, since
        the input counts as known from then on.
        """
        ...

    def rehearse(self, contributions: Iterable[Contribution]) -> list[Diff]:
        """The diffs that `put` would give; nothing is written."""
        ...

    def remove(self, document: str) -> Diff:
        """Take a document and its evidence out; raises `NotFoundError` where it is not loaded."""
        ...

    def iter_evidence(self) -> Iterator[Evidence]:
        """All evidence rows, in the order of documents."""
        ...


class Library(Protocol):
    """The documents a graph was made from, and what each version changed."""

    def get_document(self, id_: str) -> Document | None:
        """The document as it was read, with text, sections and tables, or None where it is not loaded."""
        ...

    def list_documents(self, *, first: int, after: str | None = None) -> list[LoadedDocument]:
        """Up to `first` documents by id, those after the id `after`."""
        ...

    def known(self, content_hash: str, stamp: str) -> bool:
        """Whether an input of that content was already put under that stamp: one look-up in an index."""
        ...

    def iter_changes(self, document: str | None = None) -> Iterator[Diff]:
        """What puts and removals changed, oldest first; of one document or of all."""
        ...

    def name_facts(self, ids: Iterable[str]) -> dict[str, tuple[str, str, str]]:
        """Name of the subject, predicate, name of the object by fact id, also of facts that are gone."""
        ...


class Quarantine(Protocol):
    """The inputs that could not be read."""

    def quarantine(self, locator: str, reason: str, *, content_hash: str = "") -> None:
        """Keep an input on the list, with the reason; the newest reason of a locator stands."""
        ...

    def release(self, locators: Iterable[str]) -> int:
        """Take inputs that were read after all off the list; gives back how many stood on it."""
        ...

    def get_quarantine(self) -> list[Quarantined]:
        """The list, by locator."""
        ...


class Catalogue(Protocol):
    """What is known of a graph as a whole."""

    def get_meta(self) -> dict[str, str]:
        """Schema version, graph version, lexicon stamp, time of the last change, and what `set_meta` added."""
        ...

    def set_meta(self, name: str, value: str) -> None:
        """Keep a word about the graph, such as the stamp of its lexicon."""
        ...

    def get_stats(self) -> Stats:
        """Counts by kind, predicate, status, country and source."""
        ...

    def check(self) -> list[str]:
        """What is wrong with the graph, in words; nothing where it is sound."""
        ...

    def close(self) -> None:
        """Let go of the graph, and of the right to write to it."""
        ...


class Snapshots(Protocol):
    """Reads that belong together, as one request of the service makes them."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Everything read inside sees one state of the graph, whatever is written meanwhile."""
        ...

    def write_cursor(self, fact: Fact, query: FactQuery) -> str:
        """The cursor that stands after `fact` in the answer to `query`."""
        ...

    def get_loaded(self, ids: Sequence[str]) -> list[LoadedDocument | None]:
        """The documents by id without their text, in the order asked, None where unknown."""
        ...


class Exportable(Protocol):
    """All of a graph, streamed."""

    def iter_nodes(self) -> Iterator[Node]:
        """All nodes, by CURIE."""
        ...

    def iter_facts(self) -> Iterator[Fact]:
        """All facts, in an order that does not depend on the order of loading."""
        ...


class Store(GraphReader, GraphWriter, Library, Quarantine, Catalogue, Snapshots, Exportable, Protocol):
    """A whole store, every role of it; functions ask for the one they need."""
