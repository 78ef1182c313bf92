"""How qualifiers, origins and beliefs are written, whatever the store: one text for each, read back the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import orjson

from extractors.model import Assertion, Qualifier
from kg.belief import belief
from kg.identity import fact_names
from kg.model import Evidence, Origin
from ontologies.model import Kind

#: Beliefs, scores and confidences are kept as integers of one millionth: exact in cursors, three bytes in an index.
MILLION = 1_000_000


def write_qualifiers(qualifiers: Sequence[Qualifier]) -> str:
    """Qualifiers as JSON, an empty string for none."""
    return orjson.dumps([list(q) for q in qualifiers]).decode() if qualifiers else ""


@lru_cache(maxsize=1 << 14)
def read_qualifiers(text: str) -> tuple[Qualifier, ...]:
    """Qualifiers from `write_qualifiers`."""
    return tuple(Qualifier(name, value) for name, value in orjson.loads(text)) if text else ()


def write_origin(origin: Origin | None) -> str:
    """An origin as JSON, an empty string for none."""
    return orjson.dumps([origin.kind, origin.curie, origin.score, origin.name]).decode() if origin else ""


@lru_cache(maxsize=1 << 14)
def read_origin(text: str) -> Origin | None:
    """The origin from `write_origin`."""
    if not text:
        return None
    kind, curie, score, name = orjson.loads(text)
    return Origin(Kind(kind), curie, score, name)


def names_of(row: Evidence) -> tuple[str, str]:
    """The names of a row's sides, in the order in which its fact keeps them."""
    return fact_names(row.subject, row.predicate, row.object, (row.subject_name, row.object_name))


def origins_of(row: Evidence) -> tuple[str, str]:
    """What the names of a row's sides were extracted as, as it is stored, in the order in which its fact keeps them."""
    written = write_origin(row.subject_origin), write_origin(row.object_origin)
    return fact_names(row.subject, row.predicate, row.object, written)


def weight_of(score: float, assertion: Assertion) -> int:
    """The stored weight of a row: its belief in millionths, negative where it denies the fact, never 0."""
    if assertion is Assertion.NEGATED:
        return -max(1, round(min(1.0, score) * MILLION))
    return max(1, round(belief(score, assertion) * MILLION))
