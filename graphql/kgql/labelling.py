"""The GraphQL types of what records say beside what labels say."""

from __future__ import annotations

from itertools import islice
from typing import Self

import strawberry

from kg.labelling import Compared as ComparedFacts
from kg.labelling import Labelling, Question, compare, find_unlabelled
from kgql.described import described_type
from kgql.limits import check_first
from kgql.types import Concept, Fact, Info

strawberry.enum(Labelling, description="What the labels of a drug say of a condition.")
strawberry.enum(Question, name="RecordQuestion", description="What is asked of records and labels.")


@described_type
class Compared:
    """What records say of a drug and a condition, and what labels say of the same: a question, not a finding."""

    drug: Concept
    condition: Concept
    labelling: Labelling
    fact: Fact = strawberry.field(description="The fact from records, with its figures behind it.")
    because: list[Fact] = strawberry.field(description="The facts from labels that this rests on.")

    @classmethod
    def of(cls, compared: ComparedFacts) -> Self:
        """What was compared, as the graph gives it."""
        return cls(
            drug=Concept.of(compared.drug),
            condition=Concept.of(compared.condition),
            labelling=compared.labelling,
            fact=Fact.of(compared.fact),
            because=[Fact.of(fact) for fact in compared.because],
        )


def find_compared(info: Info, question: Question, *, drug: str, first: int, unlabelled_only: bool) -> list[Compared]:
    """The first answers about one drug, the surest first."""
    context = info.context
    ancestors = context.grounder.lexicon.hierarchy.ancestors if context.grounder else lambda _: ()
    find = find_unlabelled if unlabelled_only else compare
    found = find(context.graph, question, ancestors=ancestors, drug=drug)
    answers = list(islice(found, check_first(first, context.limits.first)))
    context.budget.spend(1 + len(answers) + sum(len(answer.because) for answer in answers))
    return [Compared.of(answer) for answer in answers]
