"""The GraphQL types of grounding: what names stand for, or an honest null."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import strawberry

from kgql.described import described_field, described_type
from kgql.errors import RequestError
from kgql.filters import check_ids, check_text
from kgql.limits import check_first
from kgql.parts import Qualifier
from kgql.types import Concept, Info
from ontologies import model
from ontologies.ground import Ask
from ontologies.model import Kind


@described_type
class Match:
    """A concept that a name may stand for, with the reason in words."""

    id: strawberry.ID = strawberry.field(description="Its CURIE.")
    name: str
    kind: Kind
    score: float = strawberry.field(description="In (0, 1].")
    reason: str
    matched: str = strawberry.field(description="The name that was matched, as its terminology spells it.")
    relation: str = strawberry.field(
        description="What the concept is to the name: exact, broad (the name says more), narrow or related."
    )

    @classmethod
    def of(cls, match: model.Match) -> Self:
        """The match as grounding gives it."""
        return cls(
            id=strawberry.ID(match.curie),
            name=match.name,
            kind=match.kind,
            score=match.score,
            reason=match.reason,
            matched=match.matched,
            relation=match.relation.value,
        )

    @described_field
    async def concept(self, info: Info) -> Concept | None:
        """The concept as this graph has it, or null where nothing is said of it."""
        node = await info.context.loaders.nodes.load(self.id)
        return Concept.of(node) if node else None


@described_type
class Grounding:
    """What a name stands for: matches that can be trusted, best first, or none."""

    name: str
    abstained: bool = strawberry.field(description="True where no match can be trusted.")
    matches: list[Match] = strawberry.field(description="Best first; of a list of names, the best of each part.")
    candidates: list[Match] = strawberry.field(description="What is not trusted: suggestions, never an answer.")
    parts: list[str] = strawberry.field(description="The parts of a name that is a list or a combination.")
    qualifiers: list[Qualifier] = strawberry.field(description="What the name says beside its concept.")

    @classmethod
    def of(cls, found: model.Grounding) -> Self:
        """The grounding of one name."""
        return cls(
            name=found.name,
            abstained=found.abstained,
            matches=[Match.of(match) for match in found.matches],
            candidates=[Match.of(match) for match in found.candidates],
            parts=list(found.parts),
            qualifiers=[Qualifier(name=name, value=value) for name, value in found.qualifiers],
        )


def ground_names(
    info: Info, names: Sequence[str], *, kind: Kind | None, language: str, to: str, top: int
) -> list[Grounding]:
    """What each name stands for; raises `RequestError` where there are too many, or no lexicon to ask."""
    context = info.context
    if context.grounder is None:
        raise RequestError("NO_LEXICON", "this service has no terminologies: run `kg terminology install` beside it")
    check_ids(names, context.limits)
    asks = [Ask(check_text(name, context.limits), kind, language) for name in names]
    context.budget.spend(len(asks))
    found = context.grounder.ground_all(asks, to=to, top=check_first(top, context.limits.first))
    return [Grounding.of(grounding) for grounding in found]
