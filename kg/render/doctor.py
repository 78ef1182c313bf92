"""`kg doctor`: findings as a table, and what to type next."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from kg.doctor import Finding, Health
from kg.render.console import draw_line, make_console, make_table

_STYLES = {Health.OK: "green", Health.NOTE: "yellow", Health.BAD: "bold red"}


def print_findings(findings: Sequence[Finding], *, console: Console | None = None) -> None:
    """Print what was looked at, how it stands, and the remedies of what does not stand well."""
    console = console or make_console()
    table = make_table("", "subject", "finding")
    for finding in findings:
        table.add_row(Text(finding.health.value, style=_STYLES[finding.health]), finding.subject, finding.finding)
    console.print(table)
    remedies = list(dict.fromkeys(finding.remedy for finding in findings if finding.remedy))
    if remedies:
        console.print(Text("\nwhat to type next", style="bold"))
    for remedy in remedies:
        console.print(draw_line(f"  {remedy}"))
