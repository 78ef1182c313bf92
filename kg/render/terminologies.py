"""`kg terminology list`: which terminologies names are aligned to, and on what terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from kg.render.console import make_console, make_table, print_json
from ontologies.registry import Installed


def print_terminologies(
    terminologies: Sequence[Installed], *, as_json: bool = False, console: Console | None = None
) -> None:
    """Print each terminology with version, counts, age, licence and whom to credit."""
    console = console or make_console()
    if as_json:
        print_json([_form(entry) for entry in terminologies], file=console.file)
        return
    if not terminologies:
        console.print("no terminology is compiled yet: `kg terminology install` compiles the starter")
        return
    table = make_table("name", "version", "concepts#", "names#", "from", "licence", "title")
    for entry in terminologies:
        info, origin = entry.info, "starter" if entry.starter else f"you, {entry.age_days:.0f} days ago"
        counts = (f"{entry.concepts:,}", f"{entry.names:,}")
        table.add_row(info.name, info.version, *counts, origin, Text(info.licence), Text(info.title))
    console.print(table)


def _form(entry: Installed) -> dict[str, object]:
    return {
        **asdict(entry.info),
        "reader": entry.reader,
        "concepts": entry.concepts,
        "names": entry.names,
        "starter": entry.starter,
        "age_days": round(entry.age_days, 1),
    }
