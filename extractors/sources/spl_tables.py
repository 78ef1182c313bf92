"""Tables of a label as lines of text and as cells with their place on the grid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree

from extractors.model import Cell, Table
from extractors.sources.spl_text import LINE, PARAGRAPH

if TYPE_CHECKING:
    from extractors.sources.spl_narrative import Narrative

#: No label's table is nearly this wide; wider spans are cut, so that a hostile one costs nothing.
MAX_COLUMNS = 200

_FIGURE = re.compile(r"[<>≤≥~-]?\s*\d[\d.,%()\s/±–-]*")
_PLAIN_IN_BOLD = frozenset({"b", "strong", "br", "footnote", "footnoteref", "sup"})


@dataclass(frozen=True, slots=True)
class _Place:
    element: etree._Element
    row: int
    column: int
    row_span: int
    column_span: int
    header: bool


def lay_table(narrative: Narrative, element: etree._Element) -> Table | None:
    """The table `element`, laid out a row a line with bars between cells; None where it is empty.

    A cell alone in its row (a frame around text, a group's heading, a foot) is laid out as the paragraphs it holds; a
    table inside another cell as part of that cell's line.
    """
    writer, rows = narrative.writer, list(_grid(element))
    if writer.flat:
        _lay_inside_cell(narrative, element, rows)
        return None
    writer.gap(PARAGRAPH)
    whole = writer.open()
    caption = _lay_caption(narrative, element)
    cells = [cell for row in _with_headers(rows) for cell in _lay_row(narrative, row)]
    narrative.lay_notes()
    start, end = writer.close(whole)
    writer.gap(PARAGRAPH)
    return Table(start, end, caption, tuple(_inside(cell, start) for cell in cells)) if end > start else None


def _inside(cell: Cell, start: int) -> Cell:
    """`cell`, moved to `start` where it is empty and before the first text of its table."""
    return cell if cell.start >= start else replace(cell, start=start, end=start)


def _lay_inside_cell(narrative: Narrative, element: etree._Element, rows: Sequence[Sequence[_Place]]) -> None:
    for part in [*_captions(element), *(place.element for row in rows for place in row)]:
        narrative.writer.gap(PARAGRAPH)
        narrative.lay(part)


def _lay_caption(narrative: Narrative, element: etree._Element) -> str:
    mark = narrative.writer.open()
    for caption in _captions(element):
        narrative.lay_line(caption)
    narrative.writer.close(mark)
    return narrative.writer.text_of(mark)


def _lay_row(narrative: Narrative, row: Sequence[_Place]) -> Iterator[Cell]:
    if len(row) == 1 and row[0].column == 0:
        yield _lay_alone(narrative, row[0])
        return
    writer, column = narrative.writer, 0
    writer.begin_row()
    for index, place in enumerate(row):
        for _ in range(place.column - column + (index > 0)):
            writer.begin_cell()
        yield _lay_cell(narrative, place)
        column = place.column + place.column_span
    writer.end_row()


def _lay_alone(narrative: Narrative, place: _Place) -> Cell:
    narrative.writer.gap(LINE)
    cell = _lay_cell(narrative, place)
    narrative.writer.gap(LINE)
    return cell


def _lay_cell(narrative: Narrative, place: _Place) -> Cell:
    mark = narrative.writer.open()
    narrative.lay(place.element)
    start, end = narrative.writer.close(mark)
    return Cell(place.row, place.column, start, end, place.row_span, place.column_span, place.header)


def _captions(element: etree._Element) -> list[etree._Element]:
    return [child for child in element if _name(child) == "caption"]


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _groups(table: etree._Element) -> Iterator[tuple[str, list[etree._Element]]]:
    """The row groups as they are shown: the foot stands before the body in the source, and after it here."""
    feet = []
    for child in table:
        name = _name(child)
        if name == "tr":
            yield name, [child]
        elif name == "tfoot":
            feet.append(child)
        elif name in {"thead", "tbody"}:
            yield name, [row for row in child if _name(row) == "tr"]
    for foot in feet:
        yield "tfoot", [row for row in foot if _name(row) == "tr"]


def _grid(table: etree._Element) -> Iterator[list[_Place]]:
    """The cells row by row with spans resolved, as the HTML standard forms a table (section 4.9.12)."""
    first = 0
    for group, elements in _groups(table):
        taken_until: dict[int, int] = {}
        for row, element in enumerate(elements):
            last = first + len(elements) - 1
            yield list(_places(element, first + row, last, taken_until, head=group == "thead"))
        first += len(elements)


def _places(
    element: etree._Element, row: int, last: int, taken_until: dict[int, int], *, head: bool
) -> Iterator[_Place]:
    column = 0
    for cell in element:
        name = _name(cell)
        if name not in {"td", "th"}:
            continue
        while taken_until.get(column, -1) >= row:
            column += 1
        across = _span(cell, "colspan", max(MAX_COLUMNS - column, 1))
        down = _span(cell, "rowspan", last - row + 1)
        if down > 1:
            taken_until.update(dict.fromkeys(range(column, column + across), row + down - 1))
        yield _Place(cell, row, column, down, across, head or name == "th")
        column += across


def _span(cell: etree._Element, name: str, most: int) -> int:
    value = cell.get(name, "").strip()
    if not value.isdecimal():
        return 1
    return min(int(value[:6]) or (most if name == "rowspan" else 1), most)


def _with_headers(rows: list[list[_Place]]) -> list[list[_Place]]:
    """The rows; where the markup names no header, the first is one if it is bold, or in words above figures."""
    if len(rows) < 2 or any(place.header for row in rows for place in row):
        return rows
    first, second = rows[0], rows[1]
    bold = all(map(_is_bold, first)) and not all(map(_is_bold, second))
    if bold or (_in_words(first) and _in_figures(second)):
        return [[replace(place, header=True) for place in first], *rows[1:]]
    return rows


def _is_bold(place: _Place) -> bool:
    element = place.element
    pieces = [element.text, *(child.tail for child in element)]
    inner = all("bold" in child.get("styleCode", "").lower() or _name(child) in _PLAIN_IN_BOLD for child in element)
    return not any(piece and piece.strip() for piece in pieces) and inner


def _text(place: _Place) -> str:
    return " ".join("".join(map(str, place.element.itertext())).split())


def _in_words(row: Sequence[_Place]) -> bool:
    return len(row) > 1 and all(_text(place) and not _FIGURE.fullmatch(_text(place)) for place in row[1:])


def _in_figures(row: Sequence[_Place]) -> bool:
    return len(row) > 1 and all(_FIGURE.fullmatch(_text(place)) for place in row[1:])
