"""Drugs as a table of our own: id (a CURIE), name, kind (drug, drug_class ...), synonyms, brands, parents, xrefs.

Lists are separated by `|`. `parents` of a salt is its ingredient. A brand name is a narrow synonym: a brand is not its
generic, and its other strengths, forms and combinations are not told here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.curies import standard_xref
from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.tables import Row, find_version, read_header, read_rows, split_list

COLUMNS = ("id", "name", "kind", "synonyms", "brands", "parents", "xrefs")


@dataclass(frozen=True, slots=True)
class Drugs:
    """The reader of the table of drugs."""

    name: str = "drugs"

    def read_info(self, path: Path) -> TerminologyInfo:
        """What the `#` lines say."""
        stated = read_header(path)
        version = find_version(path, stated.get("version", ""))
        licence, source = stated.get("licence", "not stated"), stated.get("source", "not stated")
        return TerminologyInfo(self.name, "drugbank", stated.get("title", "Drugs"), version, licence, source)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a row; raises TerminologyError for an unknown kind."""
        for row in read_rows(path, COLUMNS):
            try:
                yield _concept(row)
            except ValueError as error:
                raise TerminologyError(f"{path}, {row['id']}: {error}; give one of {', '.join(Kind)}") from error


def _concept(row: Row) -> Concept:
    exact = tuple(Synonym(text) for text in split_list(row["synonyms"]))
    brands = tuple(Synonym(text, Scope.NARROW) for text in split_list(row["brands"]))
    return Concept(
        standard_xref(row["id"]),
        row["name"],
        Kind(row["kind"]),
        synonyms=exact + brands,
        parents=tuple(standard_xref(curie) for curie in split_list(row["parents"])),
        xrefs=tuple(standard_xref(curie) for curie in split_list(row["xrefs"])),
    )


TERMINOLOGY = Drugs()
