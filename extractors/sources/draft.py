"""Sections, lines and tables written one after the other into a document's text, each knowing its offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.model import Cell, Section, Table
from extractors.sections import code_of_kind
from extractors.sources.markup import Block, GridCell
from extractors.sources.spl_text import LINE, PARAGRAPH, Mark, TextWriter


class Draft:
    """A document while it is written, in the order of its source."""

    def __init__(self) -> None:
        self.writer = TextWriter()
        self.tables: list[Table] = []
        self._sections: list[Section] = []
        self._open: list[tuple[int, Mark]] = []

    @property
    def text(self) -> str:
        """All that was written so far."""
        return self.writer.text

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that are closed, or all once the last one is."""
        return tuple(self._sections)

    def open_section(self, title: str, *, code: str = "", kind: str = "", heading: str = "") -> None:
        """Begin a section inside those that are open; `heading` is written as its first line.

        Without a kind it has its parent's; without a code, the one that stands for its own kind.
        """
        parent = self._open[-1][0] if self._open else None
        code = code or code_of_kind(kind)
        if not kind and parent is not None:
            kind = self._sections[parent].kind
        self.writer.gap(PARAGRAPH)
        self._open.append((len(self._sections), self.writer.open()))
        self._sections.append(Section(code, title, 0, 0, kind, parent, len(self._open)))
        if heading:
            self.write_line(heading)

    def close_section(self) -> None:
        """End the section opened last; one without any text or title is forgotten."""
        index, mark = self._open.pop()
        start, end = self.writer.close(mark)
        if start == end and index == len(self._sections) - 1:
            self._sections.pop()
        else:
            self._sections[index] = replace(self._sections[index], start=start, end=end)

    def write_line(self, text: str) -> None:
        """Write a line of text."""
        self.writer.gap(LINE)
        self.writer.write(text)

    def write_block(self, block: Block) -> None:
        """Write a line or a table."""
        if block.cells:
            self.write_table(block.cells, caption=block.text)
        elif block.text:
            self.write_line(block.text)

    def write_table(self, cells: Sequence[GridCell], *, caption: str = "") -> None:
        """Write a table: its caption, then a line a row with bars between the cells."""
        self.writer.gap(PARAGRAPH)
        whole = self.writer.open()
        self.write_line(caption)
        rows = sorted({cell.row for cell in cells})
        placed = [cell for row in rows for cell in self._write_row([c for c in cells if c.row == row])]
        start, end = self.writer.close(whole)
        self.tables.append(Table(start, end, caption, tuple(placed)))
        self.writer.gap(PARAGRAPH)

    def _write_row(self, row: Sequence[GridCell]) -> list[Cell]:
        placed: list[Cell] = []
        column = 0
        self.writer.begin_row()
        for cell in row:
            for _ in range(cell.column - column + bool(placed)):
                self.writer.begin_cell()
            mark = self.writer.open()
            self.writer.write(cell.text)
            start, end = self.writer.close(mark)
            placed.append(Cell(cell.row, cell.column, start, end, cell.row_span, cell.column_span, cell.header))
            column = cell.column + cell.column_span
        self.writer.end_row()
        return placed
