"""The rows of a table as they are given: CSV, tab-separated, JSON lines or one JSON list, packed or not.

A row that cannot be read is refused and the next is read: lines are cut before they are decoded, so that a damaged one
takes nothing with it, and no line or cell may be so long that it fills the memory.
"""

from __future__ import annotations

import bz2
import csv
import lzma
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from itertools import count
from typing import IO, Any, NamedTuple, TypeAlias, cast

import orjson

from extractors.errors import UnreadableError
from extractors.graphs.model import RefusedRow
from extractors.places import DAMAGE, HEAD_BYTES, Member, why_unreadable
from extractors.shallow import Shallow

#: Bytes of a line; what is longer is no row of a graph.
LONGEST_LINE = 1 << 20

_LISTS = "|"
_BROKEN = (*DAMAGE, lzma.LZMAError)


class Cells(NamedTuple):
    """A row: its number from 1, its text as given, and what the wanted columns hold, in their order."""

    number: int
    quote: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out: its columns (none where it has no header), what parts them, and whether it is JSON."""

    columns: tuple[str, ...]
    delimiter: str = "\t"
    json: str = ""
    """lines, list, or empty where it is no JSON."""


_Picked: TypeAlias = Callable[[Sequence[str]], Sequence[str]]


def open_member(member: Member) -> IO[bytes]:
    """The content of a file, unpacked; raises `UnreadableError` where it cannot be read."""
    stream = member.open()
    head = cast("BufferedReader", stream).peek(6)[:6]
    if head.startswith(b"BZh"):
        return cast("IO[bytes]", bz2.BZ2File(stream))
    return cast("IO[bytes]", lzma.LZMAFile(stream)) if head.startswith(b"\xfd7zXZ") else stream


def read_head(member: Member) -> bytes:
    """The first bytes of a file, unpacked, as far as it can be read."""
    head = b""
    try:
        with open_member(member) as stream:
            while len(head) < HEAD_BYTES and (more := cast("BufferedReader", stream).read1(HEAD_BYTES - len(head))):
                head += more
    except (UnreadableError, *_BROKEN):
        pass
    return head.removeprefix(b"\xef\xbb\xbf")


def find_layout(head: bytes) -> Layout:
    """How a file is laid out that begins like that; what is no JSON is a table with a header."""
    begin = head.lstrip()
    line = head.partition(b"\n")[0].decode("utf-8", "replace").rstrip("\r")
    if begin.startswith(b"{"):
        return Layout(_keys(line), json="lines")
    if begin.startswith(b"["):
        return Layout(_first_keys(begin), json="list")
    delimiter = max("\t,;|", key=line.count)
    names = next(csv.reader([line], delimiter=delimiter), []) if delimiter != "\t" else line.split("\t")
    return Layout(tuple(name.strip() for name in names), delimiter)


def iter_cells(
    member: Member, layout: Layout, columns: Sequence[str], *, header: bool = True
) -> Iterator[Cells | RefusedRow]:
    """The rows of a file with what `columns` hold, "" for a column that it lacks; names of columns have no capitals.

    Without a `header` columns are numbers from 0. Ends with a refusal where the file cannot be read to its end.
    """
    try:
        with open_member(member) as stream:
            if layout.json == "list":
                yield from _listed(stream, columns)
            elif layout.json:
                yield from _objects(stream, columns)
            else:
                yield from _table(stream, layout, columns, header=header)
    except (UnreadableError, *_BROKEN) as error:
        why = str(error) if isinstance(error, UnreadableError) else why_unreadable(error)
        yield RefusedRow(0, member.name, f"{member.name} {why}", "damage")


def _table(stream: IO[bytes], layout: Layout, columns: Sequence[str], *, header: bool) -> Iterator[Cells | RefusedRow]:
    names = [name.lower() for name in layout.columns] if header else [str(n) for n in range(len(layout.columns))]
    places = [names.index(column.lower()) if column.lower() in names else len(names) for column in columns]
    rows = _split(stream, layout.delimiter) if layout.delimiter == "\t" else _quoted(stream, layout.delimiter)
    numbers = count(0 if header else 1)
    for number, row in zip(numbers, rows, strict=False):
        if number == 0:
            continue
        if isinstance(row, str):
            yield RefusedRow(number, "", row, row)
        elif len(row[1]) != len(names):
            yield RefusedRow(number, "", f"has {len(row[1])} cells under {len(names)} columns", "number of cells")
        else:
            cells = [*row[1], ""]
            yield Cells(number, row[0], [cells[place] for place in places])


def _lines(stream: IO[bytes]) -> Iterator[str | None]:
    """The lines without their ends, None for one that is too long or not UTF-8; empty ones are passed over."""
    first = True
    while line := stream.readline(LONGEST_LINE):
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield None
        elif line.strip():
            try:
                yield line.decode().rstrip("\r\n")
            except UnicodeDecodeError:
                yield None


_UNREAD = "is not UTF-8, or longer than a row of a graph"


def _split(stream: IO[bytes], delimiter: str) -> Iterator[tuple[str, list[str]] | str]:
    for line in _lines(stream):
        yield _UNREAD if line is None else (line, line.split(delimiter))


def _quoted(stream: IO[bytes], delimiter: str) -> Iterator[tuple[str, list[str]] | str]:
    taken: list[str] = []
    unread = False

    def watched() -> Iterator[str]:
        nonlocal unread
        for line in _lines(stream):
            unread = unread or line is None
            taken.append(line or "")
            yield (line or "") + "\n"

    reader = csv.reader(watched(), delimiter=delimiter)
    while True:
        taken.clear()
        unread = False
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield "has a quotation mark that is never closed"
            continue
        yield _UNREAD if unread else ("\n".join(taken), row)


def _objects(stream: IO[bytes], columns: Sequence[str]) -> Iterator[Cells | RefusedRow]:
    for number, line in enumerate(_lines(stream), start=1):
        try:
            told = orjson.loads(line or "")
        except orjson.JSONDecodeError:
            told = None
        if isinstance(told, dict):
            yield Cells(number, line or "", _values(told, columns))
        else:
            yield RefusedRow(number, "", "is no JSON object on one line", "no JSON object")


def _listed(stream: IO[bytes], columns: Sequence[str]) -> Iterator[Cells | RefusedRow]:
    import ijson

    try:
        for number, told in enumerate(ijson.items(Shallow(stream), "item", use_float=True), start=1):
            if isinstance(told, dict):
                yield Cells(number, orjson.dumps(told).decode(), _values(told, columns))
            else:
                yield RefusedRow(number, "", "is no JSON object", "no JSON object")
    except (ijson.JSONError, UnicodeDecodeError, orjson.JSONEncodeError) as error:
        raise UnreadableError("is no whole JSON list: get the file again") from error


def _values(told: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    return [text_of(told.get(column)) for column in columns]


def text_of(value: Any) -> str:
    """A value of JSON as a table would have it: lists with | between, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, list):
        return _LISTS.join(text_of(one) for one in value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _keys(line: str) -> tuple[str, ...]:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return ()
    return tuple(told) if isinstance(told, dict) else ()


def _first_keys(begin: bytes) -> tuple[str, ...]:
    import ijson

    try:
        told = next(ijson.items(Shallow(BytesIO(begin)), "item"), None)
    except ijson.JSONError:
        return ()
    return tuple(told) if isinstance(told, dict) else ()
