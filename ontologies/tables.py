"""Reading the text files that terminologies come in: plain or gzipped, checked line by line."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ontologies.errors import TerminologyError

Row = dict[str, str]


@contextmanager
def open_text(path: Path, *, encoding: str = "utf-8-sig") -> Iterator[IO[str]]:
    """The text of a file, gzipped or not; raises TerminologyError where it cannot be read as `encoding`."""
    if path.is_dir():
        raise TerminologyError(f"{path} is a folder; give the file in it")
    try:
        with path.open("rb") as probe:
            zipped = probe.read(2) == b"\x1f\x8b"
        opener = gzip.open if zipped else open
        with opener(path, "rt", encoding=encoding, newline="") as text:
            yield text
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise TerminologyError(f"{path} cannot be read: {error}; is it whole, and in {encoding}?") from error


def read_rows(path: Path, required: Sequence[str], *, delimiter: str = "\t") -> Iterator[Row]:
    """The rows of a table with a header line, which must have the `required` columns; `#` lines before it are passed.

    Raises TerminologyError with the number of the row for a row with too few or too many values.
    """
    with open_text(path) as text:
        reader = _checked(path, csv.reader(_table_lines(text), delimiter=delimiter, strict=True))
        header = next(reader, [])
        missing = [name for name in required if name not in header]
        if missing:
            found = ", ".join(header)[:200] or "nothing"
            raise TerminologyError(f"{path} has no column {missing[0]!r}, only: {found}; is it the right file?")
        for number, row in enumerate(reader, start=1):
            if len(row) != len(header):
                wrong = f"{len(row)} values under {len(header)} columns"
                raise TerminologyError(f"{path}, row {number} ({'|'.join(row)[:40]}): {wrong}; mend the row")
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
    for file in [path] if path.is_file() else sorted(p for p in path.iterdir() if p.is_file()):
        with file.open("rb") as data:
            while block := data.read(1 << 20):
                digest.update(block)
    return f"sha256-{digest.hexdigest()[:12]}"


def split_list(values: str, separator: str = "|") -> list[str]:
    """The values of a cell that holds several, without blanks and repeats."""
    return list(dict.fromkeys(value.strip() for value in values.split(separator) if value.strip()))


def _checked(path: Path, rows: Iterable[list[str]]) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error as error:
        raise TerminologyError(f"{path} is no table: {error}; is a quotation mark left open?") from error


def _table_lines(text: IO[str]) -> Iterator[str]:
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
