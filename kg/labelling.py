"""What records say of a drug beside what its labels say: off-label use, and reactions that no label names.

Both are questions to people, not findings: records show what goes together, not what causes what.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from kg.model import Fact, FactQuery, Node, Status
from kg.roles import GraphReader
from ontologies.model import CONDITIONS, Kind

_PAGE = 200

_LABEL_PREDICATES = ("indicated_for", "contraindicated_in", "causes_adverse_event", "warns_of")


class Labelling(StrEnum):
    """What the labels of a drug say of a condition, the strongest first."""

    CONTRAINDICATED = "contraindicated"
    """A label forbids it, for the condition itself or a broader one."""
    LABELLED = "labelled"
    """A label says so, of the condition itself or of a broader one."""
    NARROWER = "narrower"
    """A label says so of a narrower condition only: the record may mean that one."""
    UNLABELLED = "unlabelled"
    NO_LABEL = "no_label"
    """No label of the drug is in the graph, so nothing can be said."""


class Question(StrEnum):
    """What is asked of records and labels."""

    USES = "uses"
    REACTIONS = "reactions"


#: What records say → the predicates of labels that say the same.
_PREDICATES = {
    Question.USES: ("prescribed_for", ("indicated_for",)),
    Question.REACTIONS: ("co_occurs_with", ("causes_adverse_event", "warns_of")),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A fact from records about a drug and a condition, what labels say of them, and the facts that this rests on."""

    fact: Fact
    drug: Node
    condition: Node
    labelling: Labelling
    because: tuple[Fact, ...] = ()


#: The concepts above a concept, in any vocabulary: as `Lexicon.hierarchy.ancestors` gives them.
Ancestors = Callable[[str], Collection[str]]


def find_unlabelled(
    store: GraphReader, question: Question, *, ancestors: Ancestors, drug: str = ""
) -> Iterator[Compared]:
    """What records say and no label states (or a label forbids), the surest first; of one `drug`, where given."""
    for compared in compare(store, question, ancestors=ancestors, drug=drug):
        if compared.labelling in (Labelling.UNLABELLED, Labelling.CONTRAINDICATED):
            yield compared


def compare(store: GraphReader, question: Question, *, ancestors: Ancestors, drug: str = "") -> Iterator[Compared]:
    """Every fact from records that the `question` is about, with what labels say of it, the surest first.

    What a drug is given for is no reaction to it, though it stands beside the drug in records: it is left out there.
    """
    labels = _Labels(store, ancestors)
    for fact in iter_facts(store, FactQuery(about=drug or None, predicates=(_PREDICATES[question][0],))):
        for one, other in ((fact.subject, fact.object), (fact.object, fact.subject)):
            if one.kind is not Kind.DRUG or other.kind not in CONDITIONS or fact.status is Status.NEGATIVE:
                continue
            if question is Question.USES or not labels.treats(one, other):
                yield labels.compare(fact, one, other, question)


def iter_facts(store: GraphReader, query: FactQuery) -> Iterator[Fact]:
    """All facts of a query, page by page."""
    after: str | None = None
    while True:
        page = store.find_facts(query, first=_PAGE, after=after)
        yield from page.facts
        after = page.cursor
        if after is None:
            return


class _Labels:
    """What labels say of each drug, read once for each."""

    def __init__(self, store: GraphReader, ancestors: Ancestors) -> None:
        self._store, self._above = store, cache(lambda curie: frozenset(ancestors(curie)))
        self._facts: dict[str, list[Fact]] = {}

    def compare(self, fact: Fact, drug: Node, condition: Node, question: Question) -> Compared:
        said = self._of(drug)
        stating = [label for label in said if label.predicate in _PREDICATES[question][1]]
        forbidding = [label for label in said if label.predicate == "contraindicated_in"]
        if question is Question.USES and (found := self._covering(condition, forbidding)):
            return Compared(fact, drug, condition, Labelling.CONTRAINDICATED, found)
        if found := self._covering(condition, stating):
            return Compared(fact, drug, condition, Labelling.LABELLED, found)
        if found := self._below(condition, stating):
            return Compared(fact, drug, condition, Labelling.NARROWER, found)
        return Compared(fact, drug, condition, Labelling.UNLABELLED if said else Labelling.NO_LABEL)

    def treats(self, drug: Node, condition: Node) -> bool:
        """Whether labels or records say that the drug is given for the condition, or for one above or below it."""
        uses = [label for label in self._of(drug) if label.predicate == "indicated_for"]
        given = FactQuery(subject=drug.curie, object=condition.curie, predicates=("prescribed_for",))
        known = self._covering(condition, uses) or self._below(condition, uses)
        return bool(known or self._store.find_facts(given, first=1).facts)

    def _of(self, drug: Node) -> list[Fact]:
        if drug.curie not in self._facts:
            found = iter_facts(self._store, FactQuery(subject=drug.curie, predicates=_LABEL_PREDICATES))
            self._facts[drug.curie] = [fact for fact in found if fact.status is not Status.NEGATIVE]
        return self._facts[drug.curie]

    def _covering(self, condition: Node, labels: list[Fact]) -> tuple[Fact, ...]:
        covering = {condition.curie, *self._above(condition.curie)}
        return tuple(label for label in labels if label.object.curie in covering)

    def _below(self, condition: Node, labels: list[Fact]) -> tuple[Fact, ...]:
        return tuple(label for label in labels if condition.curie in self._above(label.object.curie))
