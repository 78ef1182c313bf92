"""Tables that list adverse reactions by how often they occur, without a rate for each: SmPCs, Chinese inserts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.frequency import frequency_class
from extractors.model import Mention, Qualifier, Relation
from extractors.qualifiers import find_values
from extractors.relations.context import Context
from extractors.relations.grid import Grid, table_rules
from ontologies.model import CONDITIONS

_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_FRACTION = re.compile(r"1\s*/\s*(?P<people>\d[\d,.\s]*)")
_PERCENT = re.compile(r"(?P<value>\d+(?:\.\d+)?)\s*[%％]")
#: A cell that says how often is short; a longer one only mentions it.
_LONGEST_LABEL = 48


def read_listed(context: Context, grid: Grid) -> Iterator[Relation]:
    """`causes_adverse_event` for each finding in a cell whose column or row is headed by a frequency, or in a column
    headed as reactions.
    """
    if table_rules()["not_adverse"].search(grid.table.caption):
        return
    body = _first_row(grid)
    heads = [" ".join(grid.text(row, column) for row in range(body)) for column in range(grid.columns)]
    columns = [_frequency(head, context.language) for head in heads]
    listed = [column for column in range(1, grid.columns) if table_rules()["label_column"].search(heads[column])]
    for row in range(body, grid.rows):
        if not grid.starts_in(row):
            continue
        by_row = _frequency(grid.text(row, 0), context.language)
        for column in range(1 if by_row or not columns[0] else 0, grid.columns):
            if frequency := columns[column] or by_row:
                yield from _cell(context, grid, row, column, frequency)
            elif column in listed:
                yield from _cell(context, grid, row, column, "")


def _first_row(grid: Grid) -> int:
    """The first row below the header as it is marked; `grid.body` looks for rates, and takes a dash for one."""
    rows = range(grid.rows)
    plain = (r for r in rows if not all(grid.cells[r, c].header for c in range(grid.columns) if (r, c) in grid.cells))
    return max(next(plain, grid.rows), 1)


def _cell(context: Context, grid: Grid, row: int, column: int, frequency: str) -> Iterator[Relation]:
    cell = grid.cells.get((row, column))
    if cell is None or cell.row != row or context.subject is None:
        return
    start, end = grid.span(row)
    said = (Qualifier("frequency", frequency),) if frequency else ()
    for mention in context.mentions_in(cell.start, cell.end):
        if mention.kind in CONDITIONS and not _in_brackets(context, cell.start, cell.end, mention):
            yield Relation(
                "causes_adverse_event", context.subject, mention, start, end, 0.85, "table", mention.assertion,
                (*context.remembered, *said),
            )  # fmt: skip


def _in_brackets(context: Context, start: int, end: int, mention: Mention) -> bool:
    # What stands in brackets behind a reaction says in whom or how it shows itself: "bradycardia (in heart failure)".
    brackets = _BRACKETS.finditer(context.document.text, start, end)
    return any(found.start() < mention.start and mention.end < found.end() for found in brackets)


def _frequency(text: str, language: str) -> str:
    """The frequency class that a header or a row's label stands for: by its words, else by its rate; or nothing."""
    if not text or len(text) > _LONGEST_LABEL:
        return ""
    if found := find_values("frequency", text, language):
        return found[0][2]
    if fraction := _FRACTION.search(text):
        people = re.sub(r"\D", "", fraction["people"])
        return frequency_class(f"{100 / int(people):g}%") if people and int(people) else ""
    percent = _PERCENT.search(text)
    letters = re.sub(r"[^A-Za-z\u4e00-\u9fff]", "", _BRACKETS.sub("", text))
    return frequency_class(f"{percent['value']}%") if percent and len(letters) < 5 else ""
