"""`kg align review`: one key a decision."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kg.commands.align.filters import filter_options, make_filters
from kg.commands.align.options import EXIT_REFUSED, author_option, desk_of, dry_run_option, new_batch, read_lines
from kg.commands.options import graph_option, json_option
from kg.config import Where
from kg.telling import tell

if TYPE_CHECKING:
    from kg.curation.desk import Desk
    from kg.curation.queue import Filters


@click.command("review")
@graph_option
@filter_options
@author_option
@dry_run_option
@click.option("--from", "rows", default="", metavar="FILE", help="Take decisions from a table or JSON lines (-).")
@json_option
def command(
    graph: Where, author: str, dry_run: bool, rows: str, as_json: bool, likely_wrong: bool, **wanted: str
) -> None:
    """Go through the queue card by card, one key a decision; ? shows the keys.

    A decision is on the disk, and in the graph, before the next card is shown: stop whenever you like, or lose the
    line, and the same command goes on from there. Without a terminal, or with --from, decisions are read instead:
    JSON lines or tab-separated values with a header (name, curie, verdict, kind, language, reason, confidence). A name
    that is several concepts has the verdict split and their CURIEs with ; between.

    \b
    Examples:  kg align review --graph graph
               kg align review --kind drug --language zh
               kg align review --from verdicts.tsv
    """
    if rows or not sys.stdin.isatty():
        if not rows:
            tell("kg: standard input is no terminal: decisions are read from it")
        with desk_of(graph, author=author, dry_run=dry_run) as desk:
            _take(desk, read_lines(rows or "-"), as_json=as_json)
        return
    with desk_of(graph, author=author, dry_run=dry_run, needs_graph=True) as desk:
        _go_through(desk, make_filters(wanted, desk), likely_wrong=likely_wrong)


def _take(desk: Desk, lines: list[str], *, as_json: bool) -> None:
    from kg.curation.taking import take_decisions
    from kg.render.curation import print_change

    change, refused = take_decisions(desk, lines, batch=new_batch("from"))
    print_change(change, desk, as_json=as_json, refused=refused)
    if refused:
        sys.exit(EXIT_REFUSED)


def _go_through(desk: Desk, filters: Filters, *, likely_wrong: bool) -> None:
    from rich.text import Text

    from kg.curation.keys import review
    from kg.curation.queue import iter_queue
    from kg.curation.session import Session
    from kg.render.card import HELP, describe_change, draw_card, draw_end
    from kg.render.console import make_console
    from kg.render.terminal import Terminal

    items = iter_queue(desk, desk.ledger.standing(), filters, likely_wrong=likely_wrong)
    session = Session(desk, items, batch=new_batch("review"), again=filters.status in ("second", "changed"))
    console = make_console()
    with Terminal(console) as terminal:
        shown = session.last

        def show(session: Session, message: str) -> None:
            nonlocal shown
            news = describe_change(session.last, desk) if session.last is not shown else []
            shown = session.last
            terminal.show(draw_card(session, console, messages=[message] if message else news))

        review(session, terminal, show, lambda: terminal.show(Text(HELP)))
    console.print()
    console.print("nothing more waits that fits" if session.card is None else "stopped; the rest of the queue waits")
    console.print(draw_end(session))
