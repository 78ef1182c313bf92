"""What a concept is the same as, and what lies above it: by the facts of a graph and, where there is one, a lexicon."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from kg.labelling import iter_facts
from kg.model import Fact, FactQuery, Status
from kg.roles import GraphReader
from ontologies.lexicon import Lexicon
from ontologies.model import Kind
from ontologies.normalize import normal_form
from ontologies.salts import split_salt

#: What leads from a concept up: a thing is of its class, and has what it is made of.
UPWARDS = ("subclass_of",)
INGREDIENT = "has_active_ingredient"
MADE_OF = (INGREDIENT, "has_pharmacologic_class")

_Led = Callable[[str], frozenset[str]]


class Kin:
    """Reads what is said of concepts when it is asked, once for each; a link that is only denied is none."""

    def __init__(self, graph: GraphReader, lexicon: Lexicon | None = None) -> None:
        self._graph = graph
        self._lexicon = lexicon
        self._same: _Led = cache(lambda curie: self._read(curie, ()))
        self._above: _Led = cache(lambda curie: self._read(curie, UPWARDS))
        self._given: _Led = cache(lambda curie: self._read(curie, (*UPWARDS, *MADE_OF)) | self._find_wholes(curie))

    def same(self, curies: Iterable[str]) -> frozenset[str]:
        """The concepts, and all that are the same as any of them, over any number of steps."""
        return _reach(curies, self._same)

    def above(self, curies: Iterable[str]) -> frozenset[str]:
        """The concepts, what is the same, and all that lies above any of it."""
        return _reach(curies, self._above)

    def given_with(self, curie: str) -> frozenset[str]:
        """The drugs and classes that are given wherever `curie` is: what is denied of any of them is denied of it.

        These are its classes, its active ingredients, and the products and salts of which one of these is the only
        active ingredient.
        """
        return _reach([curie], self._given)

    def _read(self, curie: str, by: tuple[str, ...]) -> frozenset[str]:
        said = self._find(FactQuery(subject=curie, predicates=("same_as", *by)))
        return frozenset([*(fact.object.curie for fact in said), *self._by_lexicon(curie, up=bool(by))])

    def _by_lexicon(self, curie: str, *, up: bool) -> Iterator[str]:
        if self._lexicon is not None:
            # Two concepts that are the same meet in the one that speaks for both.
            yield self._lexicon.canonical(curie)
            if up:
                yield from self._lexicon.hierarchy.parents(curie)

    def _find(self, query: FactQuery) -> Iterator[Fact]:
        return (fact for fact in iter_facts(self._graph, query) if fact.status is not Status.NEGATIVE)

    def _find_wholes(self, curie: str) -> frozenset[str]:
        """The products and salts of which a drug is the only active ingredient."""
        said = self._find(FactQuery(object=curie, predicates=(INGREDIENT,)))
        made = {fact.subject.curie for fact in said if fact.object.kind is Kind.DRUG}
        if self._lexicon is not None and self._is_drug(curie):
            made |= set(filter(self._is_drug, self._lexicon.hierarchy.children(curie)))
        return frozenset(one for one in made if self._has_one_part(one))

    def _has_one_part(self, whole: str) -> bool:
        """Whether all active ingredients of a product or salt are one: a label may name the base and its salt."""
        kept: dict[str, str] = {}
        for part, name in self._find_parts(whole).items():
            base, _ = split_salt(normal_form(name))
            if base not in kept.values() and not any(self._is_one(part, other) for other in kept):
                kept[part] = base
        return len(kept) == 1

    def _find_parts(self, whole: str) -> dict[str, str]:
        """The active ingredients of a product or salt, with their names."""
        said = self._find(FactQuery(subject=whole, predicates=(INGREDIENT,)))
        parts = {fact.object.curie: fact.object.name for fact in said}
        if self._lexicon is not None:
            above = map(self._lexicon.concept, self._lexicon.hierarchy.parents(whole))
            parts |= {one.curie: one.name for one in above if one is not None and one.kind is Kind.DRUG}
        return parts

    def _is_one(self, part: str, other: str) -> bool:
        return part in self.above([other]) or other in self.above([part])

    def _is_drug(self, curie: str) -> bool:
        concept = self._lexicon.concept(curie) if self._lexicon is not None else None
        return concept is not None and concept.kind is Kind.DRUG


def _reach(curies: Iterable[str], led: _Led) -> frozenset[str]:
    found = set(curies)
    waiting = list(found)
    while waiting:
        new = led(waiting.pop()) - found
        found |= new
        waiting += new
    return frozenset(found)
