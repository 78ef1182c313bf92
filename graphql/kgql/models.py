"""The GraphQL types of what trained models say of concepts: which model it was, and what is alike."""

from __future__ import annotations

from typing import Self

import strawberry

from kg.embed.trained import Trained
from kgql.described import described_type
from kgql.types import Concept, Info


@described_type
class VectorModel:
    """A trained model: what its vectors were learned from, and how good it was on facts that were held out."""

    name: str
    model: str = strawberry.field(description="What it is: complex, distmult, rotate, transe, gnn, me2vec.")
    graph_version: str = strawberry.field(description="Of the graph that it was trained on.")
    stale: bool = strawberry.field(description="True where the graph is another one by now: train again.")
    trained_at: str = strawberry.field(description="When training ended, ISO 8601 in UTC.")
    vectors: int
    dimensions: int
    test_mrr: float | None = strawberry.field(
        description="Mean reciprocal rank of held-out facts, 1 is best; null where none were held out."
    )
    counting_mrr: float | None = strawberry.field(
        description="The same of who ranks concepts by how often a predicate has them: what a model must beat."
    )
    caveat: str | None = strawberry.field(
        description="What to show with all that it finds, as that it is no better than counting; null without."
    )

    @classmethod
    def of(cls, info: Info, trained: Trained) -> Self:
        """What is known of a model, beside the graph as it is now."""
        about = trained.about
        return cls(
            name=about.name,
            model=about.model,
            graph_version=about.graph_version,
            stale=trained.is_stale(info.context.graph.get_meta()["graph_version"]),
            trained_at=about.trained,
            vectors=about.vectors,
            dimensions=about.dimensions,
            test_mrr=about.scores.get("test", {}).get("mrr"),
            counting_mrr=about.counting.get("test", {}).get("mrr"),
            caveat=about.tell_worth() or None,
        )


@described_type
class SimilarConcept:
    """A concept whose vector points nearly the same way: used alike, which does not make it the same."""

    node: Concept
    similarity: float = strawberry.field(description="Cosine of the two vectors: 1 is the same direction.")
    model: VectorModel
