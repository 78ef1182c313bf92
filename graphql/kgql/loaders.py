"""What one request reads from the store: gathered so that a level of the query costs one call of each kind.

Keys asked for in one turn of the event loop are answered together (Byron, "DataLoader", 2015); nothing outlives the
request, so a loader never shows another snapshot's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

from strawberry.dataloader import DataLoader

from extractors.model import Document
from kg.embed.trained import Trained
from kg.language import WIDER, prefer_language
from kg.model import Evidence, Fact, FactQuery, LoadedDocument, Node, Page
from kg.roles import Catalogue, GraphReader, Library, Snapshots
from kgql.limits import Budget, Limits
from ontologies.ground import Grounder

K = TypeVar("K")
V = TypeVar("V")


class Graph(GraphReader, Library, Catalogue, Snapshots, Protocol):
    """The roles of a store that serving needs."""


#: Gives the CURIE under which a graph keeps what another vocabulary's CURIE names; the CURIE itself where unknown.
Canonical = Callable[[str], str]


#: Gives the model of the moment that `similar` and `predictions` ask, None where there is none.
GetModel = Callable[[], Trained | None]


def no_model() -> None:
    """What a service without vectors asks for its model."""


class EvidenceKey(NamedTuple):
    """The best `first` evidence rows of a fact, those in `language` before others."""

    fact: str
    first: int
    language: str | None = None

    @property
    def looked_at(self) -> int:
        """How many rows are looked at to find them."""
        return self.first + (WIDER if self.language else 0)

    def choose(self, rows: list[Evidence]) -> list[Evidence]:
        """The rows asked for, of those looked at."""
        best = rows[: self.looked_at]
        return (prefer_language(best, self.language) if self.language else best)[: self.first]


class PageKey(NamedTuple):
    """A page of facts."""

    query: FactQuery
    first: int
    after: str | None


@dataclass(slots=True)
class Loaders:
    """Batched reads of one request, charged to its budget before they are handed on."""

    graph: Graph
    budget: Budget
    canonical: Canonical = str
    nodes: DataLoader[str, Node | None] = field(init=False)
    pages: DataLoader[PageKey, Page] = field(init=False)
    evidence: DataLoader[EvidenceKey, list[Evidence]] = field(init=False)
    facts: DataLoader[str, Fact | None] = field(init=False)
    documents: DataLoader[str, LoadedDocument | None] = field(init=False)
    texts: DataLoader[str, Document | None] = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = _loader(self._read_nodes)
        self.pages = _loader(self._read_pages)
        self.evidence = _loader(self._read_evidence)
        self.facts = _loader(self._read_facts)
        self.documents = _loader(self._read_documents)
        self.texts = _loader(self._read_texts)

    def _read_nodes(self, curies: Sequence[str]) -> list[Node | None]:
        """The nodes as named, or as the vocabulary that the graph prefers names them."""
        self.budget.spend(len(curies))
        found = self.graph.get_nodes([*curies, *map(self.canonical, curies)])
        return [node or other for node, other in zip(found, found[len(curies) :], strict=False)]

    def _read_pages(self, keys: Sequence[PageKey]) -> list[Page]:
        return [self._read_page(key) for key in keys]

    def _read_page(self, key: PageKey) -> Page:
        page = self.graph.find_facts(key.query, first=key.first, after=key.after)
        self.budget.spend(1 + len(page.facts))
        return page

    def _read_evidence(self, keys: Sequence[EvidenceKey]) -> list[list[Evidence]]:
        rows = self.graph.get_evidence([key.fact for key in keys], first=max(key.looked_at for key in keys))
        self.budget.spend(sum(len(found) for found in rows.values()))
        return [key.choose(rows.get(key.fact, [])) for key in keys]

    def _read_facts(self, ids: Sequence[str]) -> list[Fact | None]:
        page = self.graph.find_facts(FactQuery(ids=tuple(ids)), first=len(ids))
        self.budget.spend(len(ids))
        found = {fact.id: fact for fact in page.facts}
        return [found.get(id_) for id_ in ids]

    def _read_documents(self, ids: Sequence[str]) -> list[LoadedDocument | None]:
        self.budget.spend(len(ids))
        return self.graph.get_loaded(ids)

    def _read_texts(self, ids: Sequence[str]) -> list[Document | None]:
        return [self.graph.get_document(id_) for id_ in ids]


def _loader(read: Callable[[Sequence[K]], Sequence[V]]) -> DataLoader[K, V]:
    async def load(keys: list[K]) -> Sequence[V]:
        return read(keys)

    return DataLoader(load_fn=load)


@dataclass(slots=True)
class Context:
    """What resolvers see of a request."""

    graph: Graph
    limits: Limits
    schema_version: str
    budget: Budget
    loaders: Loaders
    grounder: Grounder | None = None
    get_model: GetModel = no_model

    @classmethod
    def of(
        cls,
        graph: Graph,
        limits: Limits,
        schema_version: str,
        canonical: Canonical = str,
        grounder: Grounder | None = None,
        get_model: GetModel = no_model,
    ) -> Context:
        """A fresh context for one request."""
        budget = Budget(limits.rows)
        loaders = Loaders(graph, budget, canonical)
        return cls(graph, limits, schema_version, budget, loaders, grounder, get_model)
