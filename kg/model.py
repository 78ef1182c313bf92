"""What the room of the graph makes: facts, the evidence they are derived from, and the store they live in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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
class Origin:
    """What a name of a document was extracted as, before any decision: what decisions are laid over, again and again.

    `curie` is empty for a name that waits for a concept; `name` is the concept's where no terminology here has it.
    """

    kind: Kind
    curie: str = ""
    score: float = 1.0
    """What is left of the row's score for how the name was grounded; 1 for a name that a terminology holds."""
    name: str = ""
    assumed: bool = False
    """True where an older version of medkg made the row: it is where the name stands now."""

    def __str__(self) -> str:
        return f"{self.kind} {self.curie}"


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
    subject_name: str = ""
    """The subject's name as the document writes and means it; what a curator's decision is about."""
    object_name: str = ""
    subject_origin: Origin | None = None
    """What the subject's name was extracted as; None where an older version of medkg made the row."""
    object_origin: Origin | None = None
    said_score: float | None = None
    """The score before its names were grounded, where that is another."""
    restricted: bool = False
    """Whether its document is restricted: a store gives the row without its quote to who reads without the scope."""


@dataclass(frozen=True, slots=True)
class Asleep:
    """A row both of whose sides are one concept, as long as a decision holds: it has no fact, and is not forgotten."""

    row: Evidence
    node: Node


@dataclass(frozen=True, slots=True)
class Placed:
    """What an extracted row is in the graph: rows for each pair of concepts its names stand for, or one asleep."""

    rows: tuple[Evidence, ...]
    nodes: tuple[Node, ...]
    asleep: Asleep | None = None


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
    asleep: tuple[Asleep, ...] = ()


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
    restricted: bool = False
    """Whether its text is for those with the scope alone."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An input that could not be read, with the reason in one sentence."""

    locator: str
    reason: str
    time: str
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Retired:
    """A fact that is gone: what it said, for the list of changes."""

    id: str
    subject: str
    predicate: str
    object: str
    subject_name: str
    object_name: str


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


@dataclass(frozen=True, slots=True)
class NameUse:
    """A name as documents write it, the concept that its mentions were aligned to, and what hangs on that."""

    name: str
    node: Node
    facts: int
    evidence: int
    documents: int


@dataclass(frozen=True, slots=True)
class Move:
    """What was aligned anew: evidence with one of `names` went from the concept `curie` over to `node`."""

    names: tuple[str, ...]
    curie: str
    node: Node


@dataclass(frozen=True, slots=True)
class Touched:
    """Which rows a decision may change: those with names of these normal forms, and those about these concepts."""

    forms: frozenset[str] = frozenset()
    curies: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.forms or self.curies)
