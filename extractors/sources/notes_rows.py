"""The rows of tables of notes (CSV, TSV, JSON lines, JSON lists), streamed, each with the number of its line."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import orjson

from extractors.places import Member
from extractors.shallow import Shallow
from extractors.sources.notes_columns import normal_column
from extractors.sources.record_files import MAX_LINE_CHARS, encoding_of, quiet, read_byte_lines, told_why

TABLES = (".csv", ".tsv", ".tab")
JSONS = (".jsonl", ".ndjson", ".json")


class Line(NamedTuple):
    """A row by the normal heads of its columns, or what is wrong with it; `number` counts lines or objects from 1."""

    number: int
    cells: dict[str, str]
    fault: str = ""


def read_table(member: Member) -> Iterator[Line]:
    """The rows of a member; raises `UnreadableError` where the rest of it cannot be read."""
    with told_why(), member.open() as stream:
        yield from _read_json(member, stream) if member.name.lower().endswith(JSONS) else _read_csv(member, stream)


def heads_of(member: Member) -> list[str]:
    """The normal heads of the columns, or the keys of the first object; empty where the member is no such table."""
    head = member.head
    text = head.decode(encoding_of(head), "replace").removeprefix("\ufeff")
    if member.name.lower().endswith(JSONS):
        return _keys(text)
    first = text.lstrip().partition("\n")[0]
    try:
        row = next(csv.reader([first], delimiter=_delimiter(first, member)), [])
    except csv.Error:
        return []
    return [normal_column(cell) for cell in row]


def _keys(text: str) -> list[str]:
    """The keys of the first object; of one that is longer than the head of a file, all keys that the head shows."""
    start = text.find("{")
    if start < 0 or text[:start].strip(" \t\r\n["):
        return []
    try:
        value, _ = json.JSONDecoder().raw_decode(text, start)
    except (json.JSONDecodeError, RecursionError):
        return [normal_column(key) for key in re.findall(r'[{,]\s{0,20}"([^"\\]{1,60})"\s{0,20}:', text)]
    return [normal_column(key) for key in value] if isinstance(value, dict) else []


def _delimiter(first: str, member: Member) -> str:
    if member.name.lower().endswith((".tsv", ".tab")):
        return "\t"
    return max(",;\t|", key=lambda mark: (first.count(mark), mark == ","))


def _read_csv(member: Member, stream: IO[bytes]) -> Iterator[Line]:
    # Notes are longer than the 128 kB that the csv module allows; the limit can only be set for the whole process.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE_CHARS))
    text = io.TextIOWrapper(stream, encoding_of(member.head), "surrogateescape", newline="")
    first = text.readline(MAX_LINE_CHARS)
    heads = [normal_column(cell) for cell in next(csv.reader([first], delimiter=_delimiter(first, member)), [])]
    rows = csv.reader(text, delimiter=_delimiter(first, member))
    while (row := _next_row(rows)) is not None:
        number = rows.line_num + 1
        if len(row) == len(heads):
            yield _clean(Line(number, dict(zip(heads, row, strict=True))))
        elif row:
            yield Line(number, {}, f"has {len(row)} cells where the head has {len(heads)}")


def _next_row(rows: Iterator[list[str]]) -> list[str] | None:
    with quiet("has a cell that never ends, or zero bytes: check the quotes", csv.Error, UnicodeDecodeError):
        return next(rows, None)
    raise AssertionError("quiet raises")


def _clean(line: Line) -> Line:
    if any(0xDC80 <= ord(c) <= 0xDCFF or c == "\0" for cell in line.cells.values() if not cell.isascii() for c in cell):
        return Line(line.number, {}, "holds bytes that are not in the encoding of the file")
    return line


def _read_json(member: Member, stream: IO[bytes]) -> Iterator[Line]:
    if member.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        yield from _read_list(stream)
        return
    for number, line in enumerate(read_byte_lines(member), 1):
        if line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield _object(number, _loads(line.removeprefix(b"\xef\xbb\xbf")))


def _read_list(stream: IO[bytes]) -> Iterator[Line]:
    import ijson

    items = ijson.items(Shallow(stream), "item")
    number = 0
    while True:
        number += 1
        with quiet(
            "is JSON that is cut off or damaged: get the file again", ijson.JSONError, UnicodeDecodeError, ValueError
        ):
            item = next(items, None)
        if item is None:
            return
        yield _object(number, item)


def _loads(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _object(number: int, value: Any) -> Line:
    if not isinstance(value, dict):
        return Line(number, {}, "is no JSON object")
    return Line(number, {normal_column(str(key)): _text(cell) for key, cell in value.items()})


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)
