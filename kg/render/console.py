"""The terminal: its width, its colours, and how statuses and confidence look on it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import IO

import orjson
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.style import StyleType
from rich.table import Table
from rich.text import Text

from kg.model import Status
from ontologies.printable import printable, printable_lines

#: Width where there is no terminal to ask, so that a pipe gives the same lines everywhere.
PIPED_WIDTH = 120

STATUS_STYLES = {Status.SUPPORTED: "green", Status.CONTESTED: "yellow", Status.NEGATIVE: "red"}
STATUS_LABELS = {
    Status.SUPPORTED: {"en": "supported", "zh": "支持"},
    Status.CONTESTED: {"en": "contested", "zh": "有争议"},
    Status.NEGATIVE: {"en": "negative", "zh": "否定"},
}

_BAR_CELLS = 5


class SafeConsole(Console):
    """A console on which nothing that is printed can steer the terminal, whoever forgot to ask `printable` for it."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """The segments as they may be printed; rich's own controls pass."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else printable_lines(text), style, control)


class SafeTable(Table):
    """A table each cell of which is one line of text, however a name is written."""

    def add_row(self, *cells: RenderableType | None, style: StyleType | None = None, end_section: bool = False) -> None:
        """Add a row."""
        safe = (draw_line(cell) if isinstance(cell, str | Text) else cell for cell in cells)
        super().add_row(*safe, style=style, end_section=end_section)


def draw_line(*parts: str | tuple[str, str] | Text, style: str = "") -> Text:
    """One line of these texts, each with its style, if it has one; what data may hold is made printable."""
    return Text.assemble(*map(_printable, parts), style=style)


def _printable(part: str | tuple[str, str] | Text) -> str | tuple[str, str] | Text:
    if isinstance(part, str):
        return printable(part)
    if isinstance(part, tuple):
        return printable(part[0]), part[1]
    shown = printable(part.plain)
    return part if shown == part.plain else Text(shown, part.style)


def make_console(*, file: IO[str] | None = None) -> Console:
    """A console on `file` (default: standard output), of fixed width and without colours where it is no terminal."""
    out = file or sys.stdout
    return SafeConsole(
        file=out, width=None if out.isatty() else PIPED_WIDTH, highlight=False, markup=False, emoji=False
    )


def print_json(value: object, *, file: IO[str] | None = None) -> None:
    """Write `value` as one indented JSON value."""
    (file or sys.stdout).write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def draw_confidence(confidence: float, *, bar: bool) -> Text:
    """The confidence as a number, with a bar before it in a terminal."""
    # Cut, not rounded: nothing is shown as certain.
    number = f"{int(confidence * 100) / 100:.2f}"
    if not bar:
        return Text(number)
    full = round(confidence * _BAR_CELLS)
    return Text.assemble(("▮" * full, "cyan"), ("▯" * (_BAR_CELLS - full), "dim"), " ", number)


def draw_status(status: Status, language: str) -> Text:
    """The status in its colour, in words of `language`."""
    labels = STATUS_LABELS[status]
    return Text(labels.get(language, labels["en"]), style=STATUS_STYLES[status])


def make_table(*columns: str, title: str = "") -> SafeTable:
    """An empty table of plain lines; a column whose name ends in # holds numbers."""
    table = SafeTable(title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        numbers = column.endswith("#")
        table.add_column(column.rstrip("#"), justify="right" if numbers else "left", overflow="fold")
    return table
