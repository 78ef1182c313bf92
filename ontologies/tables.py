"""Reading the text files that terminologies come in: plain, gzipped or in a zip, checked line by line."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ontologies.errors import TerminologyError

Row = dict[str, str]
File = Path | zipfile.Path
"""A file on the disk, or one inside a zip."""
Column = str | tuple[str, ...]
"""The head of a column, or the heads that it has in one or another release; capitals do not matter."""
_BROKEN = (OSError, EOFError, UnicodeDecodeError, zlib.error, zipfile.BadZipFile)


@contextmanager
def open_text(path: File, *, encoding: str = "utf-8-sig") -> Iterator[IO[str]]:
    """The text of a file, gzipped or not; raises TerminologyError where it cannot be read as `encoding`."""
    if path.is_dir():
        raise TerminologyError(f"{path} is a folder; give the file in it")
    try:
        with path.open("rb") as probe:
            zipped = probe.read(2) == b"\x1f\x8b"
        with path.open("rb") as data:
            unpacked = gzip.GzipFile(fileobj=data) if zipped else data
            yield io.TextIOWrapper(unpacked, encoding=encoding, newline="")
    except _BROKEN as error:
        raise TerminologyError(f"{path} cannot be read: {error}; is it whole, and in {encoding}?") from error


def find_encoding(path: File, *encodings: str) -> str:
    """The first of `encodings` in which all of the file can be read; the last where there is none."""
    for encoding in encodings[:-1]:
        try:
            with open_text(path, encoding=encoding) as text:
                while text.read(1 << 20):
                    pass
        except TerminologyError:
            continue
        return encoding
    return encodings[-1]


def read_columns(
    path: File,
    needed: Sequence[Column],
    *,
    optional: Sequence[Column] = (),
    delimiter: str = "\t",
    quoted: bool = False,
    closed: bool = False,
    encoding: str = "utf-8-sig",
) -> Iterator[list[str]]:
    """The values of the `needed` and `optional` columns, row by row; "" for an optional one that is not there.

    For big releases: nothing but those values is made of a row. Only a `quoted` table may hold a delimiter in a value;
    a `closed` one ends with a line break. Raises TerminologyError as `read_rows` does.
    """
    with open_text(path, encoding=encoding) as text:
        lines = _whole_lines(path, text) if closed else text
        rows = _split_quoted(path, lines, delimiter) if quoted else _split_plain(lines, delimiter)
        header = next(rows, [])
        places = _find_places(path, header, needed, optional)
        for number, row in enumerate(rows, start=1):
            if len(row) != len(header):
                raise _miscounted(path, number, row, len(header))
            row.append("")
            yield [row[place] for place in places]


def find_delimiter(path: File) -> str:
    """A tab or a comma, whichever the first line behind the `#` lines has more of."""
    with open_text(path) as text:
        first = next(_table_lines(text), "")
    return max("\t,", key=first.count)


def read_rows(path: Path, required: Sequence[str], *, delimiter: str = "\t") -> Iterator[Row]:
    """The rows of a table with a header line, which must have the `required` columns; `#` lines before it are passed.

    Raises TerminologyError with the number of the row for a row with too few or too many values.
    """
    with open_text(path) as text:
        reader = _checked(path, csv.reader(_table_lines(text), delimiter=delimiter, strict=True))
        header = next(reader, [])
        missing = [name for name in required if name not in header]
        if missing:
            raise _missing(path, missing[0], header)
        for number, row in enumerate(reader, start=1):
            if len(row) != len(header):
                raise _miscounted(path, number, row, len(header))
            yield dict(zip(header, row, strict=True))


def read_header(path: Path) -> Row:
    """What the `# key: value` lines at the top of a file say."""
    with open_text(path) as text:
        pairs = [line[1:].partition(":") for line in _while_comment(text)]
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def find_version(path: Path, stated: str = "") -> str:
    """The `stated` version, or the first digits of the SHA-256 of the file (of a folder's files) where none is."""
    if stated:
        return stated
    digest = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
        with file.open("rb") as data:
            while block := data.read(1 << 20):
                digest.update(block)
    return f"sha256-{digest.hexdigest()[:12]}"


def split_list(values: str, separator: str = "|") -> list[str]:
    """The values of a cell that holds several, without blanks and repeats."""
    return list(dict.fromkeys(value.strip() for value in values.split(separator) if value.strip()))


def _whole_lines(path: File, text: IO[str]) -> Iterator[str]:
    line = "\n"
    for line in text:
        yield line
    if not line.endswith("\n"):
        raise TerminologyError(f"{path} ends in the middle of a row ({line[-40:]!r}); fetch it again")


def _split_plain(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    return (line.rstrip("\r\n").split(delimiter) for line in lines)


def _split_quoted(path: File, lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    rows = csv.reader(_table_lines(lines), delimiter=delimiter, strict=True)
    return _checked(path, rows)


def _find_places(path: File, header: list[str], needed: Sequence[Column], optional: Sequence[Column]) -> list[int]:
    """Where each column is; the place behind the last for an optional one that is not there."""
    heads = [head.strip().lower() for head in header]
    places: list[int] = []
    for column in (*needed, *optional):
        names = (column,) if isinstance(column, str) else column
        place = next((heads.index(name.lower()) for name in names if name.lower() in heads), len(heads))
        if place == len(heads) and len(places) < len(needed):
            raise _missing(path, names[0], header)
        places.append(place)
    return places


def _missing(path: File, column: str, header: list[str]) -> TerminologyError:
    found = ", ".join(header)[:200] or "nothing"
    return TerminologyError(f"{path} has no column {column!r}, only: {found}; is it the right file?")


def _miscounted(path: File, number: int, row: list[str], columns: int) -> TerminologyError:
    wrong = f"{len(row)} values under {columns} columns"
    return TerminologyError(f"{path}, row {number} ({'|'.join(row)[:40]}): {wrong}; mend the row")


def _checked(path: File, rows: Iterable[list[str]]) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error as error:
        raise TerminologyError(f"{path} is no table: {error}; is a quotation mark left open?") from error


def _table_lines(text: Iterable[str]) -> Iterator[str]:
    before = True
    for line in text:
        before = before and line.startswith("#")
        if not before and line.strip():
            yield line


def _while_comment(text: IO[str]) -> Iterator[str]:
    for line in text:
        if not line.startswith("#"):
            return
        yield line
