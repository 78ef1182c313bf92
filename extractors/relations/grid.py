"""A table as rows and columns: merged cells spread out, header rows told from body rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from extractors.model import Cell, Document, Table
from extractors.rules import check_keys, read_rules

_FOOTNOTE = re.compile(r"\s*(?:\^\s*\w{1,2}(?:\s*,\s*\w{1,2})*|[*†‡§¶#^]+|\[\w{1,2}\]|(?<=[a-z])[¹²³⁴⁵⁶⁷⁸⁹]+)\s*$")


@cache
def table_rules() -> Mapping[str, re.Pattern[str]]:
    """The expressions of rules/tables.toml by name, for both languages at once."""
    table = read_rules("tables")["patterns"]
    required = {"rate", "size", "units", "grade", "placebo", "total", "count", "percent", "drug_column",
                "effect_column", "advice_column", "block", "label_column", "not_adverse", "dose_arm", "comparator",
                "own_arm", "unnamed", "no_arm"}  # fmt: skip
    check_keys("tables", "patterns", table, required=required)
    return {name: re.compile(text, re.IGNORECASE) for name, text in table.items()}


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a table by row and column; a merged cell stands at each of its places. `body` is the first row
    below the header.
    """

    table: Table
    cells: Mapping[tuple[int, int], Cell]
    texts: Mapping[tuple[int, int], str]
    rows: int
    columns: int
    body: int

    def text(self, row: int, column: int) -> str:
        """The cell's text on one line, without a footnote's mark; empty where there is no cell."""
        return self.texts.get((row, column), "")

    def header(self, column: int) -> tuple[str, ...]:
        """What stands above the body in `column`, from top to bottom, repeated words once."""
        return tuple(dict.fromkeys(text for row in range(self.body) if (text := self.text(row, column))))

    def span(self, row: int) -> tuple[int, int]:
        """Characters of the document from the first to the last cell of `row`."""
        cells = [cell for (at, _), cell in self.cells.items() if at == row and cell.row == row]
        return min(cell.start for cell in cells), max(cell.end for cell in cells)

    def starts_in(self, row: int) -> bool:
        """Whether a cell begins in `row` (rather than reaching into it from above)."""
        return any((row, column) in self.cells and self.cells[row, column].row == row for column in range(self.columns))


def make_grid(document: Document, table: Table) -> Grid | None:
    """The grid of `table`, or None where it has fewer than two columns or no body."""
    cells: dict[tuple[int, int], Cell] = {}
    for cell in table.cells:
        for row in range(cell.row, cell.row + max(1, min(cell.row_span, 200))):
            for column in range(cell.column, cell.column + max(1, min(cell.column_span, 60))):
                cells.setdefault((row, column), cell)
    if not cells:
        return None
    rows, columns = (1 + max(place[axis] for place in cells) for axis in (0, 1))
    texts = {place: _flat(document.text[cell.start : cell.end]) for place, cell in cells.items()}
    body = _first_body_row(cells, texts, rows, columns)
    if _push_right(cells, texts, body, columns):
        texts = {place: _flat(document.text[cell.start : cell.end]) for place, cell in cells.items()}
    if columns < 2 or body >= rows:
        return None
    return _spread(Grid(table, cells, texts, rows, columns, body))


def _push_right(
    cells: dict[tuple[int, int], Cell], texts: Mapping[tuple[int, int], str], body: int, columns: int
) -> bool:
    """Whether rows of the header were moved into their places: a source that lost the height of the label's cell above
    them has them one column too far to the left.
    """
    pushed = False
    for row in range(1, body if columns > 2 else 0):
        present = [column for column in range(columns) if (row, column) in cells]
        above, label = cells.get((row - 1, 0)), texts.get((row, 0), "")
        if present != list(range(columns - 1)) or above is None or above.column_span > 1:
            continue
        if not label or table_rules()["label_column"].search(label):
            continue
        for column in reversed(present):
            cells[row, column + 1] = cells[row, column]
        cells[row, 0], pushed = above, True
    return pushed


def _flat(text: str) -> str:
    return _FOOTNOTE.sub("", " ".join(text.split()))


def _first_body_row(
    cells: Mapping[tuple[int, int], Cell], texts: Mapping[tuple[int, int], str], rows: int, columns: int
) -> int:
    marked = 0
    while marked < rows and all(cells[marked, c].header for c in range(columns) if (marked, c) in cells):
        marked += 1
    rate = table_rules()["rate"]
    for row in range(marked, min(rows, marked + 6)):
        values = [texts[row, c] for c in range(1, columns) if (row, c) in texts]
        # A dash alone is a rate of nothing in a body, and a filler in a header.
        if any(rate.fullmatch(value) and any(map(str.isdigit, value)) for value in values):
            return _above_groups(texts, marked, row, columns)
    return max(marked, 1) if marked < rows else rows


def _above_groups(texts: Mapping[tuple[int, int], str], marked: int, row: int, columns: int) -> int:
    # A row with a label alone just above the first numbers is a group ("Cardiac disorders"), already body.
    while row > max(marked, 1) and texts.get((row - 1, 0)) and _lonely(texts, row - 1, columns):
        row -= 1
    return row


def _lonely(texts: Mapping[tuple[int, int], str], row: int, columns: int) -> bool:
    first = texts.get((row, 0))
    return all(texts.get((row, c), "") in ("", first) for c in range(1, columns))


def _spread(grid: Grid) -> Grid:
    """`grid` with header rows that are too short stretched evenly over the columns of numbers below them."""
    texts = dict(grid.texts)
    for row in range(grid.body):
        filled = [column for column in range(grid.columns) if texts.get((row, column))]
        present = [column for column in range(grid.columns) if (row, column) in grid.cells]
        arms = [texts[row, column] for column in filled if column > 0]
        wide = grid.columns - 1
        if len(present) < grid.columns and arms and len(arms) < wide and wide % len(arms) == 0:
            for column in range(1, grid.columns):
                texts[row, column] = arms[(column - 1) * len(arms) // wide]
    return Grid(grid.table, grid.cells, texts, grid.rows, grid.columns, grid.body)
