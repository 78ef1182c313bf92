"""The GraphQL types of predictions, apart from facts: nothing here is a `Fact` but the facts that explain it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Self

import strawberry

from kg.embed import paths as found_paths
from kg.embed import predicting, similar
from kg.embed.errors import EmbeddingError, UnfitError
from kg.embed.paths import PathFinder
from kg.embed.predicting import NOTICE, NOTICE_ZH, Predicted, Predictor
from kg.embed.trained import Trained
from kg.model import Node
from kg.roles import GraphReader
from kgql.described import described_field, described_type
from kgql.errors import RequestError
from kgql.limits import check_first
from kgql.models import SimilarConcept, VectorModel
from kgql.names import Predicate
from kgql.types import Concept, Fact, Info
from ontologies.model import Kind

strawberry.enum(Predicted, name="PredictionStatus", description=f"The one status there is: {NOTICE}.")


@described_type
class ExplainingStep:
    """A fact of the graph walked along, from one of its sides to the other."""

    fact: Fact
    start: Concept
    end: Concept
    forward: bool = strawberry.field(description="True where it is walked from its subject to its object.")

    @classmethod
    def of(cls, step: found_paths.Step) -> Self:
        """The step as it was found."""
        ends = Concept.of(step.start), Concept.of(step.end)
        return cls(fact=Fact.of(step.fact), start=ends[0], end=ends[1], forward=step.forward)


@described_type
class ExplainingPath:
    """Facts that lead from the subject of a prediction to its object: what a person may judge it by."""

    score: float = strawberry.field(description="Puts paths in an order, and means nothing else.")
    steps: list[ExplainingStep]

    @classmethod
    def of(cls, path: found_paths.Path) -> Self:
        """The path as it was found."""
        return cls(score=path.score, steps=[ExplainingStep.of(step) for step in path.steps])


@described_type
class Prediction:
    """What a trained model expects, and no source states: a question to people, not a fact, no medical advice."""

    subject: Concept
    predicate: Predicate
    object: Concept
    status: Predicted = strawberry.field(description="Always PREDICTED, which no fact is.")
    notice: str = strawberry.field(description=f"To be shown with it: {NOTICE}.")
    notice_zh: str = strawberry.field(description=f"The same in Chinese: {NOTICE_ZH}.")
    rank: int = strawberry.field(description="Its place among all concepts of a fitting kind, from 1.")
    score: float = strawberry.field(description="Logarithm of its share of the scores of all that were trained.")
    probability: float | None = strawberry.field(
        description="How often concepts that were scored so were among the facts held out; null where unknown."
    )
    stated: list[Fact] = strawberry.field(description="What sources do state of the two, by other predicates.")
    cautions: list[Fact] = strawberry.field(
        description="Of a use, what sources forbid that lies below the object: to be shown with it always."
    )
    model: VectorModel
    finder: strawberry.Private[PathFinder]

    @classmethod
    def of(cls, found: predicting.Prediction, model: VectorModel, finder: PathFinder) -> Self:
        """The prediction as the model made it."""
        return cls(
            subject=Concept.of(found.subject),
            predicate=Predicate(found.predicate),
            object=Concept.of(found.object),
            status=found.status,
            notice=NOTICE,
            notice_zh=NOTICE_ZH,
            rank=found.rank,
            score=found.score,
            probability=found.probability,
            stated=[Fact.of(fact) for fact in found.stated],
            cautions=[Fact.of(fact) for fact in found.cautions],
            model=model,
            finder=finder,
        )

    @described_field
    def paths(self, info: Info, first: int = 3) -> list[ExplainingPath]:
        """The best paths of two and three facts that lead from subject to object; ask each fact for its evidence."""
        before, limit = self.finder.facts_read, check_first(first, info.context.limits.first)
        paths = self.finder.find(self.subject.id, self.object.id, predicate=self.predicate.value, first=limit)
        info.context.budget.spend(1 + self.finder.facts_read - before)
        return [ExplainingPath.of(path) for path in paths]


def find_similar(info: Info, curie: str, *, first: int, kinds: Collection[Kind]) -> list[SimilarConcept]:
    """The concepts most like one; raises `RequestError` where there are no vectors, or none of it."""
    trained, context = _need_model(info), info.context
    limit = check_first(first, context.limits.first)
    wanted = [kind.value for kind in kinds]
    if curie not in trained.neighbours.places:
        _need_node(context.graph, curie)
    try:
        alike = similar.find_similar(context.graph, trained.neighbours, curie, first=limit, kinds=wanted)
    except EmbeddingError as error:
        raise RequestError("NO_VECTOR", str(error)) from error
    context.budget.spend(1 + alike.looked)
    model = VectorModel.of(info, trained)
    return [SimilarConcept(node=Concept.of(one.node), similarity=one.similarity, model=model) for one in alike.found]


def find_predictions(info: Info, curie: str, predicate: Predicate, *, first: int) -> list[Prediction]:
    """What the model expects; raises `RequestError` where it has no vectors, or the predicate is not said of such."""
    trained, context = _need_model(info), info.context
    limit = check_first(first, context.limits.first)
    node = _need_node(context.graph, curie)
    try:
        lexicon = context.grounder.lexicon if context.grounder else None
        told = Predictor(context.graph, trained, lexicon=lexicon).predict(node, predicate.value, first=limit)
    except UnfitError as error:
        raise RequestError("UNFIT_CONCEPT", str(error)) from error
    except EmbeddingError as error:
        raise RequestError("NO_VECTOR", str(error)) from error
    cautions = sum(len(one.cautions) for one in told.found)
    context.budget.spend(1 + told.known + told.opposed + len(told.found) + cautions)
    model, finder = VectorModel.of(info, trained), PathFinder(context.graph)
    return [Prediction.of(one, model, finder) for one in told.found]


def _need_node(graph: GraphReader, curie: str) -> Node:
    (node,) = graph.get_nodes([curie])
    if node is None:
        raise RequestError("UNKNOWN_CONCEPT", f"the graph has no concept {curie}: `search` finds concepts by name")
    return node


def _need_model(info: Info) -> Trained:
    trained = info.context.get_model()
    if trained is None:
        raise RequestError("NO_VECTORS", "this service has no vectors: run `kg embed train` on its graph")
    return trained
