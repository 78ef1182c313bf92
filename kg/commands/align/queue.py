"""`kg align queue`: which names to decide on first."""

from __future__ import annotations

from itertools import islice

import click

from kg.commands.align.filters import filter_options, make_filters
from kg.commands.align.options import as_of_option, desk_of
from kg.commands.options import graph_option, json_option
from kg.config import Where


@click.command("queue")
@graph_option
@filter_options
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Names at most.")
@as_of_option
@json_option
def command(graph: Where, top: int, as_of: str, as_json: bool, likely_wrong: bool, **wanted: str) -> None:
    """Show the names that wait for a curator, most valuable first: frequency × uncertainty × facts touched.

    With --likely-wrong the names that were aligned, the most doubtful first. Numbers and makers are left out unless
    asked for by --kind.

    \b
    Examples:  kg align queue --graph graph
               kg align queue --kind drug --language zh --top 5 --json
               kg align queue --likely-wrong
    """
    from kg.curation.queue import iter_queue
    from kg.render.curation import print_queue

    with desk_of(graph, needs_graph=True) as desk:
        standing = desk.ledger.standing(as_of=as_of)
        items = iter_queue(desk, standing, make_filters(wanted, desk), likely_wrong=likely_wrong)
        print_queue(list(islice(items, top)), as_json=as_json)
