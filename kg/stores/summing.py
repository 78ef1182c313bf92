"""What a fact says, summed up from its rows of evidence in plain Python: the numbers that every store gives."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extractors.model import Qualifier
from kg.belief import CAP
from kg.identity import fact_id
from kg.model import Status
from kg.predicates import OPPOSITES
from kg.stores.written import MILLION, read_qualifiers, write_qualifiers

#: No fact is believed more, in millionths.
_MOST = round(CAP * MILLION)


class Said(NamedTuple):
    """What counts of a row of evidence for its fact; `qualifiers` as `kg.stores.written` writes them."""

    document: str
    weight: int
    qualifiers: str
    country: str
    source: str
    restricted: bool
    """Whether its document is restricted."""


class Summed(NamedTuple):
    """What a fact says; its confidence in millionths."""

    confidence: int
    status: Status
    documents: int
    evidence: int
    countries: tuple[str, ...]
    qualifiers: str
    sources: tuple[str, ...]
    licences: tuple[str, ...] = ()
    """What it is under, where a store keeps that with its facts; see `kg.credits.Licences.of_fact`."""


class Triple(NamedTuple):
    """Subject, predicate and object of a fact, by CURIE and as the fact keeps them."""

    subject: str
    predicate: str
    object: str

    @property
    def id(self) -> str:
        """The id of the fact."""
        return fact_id(*self)


def sum_up(rows: Sequence[Said]) -> Summed:
    """What the rows of one fact make of it, at least one.

    The best row of each document counts, 1 - ∏(1 - best) (see `kg.belief`). A fact that is only denied is supported,
    as a negative, by the documents that deny it.
    The rows of a restricted document count as one: how many patients of a few have a sentence is nobody's to count.
    """
    best: dict[str, Said] = {}
    for row in rows:
        if row.document not in best or best[row.document].weight < row.weight:
            best[row.document] = row
    affirming = [row for row in best.values() if row.weight > 0]
    support = affirming or list(best.values())
    status = Status.NEGATIVE if not affirming else Status.SUPPORTED
    if affirming and any(row.weight < 0 for row in rows):
        status = Status.CONTESTED
    return Summed(
        confidence_of([row.weight for row in affirming]),
        status,
        len(support),
        len({row.document for row in rows if row.restricted}) + sum(not row.restricted for row in rows),
        tuple(sorted({row.country for row in support if row.country})),
        _summed_qualifiers(rows),
        tuple(sorted({row.source for row in rows if row.source})),
    )


def confidence_of(best: Sequence[int]) -> int:
    """The confidence, in millionths, that the best weights of documents that affirm a fact give it; 0 without any."""
    if len(best) <= 1:
        return min(_MOST, best[0]) if best else 0
    doubt = math.exp(math.fsum(math.log(1 - weight / MILLION) for weight in best))
    return min(_MOST, int(MILLION * (1 - doubt) + 0.5))


def sum_qualifiers(counts: Iterable[tuple[str, int]]) -> str:
    """The union of written qualifiers, each with how many rows have it, most frequent first."""
    numbers: Counter[Qualifier] = Counter()
    for text, count in counts:
        for qualifier in read_qualifiers(text):
            numbers[qualifier] += count
    return write_qualifiers(sorted(numbers, key=lambda q: (-numbers[q], q)))


def _summed_qualifiers(rows: Iterable[Said]) -> str:
    """The union of the qualifiers of rows; where all that have any have the same, those as they stand."""
    counts = Counter(row.qualifiers for row in rows if row.qualifiers)
    return sum_qualifiers(counts.items()) if len(counts) > 1 else next(iter(counts), "")


def _find_opposed() -> dict[str, frozenset[str]]:
    groups: dict[str, frozenset[str]] = {}
    for one, other in OPPOSITES:
        group = groups.get(one, frozenset()) | groups.get(other, frozenset()) | {one, other}
        groups.update(dict.fromkeys(group, group))
    return groups


#: Predicate → it and all that oppose it, or oppose what opposes it.
_OPPOSED = _find_opposed()


def partners_of(triple: Triple) -> list[Triple]:
    """The fact, and those about the same pair whose status hangs on it."""
    return [triple._replace(predicate=name) for name in sorted(_OPPOSED.get(triple.predicate, {triple.predicate}))]


def opposed_by(triple: Triple) -> Triple | None:
    """The fact that this one denies, if its predicate denies any."""
    denied = dict(OPPOSITES).get(triple.predicate)
    return triple._replace(predicate=denied) if denied else None
