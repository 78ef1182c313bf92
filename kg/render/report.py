"""`kg evaluate`: the figures of a task, and what was found as JSON lines for other scorers."""

from __future__ import annotations

from pathlib import Path

import orjson
from rich.console import Console
from rich.text import Text

from extractors.score import Report
from kg.render.console import make_console, print_json


def print_report(report: Report, *, as_json: bool = False, console: Console | None = None) -> None:
    """Print the figures, the error classes and the notes of a report."""
    console = console or make_console()
    if as_json:
        print_json(report.as_dict(), file=console.file)
    else:
        console.print(Text(report.as_text()), soft_wrap=True)


def write_predictions(report: Report, path: Path) -> None:
    """Write what was found, one JSON object a line, documents and sections named as in the corpus."""
    with path.open("wb") as file:
        file.writelines(orjson.dumps(found.as_dict()) + b"\n" for found in report.predictions)
