"""Grounding a file of names: rows in, JSON lines out in the same order, as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import IO, Any

import orjson

from extractors.errors import InputError
from ontologies.ground import BATCH, Ask
from ontologies.model import Grounding, Kind, Match

GroundAll = Callable[[Iterable[Ask]], Iterator[Grounding]]
_COLUMNS = ("name", "kind", "language", "context")


def ground_lines(
    lines: Iterable[bytes], ground_all: GroundAll, out: IO[bytes], *, language: str = "", context: str = ""
) -> list[str]:
    """Writes a JSON object for each row of a TSV to `out`, and gives back a sentence for each row that is no good.

    The first line is the header: `name`, and where wanted kind, language, context in any order; other columns are
    passed over. A row that is no good has an object of its own with the `error` in it. `language` and `context` hold
    for rows that have none. Raises InputError for a file without names.
    """
    bad: list[str] = []
    rows = _read_rows(lines, language, context)
    while batch := list(islice(rows, BATCH)):
        answers = ground_all(row for row in batch if isinstance(row, Ask))
        for row in batch:
            if isinstance(row, Ask):
                out.write(orjson.dumps(grounding_form(next(answers))) + b"\n")
            else:
                bad.append(row)
                empty = grounding_form(Grounding("", abstained=True))
                out.write(orjson.dumps({**empty, "error": row}) + b"\n")
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
    }


def match_form(match: Match) -> dict[str, Any]:
    """A match as one JSON object."""
    return asdict(match)


def _read_rows(lines: Iterable[bytes], language: str, context: str) -> Iterator[Ask | str]:
    """The asks of a TSV, or what is wrong with a row."""
    numbered = enumerate(lines, start=1)
    header: list[str] = []
    for number, line in numbered:
        try:
            cells = _cells(line)
        except UnicodeDecodeError as error:
            if not header:
                raise InputError(f"the first line is not in UTF-8 ({error}); save the file as UTF-8") from error
            yield f"row {number - 1} is not in UTF-8 ({error}); save the file as UTF-8"
            continue
        if not header:
            header = [cell.strip().lower() for cell in cells]
            if "name" not in header:
                found = ", ".join(header)[:200] or "nothing"
                raise InputError(f"the header has no column 'name', only: {found}; name the column of names 'name'")
        elif any(cells):
            yield _ask(number - 1, header, cells, language, context)


def _cells(line: bytes) -> list[str]:
    text = line.decode("utf-8-sig").rstrip("\r\n")
    return [_unquoted(cell) for cell in text.split("\t")]


def _unquoted(cell: str) -> str:
    """A cell as it was before a spreadsheet put it in quotation marks."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _ask(number: int, header: list[str], cells: list[str], language: str, context: str) -> Ask | str:
    if len(cells) > len(header):
        return f"row {number} ({'|'.join(cells)[:40]}): {len(cells)} values under {len(header)} columns; mend the row"
    row = dict.fromkeys(_COLUMNS, "") | dict(zip(header, (cell.strip() for cell in cells), strict=False))
    if not row["name"]:
        return f"row {number} has no name; give it one or take the row out"
    if row["kind"] and row["kind"] not in _KINDS:
        return f"row {number} ({row['name'][:40]}): unknown kind {row['kind']!r}; give one of {', '.join(_KINDS)}"
    kind = _KINDS[row["kind"]] if row["kind"] else None
    return Ask(row["name"], kind, row["language"] or language, row["context"] or context)


_KINDS = {kind.value: kind for kind in Kind}
