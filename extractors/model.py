"""What the room of extractors makes: documents with sections and tables, mentions, relations.

Every `start` and `end` counts Unicode characters of `Document.text`, end exclusive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from ontologies.model import Kind, Match


class Assertion(StrEnum):
    """What the text says of a mention: it is so, is not, may be, might become, was, or is of a relative."""

    PRESENT = "present"
    NEGATED = "negated"
    POSSIBLE = "possible"
    HYPOTHETICAL = "hypothetical"
    HISTORICAL = "historical"
    FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled, coded range of a document's text.

    `code` is a LOINC code where the standard gives one, else empty. `kind` is the section's role in
    rules/sections.toml (indications, contraindications, adverse_reactions, ...), inherited from the parent
    where the section itself has none. `parent` is the index of the enclosing section in `Document.sections`.
    """

    code: str
    title: str
    start: int
    end: int
    kind: str = ""
    parent: int | None = None
    level: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: its text stands at `start`..`end` of the document; row and column count from 0, spans resolved."""

    row: int
    column: int
    start: int
    end: int
    row_span: int = 1
    column_span: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the document; `start`..`end` covers caption, cells and footnotes in the text."""

    start: int
    end: int
    caption: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded part of a document: what is said with a code rather than with prose.

    It is also written into the text (in the section of product data), so that it has a place to point at:
    `start`..`end`. `role` is the predicate it leads to (has_active_ingredient, has_route, ...) or "moiety".
    `code` is a CURIE, or empty where the source has a name only. `product` is the index of the product.
    """

    role: str
    code: str
    name: str
    kind: Kind
    start: int
    end: int
    product: int = 0
    qualifiers: tuple[Qualifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """A marketed product of a label; `start`..`end` is its sentence in the section of product data."""

    name: str
    generic_name: str = ""
    code: str = ""
    """NDC, 批准文号 or EU number, as a CURIE where there is a prefix."""
    marketing_status: str = ""
    dea_schedule: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One label version (or one record) as text with sections, and what its coded parts say.

    `id` names the label through all its versions (`dailymed:<set id>`); `version` orders them as integers do.
    """

    id: str
    title: str
    text: str
    sections: tuple[Section, ...] = ()
    tables: tuple[Table, ...] = ()
    products: tuple[Product, ...] = ()
    coded: tuple[Coded, ...] = ()
    version: int = 1
    effective: str = ""
    """Date of effect as YYYY-MM-DD, or empty."""
    type: str = ""
    """Document type in words, e.g. HUMAN PRESCRIPTION DRUG LABEL."""
    source: str = ""
    """Name of the reader that made it: spl, openfda, insert_cn, epi."""
    language: str = "en"
    country: str = ""
    """ISO 3166 alpha-2 of the authority: US, CN, EU."""
    content_hash: str = ""
    """SHA-256 of the bytes it was read from, in hexadecimal."""
    restricted: bool = False
    """Whether its words are for those with the scope alone: sentences of patients' notes, de-identified."""

    def section_at(self, position: int) -> int | None:
        """Index of the innermost section that holds the character at `position`, or None."""
        best: int | None = None
        for index, section in enumerate(self.sections):
            if section.start <= position < section.end and (best is None or section.start >= self.sections[best].start):
                best = index
        return best


class Qualifier(NamedTuple):
    """One qualifier of a relation; `name` is one of rules/qualifiers.toml's keys (population, severity, rate ...)."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A range of the text that names a concept. `match` is None where nothing in the lexicon fits the name.

    `parts` holds the ranges of a discontinuous mention ("hepatic ... impairment"); empty when it is one piece.
    `text` is the name as understood (with a shared head put back); `own` marks the label's own drug.
    """

    start: int
    end: int
    text: str
    kind: Kind
    match: Match | None = None
    assertion: Assertion = Assertion.PRESENT
    parts: tuple[tuple[int, int], ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """What one document says of two mentions; `start`..`end` is the sentence (or row of a table) that says so."""

    predicate: str
    subject: Mention
    object: Mention
    start: int
    end: int
    score: float
    extractor: str
    assertion: Assertion = Assertion.PRESENT
    qualifiers: tuple[Qualifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was found in one document."""

    document: Document
    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """Sentences for the operator: what was left out and why."""


class Source(Protocol):
    """A reader of one document format: one file in `extractors/sources/`, found by its module-level `SOURCE`."""

    name: str

    def claims(self, head: bytes) -> bool:
        """Whether bytes that begin with `head` (the first 64 KiB) are of this format, judged by content alone."""
        ...

    def read(self, data: bytes) -> Iterator[Document]:
        """The documents in `data`; raises `UnreadableError` with one sentence where it cannot be read."""
        ...
