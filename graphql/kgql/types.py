"""The GraphQL types of concepts, facts, evidence and documents; resolvers read through the loaders, no more."""

from __future__ import annotations

from typing import Any, Self, TypeAlias

import strawberry
from strawberry.types import Info as StrawberryInfo

from extractors import model as text
from extractors.model import Assertion
from kg import model
from kg.model import FactQuery, Status
from kgql.described import described_field, described_interface, described_type
from kgql.filters import fact_query
from kgql.limits import check_first
from kgql.loaders import Context, EvidenceKey, PageKey
from kgql.names import Language, Predicate, Side
from kgql.parts import PageInfo, Qualifier
from ontologies.model import Kind

Info: TypeAlias = StrawberryInfo[Context, None]

#: Characters of a document's text that count as one row against a request's budget.
CHARACTERS_A_ROW = 200


@described_type
class Concept:
    """An entry of a terminology, or a name that waits for one (`aligned: false`)."""

    id: strawberry.ID = strawberry.field(description="Its CURIE, for example rxnorm:11289.")
    name: str
    name_zh: str | None
    kind: Kind
    synonyms: list[str]
    aligned: bool = strawberry.field(description="False while no terminology is known to hold this name.")

    @classmethod
    def of(cls, node: model.Node) -> Self:
        """The concept of a node."""
        return cls(
            id=strawberry.ID(node.curie),
            name=node.name,
            name_zh=node.name_zh or None,
            kind=node.kind,
            synonyms=list(node.synonyms),
            aligned=node.aligned,
        )

    @described_field
    async def facts(
        self,
        info: Info,
        first: int,
        after: str | None = None,
        predicates: list[Predicate] | None = None,
        statuses: list[Status] | None = None,
        min_confidence: float = 0.0,
        side: Side = Side.EITHER,
    ) -> FactConnection:
        """Facts about this concept, most confident first."""
        query = fact_query(
            **{side.value: self.id}, predicates=predicates, statuses=statuses, min_confidence=min_confidence
        )
        return await FactConnection.read(info, query, first=first, after=after, seen_from=self.id)


@described_interface
class FactFields:
    """What a fact says, how sure it is, and the sentences behind it."""

    id: strawberry.ID = strawberry.field(description="Hash of subject, predicate and object: survives rebuilds.")
    subject: Concept
    predicate: Predicate
    object: Concept
    confidence: float
    status: Status
    document_count: int = strawberry.field(description="How many documents support it.")
    evidence_count: int = strawberry.field(
        description="How many rows of evidence it has; the restricted ones of a document count as one."
    )
    countries: list[str] = strawberry.field(description="Countries whose labels say so, ISO 3166 alpha-2.")
    qualifiers: list[Qualifier] = strawberry.field(description="All qualifiers of its evidence, most frequent first.")

    @described_field
    async def evidence(self, info: Info, first: int = 3, language: Language | None = None) -> list[Evidence]:
        """The best sentences behind this fact; those written in `language` come before others."""
        first = check_first(first, info.context.limits.first)
        key = EvidenceKey(self.id, first, language.value if language else None)
        return [Evidence.of(row) for row in await info.context.loaders.evidence.load(key)]


def _fields(fact: model.Fact) -> dict[str, Any]:
    return {
        "id": strawberry.ID(fact.id),
        "subject": Concept.of(fact.subject),
        "predicate": Predicate(fact.predicate),
        "object": Concept.of(fact.object),
        "confidence": fact.confidence,
        "status": fact.status,
        "document_count": fact.documents,
        "evidence_count": fact.evidence_count,
        "countries": list(fact.countries),
        "qualifiers": Qualifier.of(fact.qualifiers),
    }


@described_type
class Fact(FactFields):
    """A fact with both of its sides."""

    @classmethod
    def of(cls, fact: model.Fact) -> Self:
        """The fact as the store gives it."""
        return cls(**_fields(fact))


@described_type
class FactEdge(FactFields):
    """A fact as met on the way to `node`: the edge carries what is said."""

    node: Concept = strawberry.field(description="The other side, seen from where you asked; else the object.")
    fact: strawberry.Private[model.Fact]
    query: strawberry.Private[FactQuery]

    @classmethod
    def of(cls, fact: model.Fact, query: FactQuery, *, seen_from: str | None) -> Self:
        """The edge of `query`'s answer that leads from `seen_from` (either side, or None) to the other side."""
        fields = _fields(fact)
        node = fields["subject"] if fact.object.curie == seen_from else fields["object"]
        return cls(**fields, node=node, fact=fact, query=query)

    @described_field
    def cursor(self, info: Info) -> str:
        """Pass it as `after` to go on behind this fact."""
        return info.context.graph.write_cursor(self.fact, self.query)


@described_type
class FactConnection:
    """A page of facts, most confident first."""

    edges: list[FactEdge]
    page_info: PageInfo

    @classmethod
    async def read(
        cls, info: Info, query: FactQuery, *, first: int, after: str | None, seen_from: str | None = None
    ) -> Self:
        """The page of `query`'s answer that `first` and `after` choose."""
        context = info.context
        key = PageKey(query, check_first(first, context.limits.first), after)
        page = await context.loaders.pages.load(key)
        edges = [FactEdge.of(fact, query, seen_from=seen_from) for fact in page.facts]
        ends = [context.graph.write_cursor(fact, query) for fact in (*page.facts[:1], *page.facts[-1:])]
        return cls(edges=edges, page_info=PageInfo.of(ends, more=page.cursor, after=after))


@described_type
class Evidence:
    """One row of the record: who says so, where, in which words."""

    id: strawberry.ID
    quote: str = strawberry.field(
        description="The sentence, or the row of a table, word for word; empty where it is withheld: see `restricted`."
    )
    restricted: bool = strawberry.field(
        description="True for de-identified sentences of notes: they count, their quote is for who has the scope."
    )
    section: str = strawberry.field(description="LOINC code of the section, or its role or title without one.")
    section_title: str
    start: int = strawberry.field(description="First character of the quote in the document's text.")
    end: int = strawberry.field(description="Character after the last of the quote.")
    version: int = strawberry.field(description="Version of the document that says so.")
    country: str | None
    extractor: str
    score: float
    assertion: Assertion
    qualifiers: list[Qualifier]
    subject_name: str | None = strawberry.field(description="The subject's name as the document writes it.")
    object_name: str | None = strawberry.field(description="The object's name as the document writes it.")
    document_id: strawberry.ID

    @classmethod
    def of(cls, row: model.Evidence) -> Self:
        """The evidence as the store gives it."""
        return cls(
            id=strawberry.ID(row.id),
            quote=row.quote,
            restricted=row.restricted,
            section=row.section,
            section_title=row.section_title,
            start=row.start,
            end=row.end,
            version=row.version,
            country=row.country or None,
            extractor=row.extractor,
            score=row.score,
            assertion=row.assertion,
            qualifiers=Qualifier.of(row.qualifiers),
            subject_name=row.subject_name or None,
            object_name=row.object_name or None,
            document_id=strawberry.ID(row.document),
        )

    @described_field
    async def document(self, info: Info) -> Document | None:
        """The document that says so."""
        return Document.of(await info.context.loaders.documents.load(self.document_id))


@described_type
class Section:
    """A titled, coded range of a document's text."""

    code: str | None = strawberry.field(description="LOINC code, where the standard gives one.")
    title: str
    kind: str | None = strawberry.field(description="Its role: indications, contraindications ...")
    level: int
    start: int
    end: int
    source: strawberry.Private[str]

    @classmethod
    def of(cls, section: text.Section, source: str) -> Self:
        """The section of a document whose text is `source`."""
        return cls(
            code=section.code or None,
            title=section.title,
            kind=section.kind or None,
            level=section.level,
            start=section.start,
            end=section.end,
            source=source,
        )

    @described_field
    def text(self, info: Info) -> str:
        """Its whole text, subsections included."""
        info.context.budget.spend(1 + (self.end - self.start) // CHARACTERS_A_ROW)
        return self.source[self.start : self.end]


@described_type
class Document:
    """One label version or one record: text with sections, and the facts it supports."""

    id: strawberry.ID
    title: str
    version: int
    type: str | None = strawberry.field(description="Its type in words, e.g. HUMAN PRESCRIPTION DRUG LABEL.")
    source: str = strawberry.field(description="The reader that made it: spl, openfda, insert_cn, epi.")
    language: str
    country: str | None
    effective: str | None = strawberry.field(description="Date of effect, YYYY-MM-DD.")
    restricted: bool = strawberry.field(description="Whether its sections are given to who asks with the scope alone.")

    @classmethod
    def of(cls, document: model.LoadedDocument | None) -> Self | None:
        """The document as the graph lists it, or None."""
        if document is None:
            return None
        return cls(
            id=strawberry.ID(document.id),
            title=document.title,
            version=document.version,
            type=document.type or None,
            source=document.source,
            language=document.language,
            country=document.country or None,
            effective=document.effective or None,
            restricted=document.restricted,
        )

    @described_field
    async def sections(self, info: Info, kinds: list[str] | None = None) -> list[Section]:
        """Its sections in reading order; `kinds` names the roles wanted."""
        document = await info.context.loaders.texts.load(self.id)
        if document is None:
            return []
        return [Section.of(s, document.text) for s in document.sections if not kinds or s.kind in kinds]

    @described_field
    async def facts(
        self,
        info: Info,
        first: int,
        after: str | None = None,
        predicates: list[Predicate] | None = None,
        statuses: list[Status] | None = None,
        min_confidence: float = 0.0,
    ) -> FactConnection:
        """Facts that this document supports, most confident first."""
        query = fact_query(document=self.id, predicates=predicates, statuses=statuses, min_confidence=min_confidence)
        return await FactConnection.read(info, query, first=first, after=after)
