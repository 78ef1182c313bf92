"""A document's text while a reader writes it: every line, cell and section knows its offsets at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.markup import Block, GridCell
from extractors.model import Cell, Section, Table
from extractors.sections import code_of_kind

#: What stands between two cells of a table row in the text.
CELL_GAP = "\t"


class Draft:
    """Collects text, sections and tables in one pass, in the order of the source."""

    def __init__(self) -> None:
        self.length = 0
        self.tables: list[Table] = []
        self._parts: list[str] = []
        self._sections: list[Section] = []
        self._open: list[int] = []

    @property
    def text(self) -> str:
        """All that was written so far."""
        return "".join(self._parts)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections, those still open ending where the text now ends."""
        still_open = set(self._open)
        return tuple(replace(s, end=self.length) if i in still_open else s for i, s in enumerate(self._sections))

    def write(self, text: str) -> tuple[int, int]:
        """The offsets of `text`, which now stands at the end."""
        start = self.length
        self._parts.append(text)
        self.length += len(text)
        return start, self.length

    def write_line(self, text: str) -> tuple[int, int]:
        """The offsets of `text`, which now stands at the end and is followed by a new line."""
        span = self.write(text)
        self.write("\n")
        return span

    def open_section(self, title: str, *, code: str = "", kind: str = "", heading: str = "") -> int:
        """The index of a new section inside those open; `heading` is written as its first line.

        Without a kind it has its parent's; without a code, the one that stands for its own kind.
        """
        parent = self._open[-1] if self._open else None
        code = code or code_of_kind(kind)
        if not kind and parent is not None:
            kind = self._sections[parent].kind
        self._open.append(len(self._sections))
        self._sections.append(Section(code, title, self.length, self.length, kind, parent, len(self._open)))
        if heading:
            self.write_line(heading)
        return self._open[-1]

    def close_section(self) -> None:
        """End the innermost open section here."""
        index = self._open.pop()
        self._sections[index] = replace(self._sections[index], end=self.length)

    def write_block(self, block: Block) -> None:
        """Write a line or a table."""
        if block.cells:
            self.write_table(block.cells, caption=block.text)
        elif block.text:
            self.write_line(block.text)

    def write_table(self, cells: Sequence[GridCell], *, caption: str = "") -> None:
        """Write a table: its caption, then a line a row with the cells in their order."""
        start = self.length
        if caption:
            self.write_line(caption)
        placed: list[Cell] = []
        for index, cell in enumerate(cells):
            if index:
                self.write(CELL_GAP if cells[index - 1].row == cell.row else "\n")
            begin, end = self.write(cell.text)
            placed.append(Cell(cell.row, cell.column, begin, end, cell.row_span, cell.column_span, cell.header))
        self.tables.append(Table(start, self.length, caption, tuple(placed)))
        self.write("\n")
