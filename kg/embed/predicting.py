"""What a model expects beyond what any source states: the known facts left out, each with what speaks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from kg.embed.calibrating import ALL, Calibration, log_shares
from kg.embed.errors import EmbeddingError
from kg.embed.judging import fitting
from kg.embed.scorer import Scorer
from kg.embed.trained import Trained
from kg.errors import UnknownNameError
from kg.model import Fact, FactQuery, Node
from kg.predicates import OPPOSITES, PREDICATES
from kg.roles import GraphReader

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What is said wherever a prediction is shown.
NOTICE = "predicted, not stated by any source"

_PAGE = 500


class Predicted(StrEnum):
    """The one status of predictions, which no fact has."""

    PREDICTED = "predicted"


@dataclass(frozen=True, slots=True)
class Prediction:
    """Two concepts and a predicate that a model expects between them: no fact, nobody says so."""

    subject: Node
    predicate: str
    object: Node
    rank: int
    """Its place among all candidates, from 1."""
    score: float
    """The logarithm of its share of the scores of all candidates; 0 would be all of it."""
    probability: float | None
    """How often candidates scored so were facts held out; None where there were none to learn that from, and of
    newcomers, whose vectors were not trained with those that it was learned from."""
    stated: tuple[Fact, ...] = ()
    """What sources do state of the two, by other predicates."""
    status: Predicted = Predicted.PREDICTED


@dataclass(frozen=True, slots=True)
class Predictions:
    """The best predictions of one question, and what was no candidate."""

    found: tuple[Prediction, ...]
    candidates: int
    known: int
    """Facts of the question that sources state: left out."""
    opposed: int
    """Facts that deny what is asked: left out as well."""


class Predictor:
    """Predicts from a model and a graph; the known facts are those of the graph as it is now."""

    def __init__(self, graph: GraphReader, trained: Trained) -> None:
        self._graph = graph
        self._trained = trained
        self._scorer = open_scorer(trained)
        self._calibrations = {name: Calibration(**told) for name, told in trained.about.calibrations.items()}  # type: ignore[arg-type]

    def predict(self, subject: Node, predicate: str, *, first: int = 10) -> Predictions:
        """The `first` likeliest objects that no source states, nor denies.

        What is the same as a known object is left out too.

        Raises:
            UnknownNameError: there is no such predicate.
            EmbeddingError: the model has no vector of the subject or of the predicate.
        """
        if predicate not in PREDICATES:
            raise UnknownNameError("predicate", predicate, list(PREDICATES))
        scores = self._scorer.objects(subject.curie, predicate)
        known, opposed = self._known(subject.curie, predicate)
        candidate = self._candidates(predicate, known | opposed | {subject.curie})
        shares = np.full(len(scores), -np.inf)
        shares[candidate] = log_shares(scores[candidate]) if candidate.any() else 0
        found = self._describe(subject, predicate, self._best(shares, known, first))
        return Predictions(tuple(found), int(candidate.sum()), len(known), len(opposed))

    def _known(self, subject: str, predicate: str) -> tuple[set[str], set[str]]:
        """The objects of which sources state it, and those of which they state the opposite."""
        opposites = {one for pair in OPPOSITES for one in pair if predicate in pair} - {predicate}
        stated = self._objects(subject, (predicate,))
        return stated, (self._objects(subject, tuple(sorted(opposites))) if opposites else set()) - stated

    def _objects(self, subject: str, predicates: tuple[str, ...]) -> set[str]:
        found: set[str] = set()
        cursor: str | None = None
        while True:
            page = self._graph.find_facts(FactQuery(subject=subject, predicates=predicates), first=_PAGE, after=cursor)
            found |= {fact.object.curie for fact in page.facts}
            cursor = page.cursor
            if cursor is None:
                return found

    def _candidates(self, predicate: str, left_out: set[str]) -> NDArray[np.bool_]:
        candidate = fitting(self._scorer, predicate)
        candidate[[place for place in map(self._scorer.place, sorted(left_out)) if place is not None]] = False
        return candidate

    def _best(self, shares: NDArray[np.float64], known: set[str], first: int) -> list[tuple[str, float, int]]:
        """Names with log share and rank, those that are the same as a known one left out."""
        names = self._scorer.vectors.names
        found: list[tuple[str, float, int]] = []
        for rank, row in enumerate(np.argsort(-shares, kind="stable"), 1):
            if len(found) == first or shares[row] == -np.inf:
                break
            if not known or known.isdisjoint(self._objects(names[row], ("same_as",))):
                found.append((names[row], float(shares[row]), rank))
        return found

    def _describe(self, subject: Node, predicate: str, found: list[tuple[str, float, int]]) -> Iterator[Prediction]:
        nodes = self._graph.get_nodes([name for name, _, _ in found])
        for node, (_, share, rank) in zip(nodes, found, strict=True):
            # A concept that left the graph since has vectors still, and nothing can be said of it.
            if node is not None:
                yield Prediction(
                    subject,
                    predicate,
                    node,
                    rank,
                    share,
                    self._probability(subject, predicate, node, share),
                    self._stated(subject, node),
                )

    def _probability(self, subject: Node, predicate: str, object_: Node, share: float) -> float | None:
        if {subject.curie, object_.curie} & self._trained.newcomers:
            return None
        calibration = self._calibrations.get(predicate) or self._calibrations.get(ALL)
        return calibration.probability(share) if calibration else None

    def _stated(self, subject: Node, object_: Node) -> tuple[Fact, ...]:
        ways = (subject, object_), (object_, subject)
        pages = (self._graph.find_facts(FactQuery(subject=a.curie, object=b.curie), first=_PAGE) for a, b in ways)
        return tuple({fact.id: fact for page in pages for fact in page.facts}.values())


def open_scorer(trained: Trained) -> Scorer:
    """What scores facts by a model; raises `EmbeddingError` where the model tells only what is alike."""
    if trained.relations is None:
        raise EmbeddingError(
            f"{trained.about.name} ({trained.about.model}) has vectors of concepts alone and predicts no facts: train "
            "one of complex, distmult, rotate, transe or gnn"
        )
    return Scorer(trained.vectors, trained.relations, trained.about.scoring)
