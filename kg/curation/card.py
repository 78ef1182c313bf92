"""What a curator sees of one name: candidates with their surroundings, sentences, earlier verdicts."""

from __future__ import annotations

from dataclasses import dataclass

from kg.curation.desk import Desk, kinds_asked
from kg.curation.items import Item, Usage
from kg.language import language_of, prefer_language
from kg.model import Evidence, Fact, FactQuery
from ontologies.decisions import Line
from ontologies.model import Match
from ontologies.normalize import normal_form
from ontologies.suggestions import suggest

#: Candidates on a card, as many as there are digits to choose them by.
CHOICES = 9
_SENTENCES, _NEIGHBOURS, _SYNONYMS = 2, 4, 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A match with what tells it apart: other names, what stands above it, what the graph says of it."""

    match: Match
    names: tuple[str, ...]
    parents: tuple[str, ...]
    neighbours: tuple[str, ...]
    """Facts of the graph: "predicate name", or "name predicate this" where the candidate is the object."""


@dataclass(frozen=True, slots=True)
class Card:
    """A name to decide on; `earlier` are all lines of the log about it, oldest first."""

    item: Item
    matches: tuple[Match, ...]
    sentences: tuple[Evidence, ...]
    earlier: tuple[Line, ...]
    searched: str = ""
    """What the matches were searched with, where the curator searched."""


def make_card(item: Item, desk: Desk, *, searched: str = "") -> Card:
    """The card of an item, its matches from a search where one was made."""
    matches = search(desk, searched) if searched else _widened(desk, item)
    earlier = desk.ledger.history(item.usage.name)
    return Card(item, tuple(matches[:CHOICES]), find_sentences(item.usage, desk), tuple(earlier), searched)


def find_sentences(usage: Usage, desk: Desk) -> tuple[Evidence, ...]:
    """Rows of evidence that write the name, best first, those in its language before others, no sentence twice."""
    rows: list[Evidence] = []
    if desk.store is not None:
        rows = [row for name in usage.names[:2] for row in desk.store.find_examples(name, usage.node.curie, first=4)]
    spoken = prefer_language(rows, language_of(usage.name))
    sentences = {normal_form(row.quote): row for row in reversed(spoken) if row.quote}
    return tuple(list(sentences.values())[::-1][:_SENTENCES])


def _as_it_is(item: Item) -> tuple[Match, ...]:
    """The concept that the graph has for the name, where nothing in the name itself leads to it."""
    node = item.usage.node
    if not node.aligned or item.present is not None or item.rejects(node.curie):
        return ()
    return (Match(node.curie, node.name, node.kind, 0.0, "what the graph has now, by a code or by context", node.name),)


def search(desk: Desk, text: str) -> tuple[Match, ...]:
    """Concepts that a curator's words may mean: a CURIE, or a name of any kind."""
    concept = desk.lexicon.concept(text.strip()) if ":" in text else None
    if concept is not None:
        return (Match(concept.curie, concept.name, concept.kind, 1.0, "asked for by CURIE", concept.name),)
    found = desk.grounder.ground(text, top=CHOICES)
    best: dict[str, Match] = {}
    for match in (*found.matches, *found.candidates, *suggest(desk.lexicon, text, top=CHOICES)):
        best.setdefault(match.curie, match)
    return tuple(best.values())


def _widened(desk: Desk, item: Item) -> tuple[Match, ...]:
    """The candidates of an item, what the graph has, then concepts whose names share words, while there is room."""
    known = {match.curie: match for match in (*item.candidates[: CHOICES - 1], *_as_it_is(item))}
    if len(known) < CHOICES:
        for match in suggest(desk.lexicon, item.usage.name, kinds=kinds_asked(item.kind), top=CHOICES):
            if not item.rejects(match.curie):
                known.setdefault(match.curie, match)
    return tuple(known.values())


def describe(match: Match, desk: Desk) -> Candidate:
    """A match with its surroundings."""
    concept = desk.lexicon.concept(match.curie)
    names = [s.text for s in concept.synonyms if s.text != match.name][:_SYNONYMS] if concept else []
    above = desk.lexicon.hierarchy.parents(match.curie)
    parents = [found.name for curie in above if (found := desk.lexicon.concept(curie))]
    return Candidate(match, tuple(names), tuple(parents), _neighbours(desk, match.curie))


def _neighbours(desk: Desk, curie: str) -> tuple[str, ...]:
    if desk.store is None:
        return ()
    curie = desk.lexicon.canonical(curie)
    facts = desk.store.find_facts(FactQuery(about=curie), first=_NEIGHBOURS).facts
    return tuple(_neighbour(fact, curie) for fact in facts)


def _neighbour(fact: Fact, curie: str) -> str:
    """The fact as the concept sees it; the direction is told, since most predicates read wrong the other way."""
    predicate = fact.predicate.replace("_", " ")
    if fact.subject.curie == curie:
        return f"{predicate} {fact.object.name or fact.object.name_zh}"
    return f"{fact.subject.name or fact.subject.name_zh} {predicate} this"
