"""Any terminology as a table, the small format of our own (also gzipped).

Tab-separated, a header line, one concept a row; `#` lines before the header may state title, version, licence, source.

- `curie`, `name`, `kind` (a Kind): needed; the other columns may be missing.
- `language` of the name: en where it is empty.
- `synonyms`: separated by `|`; before each may stand its language where it is another, and its scope where it is not
  exact: `zh:阿司匹林`, `broad:quinolones`, `zh:related:过敏反应`.
- `parents`, `xrefs`: CURIEs separated by `|`. `replaced_by`: makes the concept a retired one; a CURIE or `-`.

A row may have the CURIE of another terminology's concept: it then adds its names, parents and xrefs to that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.curies import standard_curie, standard_xref
from ontologies.errors import TerminologyError, UnknownNameError
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.tables import Row, find_version, read_header, read_rows, split_list

COLUMNS = ("curie", "name", "kind")
_MARKS = re.compile(r"(?:(en|zh):\s*)?(?:(exact|narrow|broad|related):\s*)?")


@dataclass(frozen=True, slots=True)
class Table:
    """The reader of the table format."""

    name: str = "table"

    def read_info(self, path: Path) -> TerminologyInfo:
        """What the `#` lines say; the version is a digest of the file where they state none."""
        stated = read_header(path)
        return TerminologyInfo(
            stated.get("name", path.name.split(".")[0]),
            stated.get("prefix", ""),
            stated.get("title", path.name),
            find_version(path, stated.get("version", "")),
            stated.get("licence", "not stated"),
            stated.get("source", "not stated"),
        )

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a row; raises TerminologyError for an unknown kind or a CURIE of an unknown prefix."""
        for row in read_rows(path, COLUMNS):
            try:
                yield _concept(row)
            except (ValueError, UnknownNameError) as error:
                raise TerminologyError(f"{path}, {row['curie'] or row['name']!r}: {error}") from error


def _concept(row: Row) -> Concept:
    language = row.get("language") or "en"
    replaced_by = row.get("replaced_by", "")
    return Concept(
        standard_curie(row["curie"]),
        row["name"],
        Kind(row["kind"]),
        language,
        tuple(_synonym(text, language) for text in split_list(row.get("synonyms", ""))),
        tuple(standard_curie(curie) for curie in split_list(row.get("parents", ""))),
        tuple(standard_xref(curie) for curie in split_list(row.get("xrefs", ""))),
        bool(replaced_by),
        standard_curie(replaced_by) if replaced_by not in ("", "-") else None,
    )


def _synonym(text: str, language: str) -> Synonym:
    marks = _MARKS.match(text)
    assert marks is not None
    return Synonym(text[marks.end() :], Scope(marks[2] or "exact"), marks[1] or language)


TERMINOLOGY = Table()
