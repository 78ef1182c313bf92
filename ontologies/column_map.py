"""Which column of a table holds what: told in `#` lines at its top, or in a `.toml` of the same name beside."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ontologies.errors import TerminologyError
from ontologies.model import Kind
from ontologies.tables import Row, find_delimiter, read_header, read_rows

COLUMNS = ("curie", "name", "kind", "language", "synonyms", "parents", "xrefs", "replaced_by")
_PARTS = ("name:", "xrefs:")
"""Columns of which there may be several: a name in a further language, identifiers of one vocabulary."""
_TOLD = ("name", "title", "version", "licence", "source", "prefix", "kind", "language", "separator", "columns")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What a table says of itself: its head (`title`, `licence` ...), and the head of each column that is read."""

    told: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def separator(self) -> str:
        """What stands between the values of a list."""
        return self.told.get("separator") or "|"


def read_column_map(path: Path) -> ColumnMap:
    """The map of the table at `path`: a column that is not named is the one of that name."""
    content = _read_beside(path)
    if content is None:
        told = read_header(path)
        return ColumnMap(told, _checked(path, _parse(path, told.get("columns", ""))))
    return ColumnMap(_texts(content), _checked(_beside(path), content.get("columns", {})))


def read_told(path: Path) -> dict[str, str]:
    """What the `.toml` beside a file says of it (`kind`, `prefix`, `licence` ...); nothing where there is none."""
    return _texts(_read_beside(path) or {})


def read_mapped_rows(path: Path) -> Iterator[Row]:
    """The rows of the table by the names of our columns; raises TerminologyError where a column is not there."""
    mapped = read_column_map(path)
    wanted = {name: mapped.columns.get(name, name) for name in ("curie", "name", "kind")}
    if mapped.told.get("kind") and "kind" not in mapped.columns:
        del wanted["kind"]
    for number, row in enumerate(
        read_rows(path, [*wanted.values(), *mapped.columns.values()], delimiter=find_delimiter(path))
    ):
        if not number and not mapped.columns:
            _refuse_unknown(path, row)
        own = {name: row[name] for name in COLUMNS if name in row and name not in mapped.columns}
        own |= {name: row[head] for name, head in mapped.columns.items()}
        own["kind"] = own.get("kind") or mapped.told.get("kind", "")
        own["language"] = own.get("language") or mapped.told.get("language", "")
        yield own


def _refuse_unknown(path: Path, row: Row) -> None:
    """Raises for a column that nobody would read; a table with a map of columns is another's and may have more."""
    unknown = [name for name in row if name not in COLUMNS]
    if unknown:
        remedy = (
            f"known are: {', '.join(COLUMNS)}; rename it, take it out, or add a line '# columns: curie=..., name=...'"
        )
        raise TerminologyError(f"{path}: unknown column {unknown[0]!r}; {remedy}")


def _beside(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(".gz")).with_suffix(".toml")


def _read_beside(path: Path) -> dict[str, Any] | None:
    """The content of the file beside; raises TerminologyError where it is no TOML, or for a key that does not exist."""
    beside = _beside(path)
    if not beside.is_file():
        return None
    try:
        content = tomllib.loads(beside.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise TerminologyError(f"{beside} cannot be read: {error}; mend the file") from error
    unknown = sorted(content.keys() - set(_TOLD))
    if unknown:
        raise TerminologyError(f"{beside}: unknown key {unknown[0]!r}; known are: {', '.join(_TOLD)}")
    return content


def _texts(content: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in content.items() if key != "columns"}


def _parse(path: Path, text: str) -> dict[str, str]:
    """The pairs of "curie=code, name=名称"."""
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if any(not mark or not head.strip() for _, mark, head in pairs):
        raise TerminologyError(f"{path}: {text[:60]!r} is no map of columns; write: # columns: curie=CODE, name=TITLE")
    return {name.strip(): head.strip() for name, _, head in pairs}


def _checked(path: Path, columns: Any) -> dict[str, str]:
    if not isinstance(columns, dict) or not all(isinstance(head, str) for head in columns.values()):
        raise TerminologyError(f'{path}: columns must be a table of strings: columns = {{ curie = "CODE" }}')
    unknown = [name for name in columns if name not in COLUMNS and not name.startswith(_PARTS)]
    if unknown:
        known = ", ".join((*COLUMNS, "name:LANGUAGE", "xrefs:PREFIX"))
        raise TerminologyError(f"{path}: unknown column {unknown[0]!r} in the map; known are: {known}")
    return columns


def check_kind(path: Path, text: str) -> Kind:
    """The kind of that name; raises TerminologyError with all there are."""
    if text not in list(Kind):
        raise TerminologyError(f"{path}: {text!r} is no kind; give one of {', '.join(Kind)}")
    return Kind(text)
