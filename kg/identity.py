"""Identity by content: the same fact and the same evidence get the same id in every run, on every machine."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from hashlib import blake2b

from kg.model import Evidence
from kg.predicates import PREDICATES

#: Bytes of a hash: at 16 a graph of a billion facts meets a collision with a chance below 1e-20.
DIGEST_SIZE = 16


def _digest(parts: Iterable[str]) -> str:
    return blake2b("\x1f".join(parts).encode(), digest_size=DIGEST_SIZE).hexdigest()


def fact_sides(subject: str, predicate: str, object_: str) -> tuple[str, str]:
    """Subject and object as the fact keeps them: those of a symmetric predicate in the order of their CURIEs."""
    known = PREDICATES.get(predicate)
    if known is not None and known.symmetric and object_ < subject:
        return object_, subject
    return subject, object_


def fact_names(subject: str, predicate: str, object_: str, names: tuple[str, str]) -> tuple[str, str]:
    """The names of subject and object in the order in which the fact keeps its sides."""
    turned = fact_sides(subject, predicate, object_) != (subject, object_)
    return (names[1], names[0]) if turned else names


def fact_id(subject: str, predicate: str, object_: str) -> str:
    """The id of a fact: a hash of subject, predicate and object alone; the sides of a symmetric one are ordered."""
    subject, object_ = fact_sides(subject, predicate, object_)
    return _digest((subject, predicate, object_))


def evidence_id(
    fact: str,
    document: str,
    section: str,
    quote: str,
    extractor: str,
    assertion: str,
    qualifiers: Iterable[tuple[str, str]],
    *,
    names: tuple[str, str] = ("", ""),
    origins: tuple[str, str] = ("", ""),
) -> str:
    """The id of an evidence row: a hash of what is said, by whom and in which section of which document.

    `names` are those that the document gives the sides, in the order of `fact_names`: a sentence that calls one concept
    by two names is two rows, since a curator may align one of the names anew; for the same reason `origins`, what the
    names were extracted as, tell rows apart. Version and offsets are left out, so that
    a sentence which a new version only moves is kept, not replaced.
    """
    said = [f"{name}\x1e{value}" for name, value in qualifiers]
    called = [f"\x1d{name}" for name in names] if any(names) else []
    read = [f"\x1c{origin}" for origin in origins] if any(origins) else []
    return _digest((fact, document, section, quote, extractor, assertion, *said, *called, *read))


def row_ids(row: Evidence, subject: str, object_: str) -> tuple[str, str]:
    """The ids of the row and of its fact, as its content gives them where it stands between these two concepts."""
    origins = str(row.subject_origin or ""), str(row.object_origin or "")
    names = row.subject_name, row.object_name
    if fact_sides(subject, row.predicate, object_) != (subject, object_):
        names, origins = names[::-1], origins[::-1]
    fact = fact_id(subject, row.predicate, object_)
    said = (row.document, row.section, row.quote, row.extractor, row.assertion, row.qualifiers)
    return evidence_id(fact, *said, names=names, origins=origins), fact


def with_ids(row: Evidence) -> Evidence:
    """The row under the ids that its content gives."""
    id_, fact = row_ids(row, row.subject, row.object)
    return replace(row, id=id_, fact_id=fact)


def said_by(row: Evidence) -> Hashable:
    """What tells an extracted row of a document from the others: all of it but where it stands in the graph."""
    sides = [(row.subject_name, str(row.subject_origin)), (row.object_name, str(row.object_origin))]
    known = PREDICATES.get(row.predicate)
    if known is not None and known.symmetric:
        sides.sort()
    return (row.predicate, *sides, row.section, row.quote, row.extractor, row.assertion, row.qualifiers)
