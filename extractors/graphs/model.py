"""What foreign graphs are read into: rows as they are given, and the rules that say what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from extractors.model import Qualifier
from ontologies.model import Kind

#: What a column of a table may hold; `qualifier.<name>` besides.
ROLES = (
    "subject",
    "subject_name",
    "subject_kind",
    "subject_vocabulary",
    "predicate",
    "object",
    "object_name",
    "object_kind",
    "object_vocabulary",
    "sentence",
    "score",
    "negated",
)

#: What a column of a table of things may hold.
NODE_ROLES = ("id", "name", "kind")


class Named(NamedTuple):
    """A thing as a foreign graph names it, in its words; what it lacks is empty."""

    id: str = ""
    name: str = ""
    kind: str = ""
    vocabulary: str = ""


class GraphRow(NamedTuple):
    """A row of a foreign graph, as given; `number` counts the rows of its table from 1, `quote` is its text."""

    number: int
    table: str
    quote: str
    subject: Named
    predicate: str
    object: Named
    score: str = ""
    negated: bool = False
    qualifiers: tuple[Qualifier, ...] = ()


class RefusedRow(NamedTuple):
    """A row that cannot be taken: which, where, and why; `about` is a word that rows refused alike share."""

    number: int
    table: str
    reason: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a predicate of a foreign graph is among ours; `turned` where its subject is our object."""

    predicate: str
    turned: bool = False
    negated: bool = False
    score: float | None = None
    subject: Kind | None = None
    """The kind of its subjects, where rows do not say it."""
    object: Kind | None = None
    qualifiers: tuple[Qualifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Identifier:
    """How identifiers that are all `pattern` become CURIEs: those of that vocabulary or kind (empty: of any)."""

    pattern: str
    curie: str
    of: str = ""
    digits: int = 0
    """To how many digits what the pattern caught is filled up with noughts."""


@dataclass(frozen=True, slots=True)
class TableRules:
    """Which table is read, and what its columns hold.

    A table is known by a `header` that holds these columns, or by a first line that begins with `pattern` where it
    has none; then columns are numbers, from 0. `fixed` says what every row of it has.
    """

    name: str
    columns: Mapping[str, str]
    fixed: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class GraphRules:
    """What is known of a foreign graph: whom to credit, how it is laid out, and what its words mean."""

    name: str
    title: str
    licence: str = ""
    credit: str = ""
    score: float = 0.8
    """Score of a row that says none, and whose predicate has none."""
    separator: str = ""
    """What parts kind and identifier where both stand in one cell."""
    either_way: bool = False
    """Whether it lists a relation from either side under one name."""
    nodes: TableRules | None = None
    tables: tuple[TableRules, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    predicates: Mapping[str, Meaning] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Predicates that are left out on purpose, with the reason."""
