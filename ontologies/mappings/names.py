"""Links between concepts of several vocabularies that have one name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ontologies.mappings.links import Basis, Link
from ontologies.model import Concept, Kind, Scope
from ontologies.names import in_spoken_order, prefix_of, rank, sort_of
from ontologies.normalize import normal_form

_Form = tuple[Kind, str]
"""A sort of concepts and a normal form: names are compared among concepts of one sort only."""


def find_namesakes(concepts: Iterable[Concept]) -> Iterator[Link]:
    """Links between concepts with one preferred name, then between those each of which has the other's as a synonym."""
    live = [concept for concept in concepts if not concept.deprecated]
    named: dict[_Form, list[Concept]] = defaultdict(list)
    for concept in live:
        named[_form(concept, concept.name)].append(concept)
    for (_, form), same in named.items():
        first, *others = sorted(same, key=lambda concept: rank(concept.curie, concept.kind))
        for other in others:
            if form and prefix_of(other.curie) != prefix_of(first.curie):
                yield Link(first.curie, other.curie, Basis.NAME, form)
    yield from _mutual(live, named)


def are_namesakes(one: Concept | None, two: Concept | None) -> bool:
    """Whether both are known and have one preferred name."""
    return one is not None and two is not None and _form(one, one.name)[1] == _form(two, two.name)[1]


def _mutual(concepts: list[Concept], named: dict[_Form, list[Concept]]) -> Iterator[Link]:
    claims: dict[tuple[str, str], str] = {}
    for owner in concepts:
        exact = (synonym.text for synonym in owner.synonyms if synonym.scope is Scope.EXACT)
        for form in {_form(owner, text) for text in exact}:
            for other in named.get(form, ()) if form[1] else ():
                if prefix_of(owner.curie) != prefix_of(other.curie):
                    claims[owner.curie, other.curie] = form[1]
    for (owner_, other_), name in claims.items():
        if owner_ < other_ and (other_, owner_) in claims:
            yield Link(owner_, other_, Basis.SYNONYM, name)


def _form(concept: Concept, name: str) -> _Form:
    return sort_of(concept.kind), normal_form(in_spoken_order(name))
