"""HTML and XHTML as what a reader sees: lines, headings, list items and tables with their spans resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "html", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul", "br",
})
_SKIPPED = frozenset({
    "script", "style", "head", "nav", "noscript", "template", "svg", "button", "select", "option", "input",
    "textarea", "iframe", "title",
})
# fmt: on
_BOLD = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6", "th"})
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)")
_CJK = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef"
_WRAP_IN_CHINESE = re.compile(rf"(?<=[{_CJK}])[ \t\r]*\n\s*(?=[{_CJK}])")
_SPACE = re.compile(r"[\s\u00a0\u200b\ufeff]+")
_END = re.compile(r"[.,;:!?。，；：！？、]$")

#: The most columns or rows a span may cover: HTML's own limit is 1,000; no label's table comes near.
MAX_SPAN = 200


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a table with its place on the grid; rows and columns count from 0."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One line of text, or a table (`cells`, then `text` is its caption).

    `heading` is the level of a heading (1 to 6), 7 for a line wholly in bold, 0 for any other line.
    """

    text: str
    heading: int = 0
    cells: tuple[GridCell, ...] = ()


def clean_text(text: str) -> str:
    """`text` with each run of space as one blank, and none where a line was only wrapped between Chinese words."""
    return _SPACE.sub(" ", _WRAP_IN_CHINESE.sub("", text)).strip()


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace, in lower case; "" for comments and the like."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def read_blocks(
    root: etree._Element, *, is_layout: Callable[[etree._Element], bool] = lambda _: False
) -> Iterator[Block]:
    """The lines and tables under `root`; a table that `is_layout` is read as lines."""
    line = _Line()
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        name = local_name(element)
        if event == "start" and name == "table" and not is_layout(element):
            yield from line.flush()
            yield from _table(element)
            walker.skip_subtree()
        elif event == "start" and name in _SKIPPED:
            walker.skip_subtree()
        elif event == "start":
            yield from line.enter(element, name)
        if event != "start":
            if name in _BLOCKS:
                yield from line.flush()
            line.leave(element, name)
            if element is not root:
                yield from line.add(element.tail or "")
    yield from line.flush()


class _Line:
    """The line being read: its text so far, and how much of it is bold."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._plain = 0
        self._bold: list[etree._Element] = []
        self._pre = 0
        self._heading = 0

    def enter(self, element: etree._Element, name: str) -> Iterator[Block]:
        if name in _BLOCKS:
            yield from self.flush()
        if name in _BOLD or _BOLD_STYLE.search(element.get("style") or ""):
            self._bold.append(element)
        self._pre += name == "pre"
        if re.fullmatch("h[1-6]", name):
            self._heading = int(name[1])
        if name == "li":
            self._parts.append("• ")
        yield from self.add(element.text or "")

    def leave(self, element: etree._Element, name: str) -> None:
        if self._bold and self._bold[-1] is element:
            self._bold.pop()
        self._pre -= name == "pre"
        if re.fullmatch("h[1-6]", name):
            self._heading = 0

    def add(self, text: str) -> Iterator[Block]:
        first, *rest = text.split("\n") if self._pre else [text]
        self._append(first)
        for line in rest:
            yield from self.flush()
            self._append(line)

    def _append(self, text: str) -> None:
        self._parts.append(text)
        if not self._bold:
            self._plain += len(text.strip())

    def flush(self) -> Iterator[Block]:
        text = clean_text("".join(self._parts))
        if text and text != "•":
            yield Block(text, self._heading or (0 if self._plain else 7))
        self._parts, self._plain = [], 0


def _table(table: etree._Element) -> Iterator[Block]:
    cells = tuple(_with_headers(list(_grid(table))))
    caption = " ".join(_cell_text(c) for c in table if local_name(c) == "caption")
    if len(cells) == 1:
        yield Block(cells[0].text)
    elif any(cell.text for cell in cells):
        yield Block(caption, cells=cells)


def _rows(table: etree._Element) -> Iterator[tuple[etree._Element, bool]]:
    for child in table:
        name = local_name(child)
        if name == "tr":
            yield child, False
        elif name in {"thead", "tbody", "tfoot"}:
            yield from ((row, name == "thead") for row in child if local_name(row) == "tr")


def _grid(table: etree._Element) -> Iterator[GridCell]:
    """The cells with spans resolved as the HTML standard does (table model, "forming a table")."""
    taken: set[tuple[int, int]] = set()
    for row, (element, head) in enumerate(_rows(table)):
        column = 0
        for cell in element:
            name = local_name(cell)
            if name not in {"td", "th"}:
                continue
            while (row, column) in taken:
                column += 1
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            taken.update((r, c) for r in range(row, row + down) for c in range(column, column + across))
            yield GridCell(_cell_text(cell), row, column, down, across, head or name == "th")
            column += across


def _span(cell: etree._Element, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isdecimal() else 1


def _cell_text(cell: etree._Element) -> str:
    text = ""
    for block in read_blocks(cell, is_layout=lambda _: True):
        gap = "" if not text else " " if _END.search(text) else "; "
        text += gap + block.text.removeprefix("• ")
    return text


def _with_headers(cells: Sequence[GridCell]) -> Iterator[GridCell]:
    """The cells, the first row as headers where the markup names none: tables pasted from a word processor."""
    named = any(cell.header for cell in cells) or len({cell.row for cell in cells}) < 2
    depth = max((cell.row_span for cell in cells if cell.row == 0), default=1)
    for cell in cells:
        yield cell if named or cell.row >= depth else replace(cell, header=True)
