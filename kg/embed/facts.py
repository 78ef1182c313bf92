"""A graph as facts to learn from: what its sources affirm, with the documents behind each, and apart what they deny.

Which facts count is written down in docs/decisions/0037-what-a-model-may-learn-and-be-asked.md.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from extractors.model import Assertion
from kg.embed.triples import Rows, Triples
from kg.export.view import View
from kg.model import Fact, Node, Status
from kg.predicates import PREDICATES
from ontologies.model import Kind

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_STATUSES = tuple(Status)
_REASONS = ("predicate", "kind", "denied", "contested", "supposed", "confidence")

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
class _Table:
    """The facts of a graph as numbers, in the order of the store."""

    facts: dict[bytes, int] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    predicates: dict[str, int] = field(default_factory=dict)
    numbers: array[int] = field(default_factory=lambda: array("q"))
    confidence: array[float] = field(default_factory=lambda: array("f"))
    statuses: bytearray = field(default_factory=bytearray)

    def add(self, fact: Fact) -> None:
        self.facts[bytes.fromhex(fact.id)] = len(self.facts)
        for side in (fact.subject, fact.object):
            self.nodes.setdefault(side.curie, side)
        one, other = (self.places.setdefault(side.curie, len(self.places)) for side in (fact.subject, fact.object))
        self.numbers.extend((one, self.predicates.setdefault(fact.predicate, len(self.predicates)), other))
        self.confidence.append(fact.confidence)
        self.statuses.append(_STATUSES.index(fact.status))

    def rows(self) -> Rows:
        return np.array(self.numbers, np.int64).reshape(-1, 3)

    def status_is(self, status: Status) -> Mask:
        found: Mask = np.frombuffer(bytes(self.statuses), np.uint8) == _STATUSES.index(status)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What the evidence of each fact says: whether a row affirms it, whether one denies it, and who affirms it."""

    affirmed: Mask
    denied: Mask
    sources: Sources


def read_facts(view: View, settings: FactSettings | None = None) -> GraphFacts:
    """The facts of a graph, or of a part of it, as triples; the same graph gives the same numbers.

    A fact that is only denied, or about which its own evidence is divided, is no example of its predicate. A denying
    predicate (`contraindicated_in`, `not_indicated_for`) stands where another affirms what it denies; the other does
    not. Facts and evidence are streamed: some 250 bytes are kept for each fact, and 16 for each row of evidence.
    """
    table = _Table()
    with view.store.snapshot():
        for fact in view.iter_facts():
            table.add(fact)
        told = _read_evidence(view, table, (settings or FactSettings()).assertions)
        version = view.store.get_meta()["graph_version"]
    why = _why_not(table, told, settings or FactSettings())
    kept = np.flatnonzero(why == 0)
    triples, number = _numbered(table, kept)
    return GraphFacts(
        triples,
        tuple(table.nodes[curie] for curie in triples.entities),
        np.array(table.confidence, np.float32)[kept],
        told.sources.take(kept),
        number(table.rows()[why == _REASONS.index("denied") + 1]),
        number(table.rows()[why == _REASONS.index("contested") + 1]),
        {reason: int((why == code).sum()) for code, reason in enumerate(_REASONS, 1) if (why == code).any()},
        version,
    )


def _read_evidence(view: View, table: _Table, assertions: frozenset[Assertion]) -> _Told:
    documents = list(view.iter_documents())
    listed = {document.id: at for at, document in enumerate(documents)}
    denied, pairs = np.zeros(len(table.facts), bool), array("q")
    for row in view.iter_evidence():
        fact = table.facts[bytes.fromhex(row.fact_id)]
        if row.assertion is Assertion.NEGATED:
            denied[fact] = True
        elif row.assertion in assertions:
            pairs.append(fact * len(documents) + listed[row.document])
    facts, places = np.divmod(np.unique(np.array(pairs, np.int64)), max(1, len(documents)))
    starts = np.searchsorted(facts, np.arange(len(table.facts) + 1))
    ids, dates = tuple(one.id for one in documents), tuple(one.effective for one in documents)
    return _Told(np.diff(starts) > 0, denied, Sources(ids, dates, starts, places))


def _why_not(table: _Table, told: _Told, settings: FactSettings) -> npt.NDArray[np.int64]:
    """Why each fact is not learned from: 0 where it is, else the place of the first reason that holds, from 1 on."""
    rows = table.rows()
    unasked = np.array(
        [bool(settings.predicates) and name not in settings.predicates for name in table.predicates], bool
    )
    denying = np.array([bool(PREDICATES[name].negative_of) for name in table.predicates], bool)
    strange = np.array([table.nodes[curie].kind in settings.without_kinds for curie in table.places], bool)
    reasons = (
        unasked[rows[:, 1]],
        strange[rows[:, [0, 2]]].any(axis=1),
        table.status_is(Status.NEGATIVE),
        table.status_is(Status.CONTESTED) & (told.denied | ~denying[rows[:, 1]]),
        ~told.affirmed,
        np.array(table.confidence, np.float32) < np.float32(settings.min_confidence),
    )
    why: npt.NDArray[np.int64] = np.select(reasons, range(1, len(reasons) + 1), 0)
    return why


def _numbered(table: _Table, kept: Numbers) -> tuple[Triples, Callable[[Rows], Rows]]:
    """The kept facts under names in the order of their text, and what turns rows of the table into rows of those names.

    Rows with a name that no kept fact has are left out.
    """
    rows = table.rows()[kept]
    entities, relations = list(table.places), list(table.predicates)
    names = tuple(sorted(entities[at] for at in np.unique(rows[:, [0, 2]])))
    kinds = tuple(sorted(relations[at] for at in np.unique(rows[:, 1])))
    place, kind = np.full(len(entities), -1), np.full(len(relations), -1)
    place[[table.places[name] for name in names]] = np.arange(len(names))
    kind[[table.predicates[name] for name in kinds]] = np.arange(len(kinds))

    def number(given: Rows) -> Rows:
        turned: Rows = np.stack([place[given[:, 0]], kind[given[:, 1]], place[given[:, 2]]], axis=1)
        return turned[(turned >= 0).all(axis=1)]

    return Triples(names, kinds, number(rows)), number
