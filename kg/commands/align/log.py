"""`kg align log`: the lines of the decision log."""

from __future__ import annotations

import click

from kg.commands.options import json_option


@click.command("log")
@click.option("--last", type=click.IntRange(1), help="Only the newest so many lines.")
@click.option("--as-of", default="", metavar="DATE", help="Only lines up to this date or time.")
@click.option("--author", default="", help="Only lines of this curator.")
@click.option("--batch", default="", help="Only lines of this batch.")
@json_option
def command(last: int | None, as_of: str, author: str, batch: str, as_json: bool) -> None:
    """Show what was decided, undone, noted and confirmed, oldest first, each with its id.

    The log is checked as it is read: a line that was changed or taken out is told.

    \b
    Example:  kg align log --last 20
    """
    from kg.render.decisions import print_lines
    from kg.telling import tell
    from ontologies.decisions import open_log
    from ontologies.standing import read_time

    log = open_log()
    if log.damage:
        tell(f"kg: {log.damage}")
    moment = read_time(as_of) if as_of else "9"
    lines = [line for line in log.lines if line.time <= moment and author in ("", line.author)]
    lines = [line for line in lines if batch in ("", line.batch)]
    print_lines(lines[-last:] if last else lines, log.lines, as_json=as_json)
