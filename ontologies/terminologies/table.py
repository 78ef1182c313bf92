"""Any terminology as a table with a header line, one concept a row, separated by tabs or commas (also gzipped).

- `curie`, `name`, `kind` (a Kind): needed; the other columns may be missing.
- `language` of the name: en where it is empty.
- `synonyms`: separated by `|`; before each may stand its language where it is another, and its scope where it is not
  exact: `zh:阿司匹林`, `broad:quinolones`, `zh:related:过敏反应`.
- `parents`, `xrefs`: CURIEs separated by `|`. `replaced_by`: makes the concept a retired one; a CURIE or `-`.

`# key: value` lines before the header, or a `.toml` of the same name beside the file, may state title, version,
licence and source; `kind` and `language` of all rows; the `prefix` of identifiers that have none; the `separator` of
lists; and `columns`, a map from the columns above to those of the table: `# columns: curie=编码, name=名称`. With it,
`name:zh` is a column of names in a further language, `xrefs:umls` one of identifiers without prefix.

A row may have the CURIE of another terminology's concept: it then adds its names, parents and xrefs to that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.column_map import ColumnMap, check_kind, read_column_map, read_mapped_rows
from ontologies.curies import standard_curie, standard_xref
from ontologies.errors import TerminologyError, UnknownNameError
from ontologies.model import Concept, Scope, Synonym, TerminologyInfo
from ontologies.tables import Row, find_version, split_list

_MARKS = re.compile(r"(?:(en|zh):\s*)?(?:(exact|narrow|broad|related):\s*)?")


@dataclass(frozen=True, slots=True)
class Table:
    """The reader of the table format."""

    name: str = "table"

    def read_info(self, path: Path) -> TerminologyInfo:
        """What the table says of itself; the version is a digest of the file where it states none."""
        told = read_column_map(path).told
        return TerminologyInfo(
            told.get("name", path.name.split(".")[0]),
            told.get("prefix", ""),
            told.get("title", path.name),
            find_version(path, told.get("version", "")),
            told.get("licence", "not stated"),
            told.get("source", "not stated"),
        )

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a row; raises TerminologyError for an unknown kind or a CURIE of an unknown prefix."""
        mapped = read_column_map(path)
        for row in read_mapped_rows(path):
            try:
                yield _concept(path, row, mapped)
            except UnknownNameError as error:
                remedy = "give what is your own the prefix local"
                raise TerminologyError(f"{path}, {row['curie'] or row['name']!r}: {error}; {remedy}") from error


def _concept(path: Path, row: Row, mapped: ColumnMap) -> Concept:
    language = row.get("language") or "en"
    replaced_by = row.get("replaced_by", "")
    return Concept(
        _curie(row["curie"].strip(), mapped),
        row["name"].strip(),
        check_kind(path, row["kind"].strip()),
        language,
        tuple(_synonyms(row, mapped, language)),
        tuple(_curie(parent, mapped) for parent in split_list(row.get("parents", ""), mapped.separator)),
        tuple(_xrefs(row, mapped)),
        bool(replaced_by),
        _curie(replaced_by, mapped) if replaced_by not in ("", "-") else None,
    )


def _curie(text: str, mapped: ColumnMap) -> str:
    """With the prefix of the table where it has none."""
    prefix = mapped.told.get("prefix")
    return standard_curie(f"{prefix}:{text}" if prefix and ":" not in text else text)


def _synonyms(row: Row, mapped: ColumnMap, language: str) -> Iterator[Synonym]:
    for column in mapped.columns:
        if column.startswith("name:"):
            yield from (Synonym(text, language=column[5:]) for text in split_list(row[column], mapped.separator))
    for text in split_list(row.get("synonyms", ""), mapped.separator):
        marks = _MARKS.match(text)
        assert marks is not None
        yield Synonym(text[marks.end() :], Scope(marks[2] or "exact"), marks[1] or language)


def _xrefs(row: Row, mapped: ColumnMap) -> Iterator[str]:
    for text in split_list(row.get("xrefs", ""), mapped.separator):
        yield standard_xref(text)
    for column in mapped.columns:
        if column.startswith("xrefs:"):
            prefix = column[6:]
            for text in split_list(row[column], mapped.separator):
                yield standard_curie(f"{prefix}:{text}")


TERMINOLOGY = Table()
