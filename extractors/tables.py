"""Tables of a place, read as text in batches: CSV of any delimiter, Parquet and DuckDB; capitals do not count.

All three come as Arrow batches. Of CSV, pyarrow's streaming reader hands a row to Python as fast as the csv module
where the table is narrow, and half as fast where it has twenty columns and all are wanted; but it skips unwanted
columns for next to nothing (a pass for two of them reads three million rows a second), says which rows have another
number of columns than the header, and lets one code serve the three formats. Making rows of records takes four fifths
of the time (`tests/bench/bench_tables.py`).
"""

from __future__ import annotations

import csv
import re
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeAlias
from zipfile import BadZipFile

from extractors.errors import UnreadableError
from extractors.events import Refused
from extractors.items import readable
from extractors.places import Member, Place
from extractors.table_stream import Watched, without_damage
from extractors.tables_duckdb import Described, is_duckdb, read_duckdb_tables

if TYPE_CHECKING:
    import pyarrow as pa

#: A row of a table: its number (in a CSV the header is row 1 and blank lines count for nothing) and its cells.
Cells: TypeAlias = tuple[int, tuple[str, ...]]

_DELIMITERS = ",\t;|"
_BLOCK_BYTES = 1 << 20
_PARQUET = b"PAR1"
_NULLS = ("", "NULL", "null", "\\N")
_QUOTED_CELL = re.compile(rb'(?:^|\t)"(?:[^"\t]|"")*"(?=\t|\r?\n|\Z)', re.MULTILINE)
_DAMAGE = (OSError, EOFError, zlib.error, BadZipFile, UnreadableError)

#: Where a batch reader notes the numbers of the rows that it left out.
LeftOut: TypeAlias = "deque[int]"


@dataclass(frozen=True)
class Table:
    """A table: `name` as refusals say it, `columns` in small letters; every cell is text, empty where there is none."""

    name: str
    columns: tuple[str, ...]
    _batches: Callable[[Sequence[int], LeftOut], Iterable[pa.RecordBatch]]
    _first: int = 1

    def rows(self, columns: Sequence[str]) -> Iterator[Cells | Refused]:
        """The rows, each with its cells of `columns`; a column that the table lacks is empty throughout."""
        left_out: LeftOut = deque()
        number = self._first
        for batch in self._readable(columns, left_out):
            if isinstance(batch, Refused):
                yield batch
                return
            for cells in zip(*self._texts(batch, columns), strict=False):
                while left_out and left_out[0] == number:
                    yield self._refused(left_out.popleft())
                    number += 1
                yield self._refused(number, "is not UTF-8") if None in cells else (number, cells)
                number += 1
        yield from map(self._refused, left_out)

    def select(
        self, columns: Sequence[str], refused: list[Refused], *, wanted: frozenset[str] | None = None
    ) -> Iterator[tuple[str, ...]]:
        """The cells of `columns`, of the rows alone whose first is `wanted`; what cannot be read goes to `refused`."""
        left_out: LeftOut = deque()
        for batch in self._readable(columns, left_out):
            if isinstance(batch, Refused):
                refused.append(batch)
                break
            if wanted is not None and wanted.isdisjoint(_cells(batch.column(0))):
                continue
            for cells in zip(*self._texts(batch, columns), strict=False):
                if None not in cells and (wanted is None or cells[0] in wanted):
                    yield cells
        refused.extend(map(self._refused, left_out))

    def distinct(self, columns: Sequence[str]) -> set[str]:
        """The different values in `columns` together, of what can be read; the empty one is none."""
        found: set[str] = set()
        for batch in self._readable(columns, deque()):
            if not isinstance(batch, Refused):
                found.update(*(filter(None, _cells(column.unique())) for column in batch.columns))
        return found

    def is_empty(self) -> bool:
        """Whether the table has no row, not even one that cannot be read."""
        return next(self.rows(self.columns[:1]), None) is None

    def _readable(self, columns: Sequence[str], left_out: LeftOut) -> Iterator[pa.RecordBatch | Refused]:
        """The batches with those of `columns` that there are; last of all, where it is so, why there are no more."""
        import pyarrow as pa

        wanted = [self.columns.index(column) for column in columns if column in self.columns]
        try:
            if wanted:
                yield from self._batches(wanted, left_out)
        except (pa.ArrowException, *_DAMAGE):
            yield Refused(
                self.name,
                "cannot be read to its end: it is cut off or damaged, a quotation mark is never closed, or a cell is"
                " over 16 MiB; write it again",
            )

    def _texts(self, batch: pa.RecordBatch, columns: Sequence[str]) -> list[Iterable[str]]:
        texts = map(_cells, batch.columns)
        return [next(texts) if column in self.columns else repeat("") for column in columns]

    def _refused(self, number: int, reason: str = "has another number of columns than the header") -> Refused:
        return Refused(f"{self.name}, row {number}", reason)


def find_tables(place: Place, names: Iterable[str]) -> dict[str, Table]:
    """The tables of `place` among `names`, by name; raises `UnreadableError` where one cannot be opened."""
    if is_duckdb(place):
        return _duckdb_tables(place, names)
    members = {name: place.find(name) for name in names} if place.whole else {}
    return {name: _read_member(place, member) for name, member in members.items() if member}


def find_filled(place: Place, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` under which `place` has a table that holds any row."""
    return tuple(name for name, table in find_tables(place, names).items() if not table.is_empty())


def has_column(place: Place, name: str, column: str) -> bool:
    """Whether `place` has a table `name` with `column`, as far as can be told without reading much."""
    if is_duckdb(place):
        found = _described(place).get(name)
        return found is not None and column in found[0]
    member = place.find(name) if place.whole else None
    if member is None:
        return False
    return member.head.startswith(_PARQUET) or column in _Dialect.of(member.head).columns


def is_closed(place: Place) -> bool:
    """Whether `place` is a DuckDB file that cannot be looked into here, for want of the package or otherwise."""
    return is_duckdb(place) and not _described(place)


def _described(place: Place) -> dict[str, Described]:
    try:
        return read_duckdb_tables(place)
    except UnreadableError:
        return {}


def _duckdb_tables(place: Place, names: Iterable[str]) -> dict[str, Table]:
    found = read_duckdb_tables(place)
    return {name: Table(f"{place.locator}!{name}", *found[name]) for name in names if name in found}


def _read_member(place: Place, member: Member) -> Table:
    name = f"{place.locator}/{readable(member.name)}"
    if member.head.startswith(_PARQUET):
        return _read_parquet(name, member)
    dialect = _Dialect.of(member.head)
    return Table(name, dialect.columns, lambda wanted, bad: _csv_batches(member, dialect, wanted, bad), 2)


@dataclass(frozen=True)
class _Dialect:
    columns: tuple[str, ...]
    delimiter: str
    quoted: bool

    @classmethod
    def of(cls, head: bytes) -> _Dialect:
        """Columns and delimiter by the first line; tables of OHDSI's Athena are tab-delimited and quote nothing."""
        line = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].decode("utf-8", "replace").rstrip("\r")
        delimiter = max(_DELIMITERS, key=line.count)
        names = next(csv.reader([line], delimiter=delimiter), [])
        quoted = delimiter != "\t" or _QUOTED_CELL.search(head) is not None
        return cls(tuple(name.strip().lower() for name in names), delimiter, quoted)


def _csv_batches(member: Member, dialect: _Dialect, wanted: Sequence[int], bad: LeftOut) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    def leave_out(row: arrow_csv.InvalidRow) -> str:
        bad.append(row.number)
        return "skip"

    names = [str(index) for index in range(len(dialect.columns))]
    with member.open() as stream:
        watched = Watched(stream, quoted=dialect.quoted)
        batches = arrow_csv.open_csv(
            watched,
            arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES, column_names=names, skip_rows=1),
            arrow_csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char='"' if dialect.quoted else False,
                newlines_in_values=dialect.quoted,
                invalid_row_handler=leave_out,
            ),
            arrow_csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[str(index) for index in wanted],
                strings_can_be_null=True,
                null_values=_NULLS,
            ),
        )
        yield from (without_damage(batch) if watched.damaged else batch for batch in batches)
        if watched.open_mark:
            raise UnreadableError("a quotation mark is never closed")


def _read_parquet(name: str, member: Member) -> Table:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(member.path or member.open())
    except (pa.ArrowInvalid, *_DAMAGE):
        raise UnreadableError(f"{name}: is no whole Parquet file; write it again") from None
    names = file.schema_arrow.names

    def batches(wanted: Sequence[int], _: LeftOut) -> Iterator[pa.RecordBatch]:
        columns = [names[index] for index in wanted]
        for batch in file.iter_batches(batch_size=8192, columns=columns, use_threads=False):
            yield batch.select(columns)

    return Table(name, tuple(column.lower() for column in names), batches)


def _cells(column: pa.Array) -> list[Any]:
    """The cells as text; None stands for what is not UTF-8."""
    text = _as_text(column)
    try:
        cells = list(text.to_pylist())
    except UnicodeDecodeError:
        import pyarrow as pa

        return [_decoded(value or b"") for value in text.cast(pa.binary()).to_pylist()]
    # Arrow can fill in the empty texts itself, but imports pandas for it, where there is one.
    return [cell or "" for cell in cells] if text.null_count else cells


def _as_text(column: pa.Array) -> pa.Array:
    import pyarrow as pa

    return column if column.type == pa.string() else column.cast(pa.string())


def _decoded(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None
