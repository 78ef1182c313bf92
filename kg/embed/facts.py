"""A graph as facts to learn from: what its sources affirm, with the documents behind each, and apart what they deny.

Which facts count is written down in docs/decisions/0037-what-a-model-may-learn-and-be-asked.md.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from extractors.model import Assertion
from kg.embed.triples import Rows, Triples, number
from kg.export.view import View
from kg.model import Fact, LoadedDocument, Node, Status
from kg.predicates import PREDICATES
from ontologies.model import Kind

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: Assertions that say a thing is so; what is merely supposed, or was so in a relative, affirms nothing.
AFFIRMING = frozenset({Assertion.PRESENT, Assertion.HISTORICAL, Assertion.POSSIBLE})


@dataclass(frozen=True, slots=True)
class FactSettings:
    """Which of the affirmed facts are learned from; `predicates` empty means all."""

    predicates: tuple[str, ...] = ()
    without_kinds: tuple[Kind, ...] = (Kind.QUANTITY,)
    """Facts with a concept of these kinds are left out: a dose is a number, not a thing with neighbours."""
    min_confidence: float = 0.0
    assertions: frozenset[Assertion] = AFFIRMING


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """The documents that affirm each fact: those of fact `i` are `places[starts[i]:starts[i + 1]]`, in rising order."""

    documents: tuple[str, ...]
    effective: tuple[str, ...]
    """Since when each document holds, as ISO 8601; empty where it does not say."""
    starts: Numbers
    places: Numbers

    def facts_of_places(self) -> Numbers:
        """The number of the fact for each entry of `places`."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def of(self, fact: int) -> tuple[str, ...]:
        """The ids of the documents that affirm a fact."""
        return tuple(self.documents[at] for at in self.places[self.starts[fact] : self.starts[fact + 1]])

    def take(self, facts: Numbers) -> Sources:
        """The sources of these facts alone, in their order."""
        counts = np.diff(self.starts)[facts]
        starts = np.concatenate([[0], np.cumsum(counts)])
        offsets = np.arange(starts[-1]) - np.repeat(starts[:-1], counts)
        return Sources(
            self.documents, self.effective, starts, self.places[np.repeat(self.starts[facts], counts) + offsets]
        )


@dataclass(frozen=True, slots=True, eq=False)
class GraphFacts:
    """Facts to learn from, what stands behind them, and what the sources deny or are divided about."""

    triples: Triples
    nodes: tuple[Node, ...]
    """The concepts, in the order of `triples.entities`."""
    confidence: npt.NDArray[np.float32]
    sources: Sources
    denied: Rows
    """Facts whose every row of evidence denies them: known to be wrong, and never learned from."""
    contested: Rows
    """Facts about which sources are divided: neither right nor wrong, so neither learned from nor asked."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many facts of the graph are not among `triples`, by the reason."""
    graph_version: str = ""

    def __len__(self) -> int:
        return len(self.triples)


@dataclass(slots=True)
class _Read:
    """The facts of a graph while their evidence is read."""

    facts: list[Fact]
    affirmed: Mask
    denied: Mask
    pairs: Numbers


def read_facts(view: View, settings: FactSettings | None = None) -> GraphFacts:
    """The facts of a graph, or of a part of it, as triples; the same graph gives the same numbers.

    A fact that is only denied, or about which its own evidence is divided, is no example of its predicate. A denying
    predicate (`contraindicated_in`, `not_indicated_for`) stands where another affirms what it denies; the other does
    not.
    """
    settings = settings or FactSettings()
    with view.store.snapshot():
        documents = list(view.iter_documents())
        read = _read_evidence(view, list(view.iter_facts()), documents, settings.assertions)
        version = view.store.get_meta()["graph_version"]
    reasons = [
        _why_not(fact, affirmed, denied, settings)
        for fact, affirmed, denied in zip(read.facts, read.affirmed, read.denied, strict=True)
    ]
    kept = np.array([not reason for reason in reasons], bool)
    triples = number(_named(fact) for fact, keep in zip(read.facts, kept, strict=True) if keep)
    return GraphFacts(
        triples,
        _nodes(read.facts, triples.entities),
        np.array([fact.confidence for fact, keep in zip(read.facts, kept, strict=True) if keep], np.float32),
        _sources(documents, read.pairs, len(read.facts)).take(np.flatnonzero(kept)),
        _rows_apart(triples, read.facts, reasons, "denied"),
        _rows_apart(triples, read.facts, reasons, "contested"),
        _counted(reasons),
        version,
    )


def _read_evidence(
    view: View, facts: list[Fact], documents: Sequence[LoadedDocument], assertions: frozenset[Assertion]
) -> _Read:
    place = {fact.id: at for at, fact in enumerate(facts)}
    listed = {document.id: at for at, document in enumerate(documents)}
    denied, pairs = np.zeros(len(facts), bool), array("q")
    for row in view.iter_evidence():
        if row.assertion is Assertion.NEGATED:
            denied[place[row.fact_id]] = True
        elif row.assertion in assertions:
            pairs.extend((place[row.fact_id], listed[row.document]))
    told = np.unique(np.frombuffer(pairs, np.int64).reshape(-1, 2), axis=0) if pairs else np.zeros((0, 2), np.int64)
    affirmed = np.zeros(len(facts), bool)
    affirmed[told[:, 0]] = True
    return _Read(facts, affirmed, denied, told)


def _why_not(fact: Fact, affirmed: bool, denied: bool, settings: FactSettings) -> str:
    """Why a fact is not learned from; empty where it is."""
    if settings.predicates and fact.predicate not in settings.predicates:
        return "predicate"
    if fact.subject.kind in settings.without_kinds or fact.object.kind in settings.without_kinds:
        return "kind"
    if fact.status is Status.NEGATIVE:
        return "denied"
    if fact.status is Status.CONTESTED and (denied or not PREDICATES[fact.predicate].negative_of):
        return "contested"
    if not affirmed:
        return "supposed"
    return "confidence" if fact.confidence < settings.min_confidence else ""


def _named(fact: Fact) -> tuple[str, str, str]:
    return fact.subject.curie, fact.predicate, fact.object.curie


def _nodes(facts: Iterable[Fact], entities: Sequence[str]) -> tuple[Node, ...]:
    met = {side.curie: side for fact in facts for side in (fact.subject, fact.object)}
    return tuple(met[curie] for curie in entities)


def _sources(documents: Sequence[LoadedDocument], pairs: Numbers, facts: int) -> Sources:
    starts = np.searchsorted(pairs[:, 0], np.arange(facts + 1))
    ids, dates = tuple(one.id for one in documents), tuple(one.effective for one in documents)
    return Sources(ids, dates, starts, pairs[:, 1].copy())


def _rows_apart(triples: Triples, facts: Iterable[Fact], reasons: Iterable[str], reason: str) -> Rows:
    """The rows of what is left out for that reason, where its concepts and predicate are among those learned from."""
    place = {name: at for at, name in enumerate(triples.entities)}
    kind = {name: at for at, name in enumerate(triples.relations)}
    named = [_named(fact) for fact, why in zip(facts, reasons, strict=True) if why == reason]
    rows = [(place.get(one, -1), kind.get(what, -1), place.get(other, -1)) for one, what, other in named]
    return np.array([row for row in rows if min(row) >= 0], np.int64).reshape(-1, 3)


def _counted(reasons: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for reason in filter(None, reasons):
        counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items()))
