"""Which part of a graph is exported: what is asked of facts, of their concepts, and of the documents that say them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from kg.credits import Licences
from kg.errors import UnknownNameError
from kg.forms import Form
from kg.model import Asleep, Fact, LoadedDocument, Stats, Status
from kg.predicates import PREDICATES
from ontologies.model import Kind


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for; what is empty asks for nothing.

    `countries`, `sources` and licences are asked of documents: of the evidence of a fact what other documents say is
    left out, and a fact of which nothing is left goes. Licences are asked of the concepts too, by the terminologies
    that a graph was aligned to.
    """

    predicates: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    kinds: tuple[Kind, ...] = ()
    """Both sides of a fact are of these kinds."""
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """Names of the readers that made the documents."""
    licences: tuple[str, ...] = ()
    """Nothing under another licence; capitals do not count."""
    without_licences: tuple[str, ...] = ()
    min_confidence: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.form())

    def form(self) -> Form:
        """What is asked for, by name."""
        asked: dict[str, Any] = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asked.items() if value}

    def check(self, stats: Stats, licences: Licences) -> None:
        """Raises `UnknownNameError` for what nothing in the graph has: it would leave an empty export."""
        for what, given, known in (
            ("predicate", self.predicates, PREDICATES),
            ("country", self.countries, stats.countries),
            ("source", self.sources, stats.sources),
            ("licence", (*self.licences, *self.without_licences), licences.known()),
        ):
            folded = {name.casefold() for name in known}
            for name in (name for name in given if name.casefold() not in folded):
                raise UnknownNameError(what, name, list(known))

    def takes_fact(self, fact: Fact, licences: Licences) -> bool:
        """Whether a fact is wanted as far as it and its concepts tell."""
        sides = fact.subject, fact.object
        return (
            fact.confidence >= self.min_confidence
            and (not self.predicates or fact.predicate in self.predicates)
            and (not self.statuses or fact.status in self.statuses)
            and (not self.kinds or all(side.kind in self.kinds for side in sides))
            and all(self._may(licences.of_concept(side.curie)) for side in sides)
        )

    def takes_asleep(self, asleep: Asleep, licences: Licences) -> bool:
        """Whether a row that sleeps is wanted as far as it and its concept tell; it has no status and no confidence."""
        return (
            (not self.predicates or asleep.row.predicate in self.predicates)
            and (not self.kinds or asleep.node.kind in self.kinds)
            and self._may(licences.of_concept(asleep.node.curie))
        )

    def takes_document(self, document: LoadedDocument, licences: Licences) -> bool:
        """Whether what a document says is wanted."""
        return (
            (not self.countries or _has(self.countries, document.country))
            and (not self.sources or _has(self.sources, document.source))
            and self._may([licences.of_document(document.id, document.source)])
        )

    def _may(self, held: Iterable[str]) -> bool:
        """Whether what is under these licences may be in it."""
        if not (self.licences or self.without_licences):
            return True
        return all(
            (not self.licences or _has(self.licences, licence)) and not _has(self.without_licences, licence)
            for licence in held
        )


def _has(given: Iterable[str], name: str) -> bool:
    return name.casefold() in {one.casefold() for one in given}
