"""What the room of ontologies makes: concepts, their names, and matches of a name with a concept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol


class Kind(StrEnum):
    """What sort of thing a concept is: the type gate of grounding, and the domain and range of predicates."""

    DRUG = "drug"
    DRUG_CLASS = "drug_class"
    DISEASE = "disease"
    FINDING = "finding"
    TEST = "test"
    PROCEDURE = "procedure"
    PROTEIN = "protein"
    ORGANISM = "organism"
    ANATOMY = "anatomy"
    FOOD = "food"
    DOSAGE_FORM = "dosage_form"
    ROUTE = "route"
    MECHANISM = "mechanism"
    ORGANIZATION = "organization"
    QUANTITY = "quantity"
    OTHER = "other"


CONDITIONS = frozenset({Kind.DISEASE, Kind.FINDING})
"""What a patient may have: vocabularies do not agree on what is a disease and what a finding."""


class Scope(StrEnum):
    """How close a synonym is to its concept (OBO synonym scopes)."""

    EXACT = "exact"
    NARROW = "narrow"
    BROAD = "broad"
    RELATED = "related"


@dataclass(frozen=True, slots=True)
class Synonym:
    """A further name of a concept; `language` is a BCP 47 primary tag (en, zh)."""

    text: str
    scope: Scope = Scope.EXACT
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Concept:
    """An entry of a terminology, by CURIE.

    `name` is the preferred name in `language`; `parents` and `xrefs` are CURIEs.
    """

    curie: str
    name: str
    kind: Kind
    language: str = "en"
    synonyms: tuple[Synonym, ...] = ()
    parents: tuple[str, ...] = ()
    xrefs: tuple[str, ...] = ()
    deprecated: bool = False
    replaced_by: str | None = None

    def name_in(self, language: str) -> str | None:
        """The preferred name in `language`, or the first exact synonym in it, or None."""
        if language == self.language:
            return self.name
        return next((s.text for s in self.synonyms if s.language == language and s.scope is Scope.EXACT), None)


class Verdict(StrEnum):
    """What a curator says of a name and a concept (the SKOS mapping relations), or of a name alone."""

    EXACT = "exact"
    BROAD = "broad"
    """The concept is broader than the name."""
    NARROW = "narrow"
    RELATED = "related"
    NONE = "none"
    """Not this concept; with no concept given: no concept there is."""
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Match:
    """A concept that a name may stand for; `score` lies in (0, 1], `reason` is in words a curator understands."""

    curie: str
    name: str
    kind: Kind
    score: float
    reason: str
    matched: str
    """The name of the concept that was matched, as its terminology spells it."""
    relation: Verdict = Verdict.EXACT
    """What the concept is to the name as far as names tell: BROAD where the name says more, as 右肺癌 of 肺癌."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a curator said of a name (or of a concept, by CURIE) and a concept: one line of the decision log.

    Decisions count for the normal form of `name` among mentions of `kind` (None: of any). `predicted` is the score that
    grounding gave at the time, None where it had not proposed the concept; `confidence` is the curator's own.
    """

    id: str
    name: str
    kind: Kind | None
    verdict: Verdict
    curie: str
    """The concept, or empty where no concept fits the name."""
    target: str
    """The concept's preferred name at the time: what a later release is compared with."""
    author: str
    time: str
    """ISO 8601 in UTC."""
    reason: str = ""
    language: str = ""
    predicted: float | None = None
    predicted_reason: str = ""
    confidence: float | None = None
    batch: str = ""
    stamp: str = ""
    """Versions of lexicon and program at the time."""
    target_kind: Kind | None = None
    target_parents: tuple[str, ...] = ()
    """Kind and parents of the concept at the time: what tells a later release that moved it."""


class NameQualifier(NamedTuple):
    """What a name says beside its concept: strength, form, release, laterality, stage, grade, certainty ..."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a name: what to look up, and what was taken off or written out to get there.

    `names` are several for a list, a co-occurrence or a combination. `worth` in (0, 1] is what is left of a score, and
    `reason` says in a curator's words what was done. `kinds` limits what is looked up; empty: no limit.
    """

    names: tuple[str, ...]
    worth: float
    reason: str
    kinds: frozenset[Kind] = frozenset()
    qualifiers: tuple[NameQualifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Grounding:
    """What a name stands for: matches that can be trusted, best first; none and `abstained` where none can.

    `candidates` are what was found below the threshold: suggestions for a curator, never an answer. Several `parts`
    mean that the name is a list or a combination; `matches` then hold the best match of each part, in their order.
    """

    name: str
    matches: tuple[Match, ...] = ()
    abstained: bool = False
    candidates: tuple[Match, ...] = ()
    parts: tuple[str, ...] = ()
    qualifiers: tuple[NameQualifier, ...] = ()
    rejected: tuple[Decision, ...] = ()
    """What curators said that the name is not: that no concept fits, or which ones do not."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in a text where a name of the lexicon stands: characters `start` to `end`, matches best first."""

    start: int
    end: int
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class TerminologyInfo:
    """What is known of a terminology as a whole; `source` says whom to credit."""

    name: str
    prefix: str
    title: str
    version: str
    licence: str
    source: str


class Terminology(Protocol):
    """A reader of one terminology: one file in `ontologies/terminologies/`."""

    name: str

    def read_info(self, path: Path) -> TerminologyInfo:
        """Name, version and licence of the release at `path`."""
        ...

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """The concepts of the release at `path`, streamed."""
        ...
