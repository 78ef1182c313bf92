"""Any terminology as a table, the small format of our own (also gzipped).

Tab-separated, a header line, one concept a row; `#` lines before the header may state title, version, licence, source.

- `curie`, `name`, `kind` (a Kind), `language` (en, zh): needed.
- `synonyms`: separated by `|`; each may begin with `zh:` or `en:` where it is of another language, and end with
  `(narrow)`, `(broad)` or `(related)` where it is not exact.
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

COLUMNS = ("curie", "name", "kind", "language", "synonyms", "parents", "xrefs")
_LANGUAGE = re.compile(r"(en|zh):\s*")
_SCOPE = re.compile(r"\s*\((exact|narrow|broad|related)\)$")


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
    replaced_by = row.get("replaced_by", "")
    return Concept(
        standard_curie(row["curie"]),
        row["name"],
        Kind(row["kind"]),
        row["language"] or "en",
        tuple(_synonym(text, row["language"] or "en") for text in split_list(row["synonyms"])),
        tuple(standard_curie(curie) for curie in split_list(row["parents"])),
        tuple(standard_xref(curie) for curie in split_list(row["xrefs"])),
        bool(replaced_by),
        standard_curie(replaced_by) if replaced_by not in ("", "-") else None,
    )


def _synonym(text: str, language: str) -> Synonym:
    tag = _LANGUAGE.match(text)
    text = text[tag.end() :] if tag else text
    scope = _SCOPE.search(text)
    text = text[: scope.start()] if scope else text
    return Synonym(text, Scope(scope[1]) if scope else Scope.EXACT, tag[1] if tag else language)


TERMINOLOGY = Table()
