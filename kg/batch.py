"""Grounding a file of names: rows in, JSON lines out in the same order, as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import IO, Any, NamedTuple

import orjson

from extractors.errors import InputError
from ontologies.ground import BATCH, Ask
from ontologies.model import Decision, Grounding, Kind, Match

GroundAll = Callable[[Iterable[Ask]], Iterator[Grounding]]
_COLUMNS = ("name", "kind", "language", "context")


class _NoAsk(NamedTuple):
    """A row that asks for nothing: its name where that is known, and what is wrong; "" for a blank line."""

    name: str = ""
    error: str = ""


def ground_lines(
    lines: Iterable[bytes],
    ground_all: GroundAll,
    out: IO[bytes],
    *,
    language: str = "",
    context: str = "",
    tell: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Writes a JSON object for each row of a TSV to `out`, and gives back a sentence for each row that is no good.

    The first line is the header: `name`, and where wanted kind, language, context in any order; other columns are
    passed over. A row that is no good has an object of its own with the `error` in it, and so has a blank line, which
    is no error: lines out stand beside rows in. `language` and `context` hold for rows that have none. `tell` is given
    a sentence for what is odd about the file as a whole. Raises InputError for a file without names.
    """
    bad: list[str] = []
    rows = _read_rows(lines, language, context, tell)
    while batch := list(islice(rows, BATCH)):
        answers = ground_all(row for row in batch if isinstance(row, Ask))
        for row in batch:
            if isinstance(row, Ask):
                out.write(orjson.dumps(grounding_form(next(answers))) + b"\n")
            else:
                empty = grounding_form(Grounding(row.name, abstained=True))
                out.write(orjson.dumps({**empty, "error": row.error} if row.error else empty) + b"\n")
                if row.error:
                    bad.append(row.error)
        out.flush()
    return bad


def grounding_form(grounding: Grounding) -> dict[str, Any]:
    """A grounding as one JSON object."""
    return {
        "name": grounding.name,
        "matches": [match_form(match) for match in grounding.matches],
        "abstained": grounding.abstained,
        "candidates": [match_form(match) for match in grounding.candidates],
        "parts": grounding.parts,
        "qualifiers": [qualifier._asdict() for qualifier in grounding.qualifiers],
        "rejected": [rejection_form(decision) for decision in grounding.rejected],
    }


def rejection_form(decision: Decision) -> dict[str, Any]:
    """As one JSON object, what a curator said that a name is not: `curie` is empty where no concept fits."""
    names = ("id", "verdict", "curie", "target", "author", "time", "reason")
    return {name: getattr(decision, name) for name in names}


def match_form(match: Match) -> dict[str, Any]:
    """A match as one JSON object."""
    return asdict(match)


def _read_rows(
    lines: Iterable[bytes], language: str, context: str, tell: Callable[[str], None]
) -> Iterator[Ask | _NoAsk]:
    """The asks of a TSV, or what is wrong with a row."""
    numbered = enumerate(lines)
    header = _read_header(next(numbered, (0, b""))[1], tell)
    number = 0
    for number, line in numbered:
        try:
            cells = _cells(line)
        except UnicodeDecodeError as error:
            yield _NoAsk(error=f"row {number} is not in UTF-8 ({error}); save the file as UTF-8")
            continue
        yield _ask(number, header, cells, language, context) if any(cells) else _NoAsk()
    if not number:
        tell("the file has no names below its header; give it one name a line")


def _read_header(line: bytes, tell: Callable[[str], None]) -> list[str]:
    try:
        header = [cell.strip().lower() for cell in _cells(line)]
    except UnicodeDecodeError as error:
        raise InputError(f"the first line is not in UTF-8 ({error}); save the file as UTF-8") from error
    if "name" not in header:
        if not line.strip():
            raise InputError("the file is empty; give it a header with the column 'name' and one name a line")
        found = ", ".join(header)[:200]
        raise InputError(f"the header has no column 'name', only: {found}; name the column of names 'name'")
    unknown = [cell or "(no name)" for cell in header if cell not in _COLUMNS]
    if unknown:
        tell(f"columns that are passed over: {', '.join(unknown)[:200]}; known are {', '.join(_COLUMNS)}")
    return header


def _cells(line: bytes) -> list[str]:
    text = line.decode("utf-8-sig").rstrip("\r\n")
    return [_unquoted(cell) for cell in text.split("\t")]


def _unquoted(cell: str) -> str:
    """A cell as it was before a spreadsheet put it in quotation marks."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _ask(number: int, header: list[str], cells: list[str], language: str, context: str) -> Ask | _NoAsk:
    row = dict.fromkeys(_COLUMNS, "") | dict(zip(header, (cell.strip() for cell in cells), strict=False))
    name = row["name"]
    if len(cells) > len(header):
        told = f"row {number} ({'|'.join(cells)[:40]})"
        return _NoAsk(name, f"{told}: {len(cells)} values under {len(header)} columns; mend the row")
    if not name:
        return _NoAsk(error=f"row {number} has no name; give it one or take the row out")
    if row["kind"] and row["kind"] not in _KINDS:
        known = ", ".join(_KINDS)
        return _NoAsk(name, f"row {number} ({name[:40]}): unknown kind {row['kind']!r}; give one of {known}")
    kind = _KINDS[row["kind"]] if row["kind"] else None
    return Ask(name, kind, row["language"] or language, row["context"] or context)


_KINDS = {kind.value: kind for kind in Kind}
