"""`kg stats`: counts of what the graph holds."""

from __future__ import annotations

import click

from kg.commands.options import graph_option, json_option
from kg.config import Where


@click.command("stats")
@graph_option
@json_option
def command(graph: Where, as_json: bool) -> None:
    """Show how much the graph holds, by kind, predicate, status, country and reader.

    \b
    Example:  kg stats --graph graph
    """
    from kg.render.tables import print_stats
    from kg.stores import connect

    store = connect(graph)
    try:
        print_stats(store, as_json=as_json)
    finally:
        store.close()
