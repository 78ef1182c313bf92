"""What a concept is the same as, and what lies above it: by the facts of a graph and, where there is one, a lexicon."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from kg.labelling import iter_facts
from kg.model import FactQuery, Status
from kg.roles import GraphReader
from ontologies.lexicon import Lexicon

#: What leads from a concept up: a thing is of its class, and has what it is made of.
UPWARDS = ("subclass_of",)
MADE_OF = ("has_active_ingredient", "has_pharmacologic_class")


class Kin:
    """Reads what is said of concepts when it is asked, once for each; a link that is only denied is none."""

    def __init__(self, graph: GraphReader, lexicon: Lexicon | None = None) -> None:
        self._graph = graph
        self._lexicon = lexicon
        self._led: Callable[[str, tuple[str, ...]], frozenset[str]] = cache(self._read)

    def same(self, curies: Iterable[str]) -> frozenset[str]:
        """The concepts, and all that are the same as any of them, over any number of steps."""
        return self._reach(curies, ())

    def above(self, curies: Iterable[str], *, by: tuple[str, ...] = UPWARDS) -> frozenset[str]:
        """The concepts, what is the same, and all that lies above any of it by the predicates `by`."""
        return self._reach(curies, by)

    def _reach(self, curies: Iterable[str], by: tuple[str, ...]) -> frozenset[str]:
        found = set(curies)
        waiting = list(found)
        while waiting:
            new = self._led(waiting.pop(), by) - found
            found |= new
            waiting += new
        return frozenset(found)

    def _read(self, curie: str, by: tuple[str, ...]) -> frozenset[str]:
        query = FactQuery(subject=curie, predicates=("same_as", *by))
        facts = iter_facts(self._graph, query)
        stated = (fact.object.curie for fact in facts if fact.status is not Status.NEGATIVE)
        return frozenset([*stated, *self._by_lexicon(curie, up=bool(by))])

    def _by_lexicon(self, curie: str, *, up: bool) -> Iterator[str]:
        if self._lexicon is not None:
            # Two concepts that are the same meet in the one that speaks for both.
            yield self._lexicon.canonical(curie)
            if up:
                yield from self._lexicon.hierarchy.parents(curie)
