"""All that the graph says of one concept, grouped by predicate, with the best sentences of each fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.forms import Form, evidence_form, fact_form, node_form
from kg.language import WIDER, prefer_language
from kg.model import Evidence, Fact, FactQuery, Node, Page, Status
from kg.predicates import PREDICATES, Predicate
from kg.roles import GraphReader
from kg.stores.facing import facing

#: Facts of one concept that are asked for at once. Who has more is asked for predicate by predicate.
AT_ONCE = 250


@dataclass(frozen=True, slots=True)
class Group:
    """Facts of one predicate that lead away from the concept, or (`incoming`) to it."""

    predicate: Predicate
    incoming: bool
    facts: tuple[Fact, ...]
    more: bool
    """Whether the graph holds more of them than are given."""

    def far_side(self, fact: Fact) -> Node:
        """The other concept of a fact of this group."""
        return fact.subject if self.incoming else fact.object


@dataclass(frozen=True, slots=True)
class Portrait:
    """A concept, its facts by predicate, and the evidence of each by fact id, best first."""

    node: Node
    groups: tuple[Group, ...]
    evidence: dict[str, list[Evidence]]


def read_portrait(
    graph: GraphReader,
    node: Node,
    *,
    predicates: Sequence[str] = (),
    statuses: Sequence[Status] = (),
    min_confidence: float = 0.0,
    each: int = 5,
    quotes: int = 1,
    language: str = "en",
    at_once: int = AT_ONCE,
) -> Portrait:
    """What the graph says of `node`: at most `each` facts a group, at most `quotes` evidence rows a fact.

    Of the best evidence, what is written in `language` comes first.
    """
    query = FactQuery(predicates=tuple(predicates), statuses=tuple(statuses), min_confidence=min_confidence)
    groups = list(_read_groups(graph, node, query, each, at_once))
    ids = [fact.id for group in groups for fact in group.facts]
    found = graph.get_evidence(ids, first=quotes + WIDER) if ids and quotes else {}
    return Portrait(node, tuple(groups), {id_: prefer_language(rows, language)[:quotes] for id_, rows in found.items()})


def _read_groups(graph: GraphReader, node: Node, query: FactQuery, each: int, at_once: int) -> Iterator[Group]:
    """The groups, by one question where the concept has few facts: a server plans every new question anew."""
    whole = graph.find_facts(replace(query, about=node.curie), first=at_once)
    for predicate in (PREDICATES[name] for name in query.predicates or PREDICATES):
        asked = replace(query, predicates=(predicate.name,))
        for incoming in (False,) if predicate.symmetric else (False, True):
            sided = replace(asked, object=node.curie) if incoming else replace(asked, subject=node.curie)
            page = graph.find_facts(sided, first=each) if whole.cursor else _pick(whole, sided, each)
            if page.facts:
                yield Group(predicate, incoming, page.facts, page.cursor is not None)


def _pick(whole: Page, query: FactQuery, each: int) -> Page:
    """The first facts of one predicate and side among all of the concept; the cursor says only whether more follow."""
    turned = (facing(fact, query) for fact in whole.facts if fact.predicate in query.predicates)
    found = [
        fact
        for fact in turned
        if query.subject in (None, fact.subject.curie) and query.object in (None, fact.object.curie)
    ]
    return Page(tuple(found[:each]), "more" if len(found) > each else None)


def portrait_form(portrait: Portrait) -> Form:
    """The portrait as `kg show --json` prints it."""
    return {"concept": node_form(portrait.node), "groups": [_group_form(g, portrait) for g in portrait.groups]}


def _group_form(group: Group, portrait: Portrait) -> Form:
    return {
        "predicate": group.predicate.name,
        "label": group.predicate.label,
        "label_zh": group.predicate.label_zh,
        "direction": "in" if group.incoming else "out",
        "more": group.more,
        "facts": [
            {**fact_form(fact), "evidence": [evidence_form(row) for row in portrait.evidence.get(fact.id, ())]}
            for fact in group.facts
        ],
    }
