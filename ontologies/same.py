"""Which concepts of several vocabularies are one, and which of them speaks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from ontologies.model import Concept, Kind, Scope
from ontologies.names import in_spoken_order, prefix_of, read_vocabularies
from ontologies.normalize import normal_form

_CONDITIONS = frozenset({Kind.DISEASE, Kind.FINDING})


def rank(curie: str, kind: Kind) -> tuple[int, str]:
    """The place of a CURIE's vocabulary among those for `kind`, smaller is better; then the CURIE itself."""
    places = _places(kind)
    prefix = prefix_of(curie)
    return places.get(prefix, len(places) + (prefix == "local")), curie


@cache
def _places(kind: Kind) -> Mapping[str, int]:
    orders = read_vocabularies()["preferred"]
    return {prefix: place for place, prefix in enumerate(orders.get(kind.value, orders["other"]))}


def find_same(concepts: Mapping[str, Concept]) -> dict[str, str]:
    """For every CURIE that concepts have or refer to, the CURIE that speaks for it.

    Two concepts are one where an exact cross-reference or the preferred name says so, or each of them has the other's
    preferred name as an exact synonym; never two of the same
    vocabulary, directly or by a chain. Names are asked first, so that of two concepts with one cross-reference the
    namesake gets it. A disease of a disease vocabulary is spoken for in the order for diseases, even where HPO has it.
    """
    groups = _Groups(concepts)
    for left, right in _namesakes(list(concepts.values())):
        groups.join(left, right)
    for concept in sorted(concepts.values(), key=lambda c: rank(c.curie, c.kind)):
        for xref in concept.xrefs:
            groups.join(concept.curie, xref)
    return groups.speakers()


def _namesakes(concepts: list[Concept]) -> Iterator[tuple[str, str]]:
    """Pairs with one preferred name, then pairs each of which has the other's preferred name among its exact ones."""
    by_name = _by_form(concepts, lambda concept: [concept.name])
    for same in by_name.values():
        first, *others = sorted(same, key=lambda c: rank(c.curie, c.kind))
        yield from ((first.curie, other.curie) for other in others)
    by_synonym = _by_form(concepts, _exact_synonyms)
    claims = {
        (owner.curie, named.curie)
        for form, owners in by_synonym.items()
        for owner in owners
        for named in by_name.get(form, [])
        if prefix_of(owner.curie) != prefix_of(named.curie)
    }
    yield from sorted(claim for claim in claims if claim[::-1] in claims and claim[0] < claim[1])


def _by_form(
    concepts: Iterable[Concept], names: Callable[[Concept], Iterable[str]]
) -> dict[tuple[str, str], list[Concept]]:
    found: dict[tuple[str, str], list[Concept]] = defaultdict(list)
    for concept in concepts:
        if not concept.deprecated:
            sort = "condition" if concept.kind in _CONDITIONS else concept.kind.value
            for form in {normal_form(in_spoken_order(name)) for name in names(concept)} - {""}:
                found[sort, form].append(concept)
    return found


def _exact_synonyms(concept: Concept) -> Iterator[str]:
    return (synonym.text for synonym in concept.synonyms if synonym.scope is Scope.EXACT)


class _Groups:
    """Sets of CURIEs that are one concept; joining two that would hold two CURIEs of a vocabulary changes nothing."""

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        self._concepts = concepts
        self._group: dict[str, frozenset[str]] = {curie: frozenset({curie}) for curie in concepts}

    def join(self, left: str, right: str) -> None:
        """Makes one group of the two CURIEs' groups where that is allowed."""
        one = self._group.get(left, frozenset({left}))
        two = self._group.get(right, frozenset({right}))
        if one is two or {prefix_of(c) for c in one} & {prefix_of(c) for c in two} or not self._agree(one, two):
            return
        both = one | two
        for curie in both:
            self._group[curie] = both

    def speakers(self) -> dict[str, str]:
        """For each CURIE the best of its group that the concepts have."""
        return {curie: self._speaker(group) for curie, group in self._group.items()}

    def _agree(self, one: frozenset[str], two: frozenset[str]) -> bool:
        sorts = {k if k not in _CONDITIONS else Kind.DISEASE for k in map(self._kind, one | two) if k}
        return len(sorts) <= 1

    def _kind(self, curie: str) -> Kind | None:
        concept = self._concepts.get(curie)
        return concept.kind if concept else None

    def _speaker(self, group: frozenset[str]) -> str:
        known = [curie for curie in group if curie in self._concepts]
        kinds = {self._concepts[curie].kind for curie in known}
        kind = Kind.DISEASE if Kind.DISEASE in kinds else min(kinds)
        return min(known, key=lambda curie: (self._concepts[curie].deprecated, rank(curie, kind)))
