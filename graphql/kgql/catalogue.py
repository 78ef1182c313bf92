"""The GraphQL types of conflicts, search results, and what is known of the graph as a whole."""

from __future__ import annotations

from typing import Self

import strawberry

from kg import model
from kg.credits import get_terminologies
from kg.version import get_version
from kgql.described import described_field, described_type
from kgql.models import VectorModel
from kgql.parts import PageInfo
from kgql.types import Concept, Fact, Info
from ontologies.model import TerminologyInfo


@described_type
class SearchResult:
    """A concept that fits the words searched for; `score` is 1 for a whole name."""

    score: float
    node: Concept


@described_type
class Conflict:
    """Two facts about the same pair of concepts that oppose each other."""

    fact: Fact
    opposing: Fact


@described_type
class ConflictEdge:
    """One conflict of a page."""

    node: Conflict
    cursor: str | None = strawberry.field(description="Only the last one of a page that has a next page has one.")

    @classmethod
    def of(cls, conflict: model.Conflict, *, cursor: str | None) -> Self:
        """The conflict as the store gives it."""
        return cls(node=Conflict(fact=Fact.of(conflict.fact), opposing=Fact.of(conflict.opposing)), cursor=cursor)


@described_type
class ConflictConnection:
    """A page of conflicts."""

    edges: list[ConflictEdge]
    page_info: PageInfo


@described_type
class Terminology:
    """A terminology that names of this graph were aligned to, and whom to credit for it."""

    name: str
    prefix: str
    title: str
    version: str
    licence: str
    source: str

    @classmethod
    def of(cls, info: TerminologyInfo) -> Self:
        """The terminology as the lexicon knows it."""
        return cls(
            **{name: getattr(info, name) for name in ("name", "prefix", "title", "version", "licence", "source")}
        )


@described_type
class Count:
    """How many there are of one name."""

    name: str
    count: int

    @classmethod
    def of(cls, counts: dict[str, int]) -> list[Self]:
        """The counts of a mapping, in its order."""
        return [cls(name=name, count=count) for name, count in counts.items()]


@described_type
class Counts:
    """Counts over the whole graph."""

    concepts: int
    facts: int
    evidence: int
    documents: int
    conflicts: int
    unaligned: int = strawberry.field(description="Concepts whose name no terminology is known to hold.")
    kinds: list[Count]
    predicates: list[Count]
    statuses: list[Count]
    countries: list[Count]

    @classmethod
    def of(cls, stats: model.Stats) -> Self:
        """The counts as the store gives them."""
        return cls(
            concepts=stats.nodes,
            facts=stats.facts,
            evidence=stats.evidence,
            documents=stats.documents,
            conflicts=stats.conflicts,
            unaligned=stats.unaligned,
            kinds=Count.of(stats.kinds),
            predicates=Count.of(stats.predicates),
            statuses=Count.of(stats.statuses),
            countries=Count.of(stats.countries),
        )


@described_type
class Meta:
    """What is known of the graph as a whole."""

    graph_version: str = strawberry.field(description="Changes with every commit: good as a part of cache keys.")
    built_at: str | None = strawberry.field(description="Time of the last change, ISO 8601 in UTC.")
    lexicon: str | None = strawberry.field(description="Version stamp of the terminologies it was built with.")
    software_version: str
    schema_version: str = strawberry.field(description="Version of this GraphQL schema: a hash of its text.")
    terminologies: list[Terminology]

    @classmethod
    def of(cls, meta: dict[str, str], *, schema: str) -> Self:
        """What the store's meta data say."""
        return cls(
            graph_version=meta.get("graph_version", ""),
            built_at=meta.get("changed_at") or None,
            lexicon=meta.get("lexicon") or None,
            software_version=get_version(),
            schema_version=schema,
            terminologies=[Terminology.of(info) for info in get_terminologies(meta)],
        )

    @described_field
    def vectors(self, info: Info) -> VectorModel | None:
        """The model that `similar` and `predictions` ask, or null where there is none."""
        model = info.context.get_model()
        return VectorModel.of(info, model) if model else None

    @described_field
    def counts(self, info: Info) -> Counts:
        """Counts over the whole graph."""
        return Counts.of(info.context.graph.get_stats())
