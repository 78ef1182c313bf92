"""Rows as neo4j-admin reads them: a header with types, and parts of a million rows, in commas and quotation marks."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

#: Rows of a part: enough that a part is worth a thread of the tool.
PART = 1_000_000

#: Stands between the members of a list: the unit separator, which no name has.
BETWEEN = "\x1f"

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of nodes or relationships: the label or type that all of its rows have, and its columns.

    A column is written as the tool wants it: a name, then its type; what has no type is a string.
    """

    name: str
    label: str
    columns: tuple[str, ...]

    @property
    def joins(self) -> bool:
        """Whether it is a table of relationships."""
        return self.columns[0].startswith(":START_ID")


class Writer:
    """Writes the header of a table, and its rows in parts of `part` rows; there is always one part at least."""

    def __init__(self, folder: Path, table: Table, *, packed: bool, part: int = PART) -> None:
        self.count = 0
        self.longest = 0
        """Bytes of the longest row."""
        self._begin, self._packed, self._rows = folder / table.name, packed, part
        self._cells = [(_name(column), _WRITERS[_type(column)]) for column in table.columns]
        Path(f"{self._begin}-header.csv").write_text(",".join(table.columns) + "\n", encoding="utf-8")
        self._part = self._open_part(1)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._part.close()

    def write(self, row: Properties) -> None:
        """Write a row, which may have more properties than the table has columns."""
        if self.count and not self.count % self._rows:
            self._part.close()
            self._part = self._open_part(self.count // self._rows + 1)
        line = (",".join([write(row[name]) for name, write in self._cells]) + "\n").encode()
        self.longest = max(self.longest, self._part.write(line))
        self.count += 1

    def _open_part(self, number: int) -> IO[bytes]:
        path = Path(f"{self._begin}-{number:04}.csv")
        if not self._packed:
            return path.open("wb", buffering=1 << 20)
        return _Packed(Path(f"{path}.gz").open("wb"))  # type: ignore[return-value]


class _Packed(gzip.GzipFile):
    """A gzipped file that closes the one below it; without name and time in it, so that equal graphs give equal bytes.

    Level 1 is four times as fast as level 6.
    """

    def __init__(self, below: IO[bytes]) -> None:
        super().__init__(filename="", mode="wb", fileobj=below, mtime=0, compresslevel=1)
        self._below = below

    def close(self) -> None:
        super().close()
        self._below.close()


def _name(column: str) -> str:
    """The property of a column: `curie:ID(Concept)` → `curie`, `:START_ID(Concept)` → `:START_ID`."""
    name, _, type_ = column.partition(":")
    return name or f":{type_.partition('(')[0]}"


def _type(column: str) -> str:
    type_ = column.partition(":")[2].partition("(")[0]
    return type_ if type_ in _WRITERS else "string"


def _text(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _texts(values: Iterable[str]) -> str:
    return _text(BETWEEN.join(value.replace(BETWEEN, " ") for value in values))


def _bytes(value: bytes) -> str:
    """Bytes as Java has them, from -128 to 127."""
    return BETWEEN.join(_SIGNED[byte] for byte in value)


_SIGNED = [str(byte if byte < 1 << 7 else byte - (1 << 8)) for byte in range(1 << 8)]
_WRITERS: dict[str, Callable[[Any], str]] = {
    "string": _text,
    "long": _number,
    "double": _number,
    "boolean": _truth,
    "string[]": _texts,
    "byte[]": _bytes,
}
