"""What the concept ids of OMOP tables stand for: those that a table uses, read from CONCEPT."""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import lru_cache
from typing import NamedTuple

from extractors.events import Coding, Refused
from extractors.table_rows import need_columns
from extractors.tables import Table
from ontologies.code_systems import find_curie

#: How many pairs of source and standard concept are kept made up; the ids themselves are all held.
_KEPT = 20_000
_OWN = "omop"


class Concept(NamedTuple):
    """A row of CONCEPT."""

    concept_id: str
    concept_name: str
    vocabulary_id: str
    concept_code: str


class Concepts:
    """The concepts of a set of tables; an id that CONCEPT does not have stays `omop:<id>`."""

    def __init__(self, known: Mapping[str, Concept] | None = None) -> None:
        self._known = known or {}
        #: The name of the first of the ids that is known, or an empty text.
        self.name = lru_cache(maxsize=_KEPT)(self._name)
        #: The codes of a source concept, a standard concept, what the source wrote and the name of that column.
        self.codings = lru_cache(maxsize=_KEPT)(self._codings)

    def _name(self, *ids: str) -> str:
        return next((found.concept_name for id_ in ids if (found := self._known.get(id_.removesuffix(".0")))), "")

    def unit(self, id_: str) -> str:
        """The UCUM code of a unit, or an empty text where it is not known."""
        found = self._known.get(id_.removesuffix(".0"))
        return found.concept_code if found and found.vocabulary_id == "UCUM" else ""

    def _codings(self, source: str, standard: str, value: str, column: str) -> tuple[Coding, ...]:
        """Source and standard concept; what the source wrote stands before the latter where it has no concept."""
        ids = dict.fromkeys(id_.removesuffix(".0") for id_ in (source, standard))
        found = tuple(self._coding(id_) for id_ in ids if id_ not in ("", "0"))
        unmapped = value and source.removesuffix(".0") in ("", "0") and value not in {coding.code for coding in found}
        return (Coding("", column, value), *found) if unmapped else found

    def _coding(self, id_: str) -> Coding:
        found = self._known.get(id_)
        if found is None:
            return Coding(f"{_OWN}:{id_}", "OMOP", id_)
        curie = find_curie(found.vocabulary_id, found.concept_code)
        if not curie or curie.startswith(f"{_OWN}:"):
            curie = f"{_OWN}:{id_}"
        return Coding(curie, found.vocabulary_id, found.concept_code, found.concept_name)


def read_concepts(table: Table, used: Set[str], refused: list[Refused]) -> Concepts:
    """The concepts of `used` ids in a CONCEPT table, but for 0, which is none.

    What cannot be read goes to `refused`; raises `UnreadableError` where the table lacks a column.
    """
    need_columns(table, Concept._fields)
    wanted = frozenset(used | {id_.removesuffix(".0") for id_ in used}) - {"", "0"}
    found = map(Concept._make, table.select(Concept._fields, refused, wanted=wanted))
    return Concepts({concept.concept_id.removesuffix(".0"): concept for concept in found})
