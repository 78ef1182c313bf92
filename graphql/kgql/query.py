"""The roots of the schema: what a client may ask for first."""

from __future__ import annotations

import strawberry

from kg.labelling import Question
from kg.model import Status
from kgql.catalogue import ConflictConnection, ConflictEdge, Meta, SearchResult
from kgql.described import described_field, described_type
from kgql.filters import check_ids, check_text, fact_query
from kgql.grounding import Grounding, ground_names
from kgql.labelling import Compared, find_compared
from kgql.limits import check_first
from kgql.models import SimilarConcept
from kgql.names import Predicate
from kgql.parts import PageInfo
from kgql.predictions import Prediction, find_predictions, find_similar
from kgql.types import Concept, Document, Fact, FactConnection, Info
from ontologies.curies import standard_xref
from ontologies.model import Kind


@described_type
class Query:
    """The roots of the schema."""

    @described_field
    async def concept(self, info: Info, id: strawberry.ID) -> Concept | None:  # noqa: A002
        """A concept by CURIE, or null; aliases of prefixes and other vocabularies' ids are understood."""
        return (await _concepts(info, [id]))[0]

    @described_field
    async def concepts(self, info: Info, ids: list[strawberry.ID]) -> list[Concept | None]:
        """Concepts by CURIE, in the order asked; null where unknown."""
        return await _concepts(info, ids)

    @described_field
    def search(self, info: Info, text: str, first: int, kinds: list[Kind] | None = None) -> list[SearchResult]:
        """Concepts whose names fit the words, their beginnings, or Chinese characters."""
        context = info.context
        words, limit = check_text(text, context.limits), check_first(first, context.limits.first)
        found = context.graph.find_nodes(words, kinds=kinds or (), limit=limit)
        context.budget.spend(1 + len(found))
        return [SearchResult(score=score, node=Concept.of(node)) for node, score in found]

    @described_field
    async def facts(
        self,
        info: Info,
        first: int,
        after: str | None = None,
        about: strawberry.ID | None = None,
        subject: strawberry.ID | None = None,
        object: strawberry.ID | None = None,  # noqa: A002
        document: strawberry.ID | None = None,
        predicates: list[Predicate] | None = None,
        statuses: list[Status] | None = None,
        min_confidence: float = 0.0,
    ) -> FactConnection:
        """Facts by either side, predicate, status, confidence, document; surest first."""
        query = fact_query(
            about=await _curie(info, about),
            subject=await _curie(info, subject),
            object=await _curie(info, object),
            document=document,
            predicates=predicates,
            statuses=statuses,
            min_confidence=min_confidence,
        )
        return await FactConnection.read(info, query, first=first, after=after, seen_from=query.about)

    @described_field
    async def fact(self, info: Info, id: strawberry.ID) -> Fact | None:  # noqa: A002
        """A fact by its id, or null."""
        found = await info.context.loaders.facts.load(id)
        return Fact.of(found) if found else None

    @described_field
    async def document(self, info: Info, id: strawberry.ID) -> Document | None:  # noqa: A002
        """A document by id, or null."""
        return Document.of(await info.context.loaders.documents.load(id))

    @described_field
    def conflicts(self, info: Info, first: int, after: str | None = None) -> ConflictConnection:
        """Pairs of facts that oppose each other, the surest first."""
        context = info.context
        found, more = context.graph.find_conflicts(first=check_first(first, context.limits.first), after=after)
        context.budget.spend(1 + 2 * len(found))
        edges = [ConflictEdge.of(c, cursor=more if c is found[-1] else None) for c in found]
        return ConflictConnection(edges=edges, page_info=PageInfo.of([], more=more, after=after))

    @described_field
    async def records_beside_labels(
        self, info: Info, question: Question, drug: strawberry.ID, first: int, unlabelled_only: bool = True
    ) -> list[Compared]:
        """What patients' records say of a drug beside its labels: off-label uses, unlabelled reactions."""
        curie = await _curie(info, drug)
        return find_compared(info, question, drug=curie or drug, first=first, unlabelled_only=unlabelled_only)

    @described_field
    def ground(
        self,
        info: Info,
        names: list[str],
        kind: Kind | None = None,
        language: str = "",
        to: str = "",
        top: int = 5,
    ) -> list[Grounding]:
        """What each name stands for, in the order asked; `to` is the prefix of the vocabulary wanted."""
        return ground_names(info, names, kind=kind, language=language, to=to, top=top)

    @described_field
    async def similar(
        self,
        info: Info,
        id: strawberry.ID,  # noqa: A002
        first: int,
        kinds: list[Kind] | None = None,
    ) -> list[SimilarConcept]:
        """Concepts most like one by the vectors of a trained model: what is used alike, not what is the same."""
        return find_similar(info, await _curie(info, id) or id, first=first, kinds=kinds or ())

    @described_field
    async def predictions(
        self, info: Info, subject: strawberry.ID, predicate: Predicate, first: int
    ) -> list[Prediction]:
        """What a trained model expects of a subject and a predicate: predicted, not stated by any source.

        Facts that sources state, and what they deny, are left out; the likeliest come first.
        """
        return find_predictions(info, await _curie(info, subject) or subject, predicate, first=first)

    @described_field
    def meta(self, info: Info) -> Meta:
        """Version, age, size and terminologies of the graph."""
        return Meta.of(info.context.graph.get_meta(), schema=info.context.schema_version)


async def _curie(info: Info, id_: str | None) -> str | None:
    """The CURIE under which the graph keeps what `id_` names; the CURIE itself where it keeps nothing."""
    if id_ is None:
        return None
    curie = standard_xref(id_)
    node = await info.context.loaders.nodes.load(curie)
    return node.curie if node else curie


async def _concepts(info: Info, ids: list[strawberry.ID]) -> list[Concept | None]:
    curies = check_ids(ids, info.context.limits)
    nodes = await info.context.loaders.nodes.load_many(curies)
    return [Concept.of(node) if node else None for node in nodes]
