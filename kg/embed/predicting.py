"""What a model expects beyond what any source states: the known facts left out, each with what speaks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from kg.embed.calibrating import Calibration, choose, log_shares
from kg.embed.errors import EmbeddingError, UnfitError
from kg.embed.forbidden import Denials, find_denials
from kg.embed.judging import fitting
from kg.embed.kin import Kin
from kg.embed.scorer import Scorer
from kg.embed.trained import Trained
from kg.errors import UnknownNameError
from kg.labelling import iter_facts
from kg.model import Fact, FactQuery, Node
from kg.predicates import PREDICATES
from kg.roles import GraphReader
from ontologies.lexicon import Lexicon

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What is said wherever a prediction is shown.
NOTICE = "predicted, not stated by any source"
NOTICE_ZH = "预测,无任何来源陈述"

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
    """The logarithm of its share of the scores of all candidates that were trained; 0 would be all of it."""
    probability: float | None
    """How often candidates scored so were facts held out; None where there were none to learn that from, of
    newcomers, and by a model that was refitted: their vectors were not trained with those that it was learned from."""
    stated: tuple[Fact, ...] = ()
    """What sources do state of the two, by other predicates."""
    cautions: tuple[Fact, ...] = ()
    """Of a use, what sources deny that lies below its object."""
    status: Predicted = Predicted.PREDICTED


@dataclass(frozen=True, slots=True)
class Predictions:
    """The best predictions of one question, and what was no candidate."""

    found: tuple[Prediction, ...]
    candidates: int
    known: int
    """Facts of the question that sources state: left out."""
    opposed: int
    """Objects that sources deny: left out as well, with what is the same or, of a use, lies below."""


class Predictor:
    """Predicts from a model and a graph; the known facts are those of the graph as it is now.

    With a `lexicon`, what it knows to be the same as, or above, a concept counts beside what the graph says of that.
    """

    def __init__(self, graph: GraphReader, trained: Trained, *, lexicon: Lexicon | None = None) -> None:
        self._graph = graph
        self._trained = trained
        self._kin = Kin(graph, lexicon)
        self._scorer = open_scorer(trained)
        # Curves are of the vectors that were measured, which a model that was trained again on all facts has no more.
        told = {} if trained.about.refitted else trained.about.calibrations
        self._calibrations = {name: Calibration(**one) for name, one in told.items()}  # type: ignore[arg-type]

    def predict(self, subject: Node, predicate: str, *, first: int = 10) -> Predictions:
        """The `first` likeliest objects that no source states, nor denies.

        What is the same as a known or a denied object is left out too, and of a use what lies below a denied one, or
        is denied of what the subject is made of or belongs to (`kg.embed.forbidden`). What lies above a denied one
        has the denial as a caution.

        Raises:
            UnknownNameError: there is no such predicate.
            UnfitError: the predicate is not said of concepts of that kind.
            EmbeddingError: the model has no vector of the subject or of the predicate.
        """
        _check_kind(subject, predicate)
        scores = self._scorer.objects(subject.curie, predicate)
        known = self._known(subject.curie, predicate)
        denials = find_denials(self._graph, self._kin, subject.curie, predicate)
        candidate = self._candidates(predicate, known | denials.objects | {subject.curie})
        shares = np.full(len(scores), -np.inf)
        # Curves were fitted among trained concepts, so newcomers take no share from these.
        was_trained = np.arange(len(scores)) < self._trained.about.trained_count
        shares[candidate] = log_shares(scores[candidate], was_trained[candidate]) if candidate.any() else 0
        best = self._best(shares, self._ruled_out(known, denials), first)
        found = self._describe(subject, predicate, best, denials)
        return Predictions(tuple(found), int(candidate.sum()), len(known), len(denials.objects - known))

    def _ruled_out(self, known: set[str], denials: Denials) -> Callable[[str], bool]:
        """Tells whether a concept is the same as a known object, or denied."""
        same = self._kin.same(known)
        return lambda curie: bool(same and not same.isdisjoint(self._kin.same([curie]))) or denials.rule_out(curie)

    def _known(self, subject: str, predicate: str) -> set[str]:
        said = iter_facts(self._graph, FactQuery(subject=subject, predicates=(predicate,)))
        return {fact.object.curie for fact in said}

    def _candidates(self, predicate: str, left_out: set[str]) -> NDArray[np.bool_]:
        candidate = fitting(self._scorer, predicate)
        candidate[[place for place in map(self._scorer.place, sorted(left_out)) if place is not None]] = False
        return candidate

    def _best(
        self, shares: NDArray[np.float64], ruled_out: Callable[[str], bool], first: int
    ) -> list[tuple[str, float, int]]:
        """Names with log share and rank; what is ruled out has none."""
        names = self._scorer.vectors.names
        found: list[tuple[str, float, int]] = []
        for row in np.argsort(-shares, kind="stable"):
            if len(found) == first or shares[row] == -np.inf:
                break
            if not ruled_out(names[row]):
                found.append((names[row], float(shares[row]), len(found) + 1))
        return found

    def _describe(
        self, subject: Node, predicate: str, found: list[tuple[str, float, int]], denials: Denials
    ) -> Iterator[Prediction]:
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
                    denials.find_cautions(node.curie),
                )

    def _probability(self, subject: Node, predicate: str, object_: Node, share: float) -> float | None:
        if {subject.curie, object_.curie} & self._trained.newcomers:
            return None
        calibration = choose(self._calibrations, predicate)
        return calibration.probability(share) if calibration else None

    def _stated(self, subject: Node, object_: Node) -> tuple[Fact, ...]:
        ways = (subject, object_), (object_, subject)
        pages = (self._graph.find_facts(FactQuery(subject=a.curie, object=b.curie), first=_PAGE) for a, b in ways)
        return tuple({fact.id: fact for page in pages for fact in page.facts}.values())


def _check_kind(subject: Node, predicate: str) -> None:
    """Raises where the predicate is unknown, or is not said of what the subject is."""
    if predicate not in PREDICATES:
        raise UnknownNameError("predicate", predicate, list(PREDICATES))
    said = PREDICATES[predicate]
    kinds = said.domain | said.range if said.symmetric else said.domain
    if subject.kind not in kinds:
        called = " or ".join(sorted(kind.value.replace("_", " ") for kind in kinds))
        other = subject.kind.value.replace("_", " ")
        raise UnfitError(
            f"{predicate} is said of a {called}, and {subject.name} ({subject.curie}) is "
            f"{'an' if other[0] in 'aeiou' else 'a'} {other}: ask of another concept, or by another predicate"
        )


def open_scorer(trained: Trained) -> Scorer:
    """What scores facts by a model; raises `EmbeddingError` where the model tells only what is alike."""
    if not trained.about.scoring:
        raise EmbeddingError(
            f"{trained.about.name} ({trained.about.model}) has vectors of concepts alone and predicts no facts: train "
            "one of complex, distmult, rotate, transe or gnn"
        )
    assert trained.relations is not None
    return Scorer(trained.vectors, trained.relations, trained.about.scoring)
