"""`kg quarantine`: the inputs that could not be read."""

from __future__ import annotations

import click

from kg.commands.options import graph_option, json_option
from kg.config import Where


@click.command("quarantine")
@graph_option
@json_option
def command(graph: Where, as_json: bool) -> None:
    """Show the inputs that could not be read, each with the reason.

    \b
    Example:  kg quarantine --graph graph
    """
    from kg.render.tables import print_quarantine
    from kg.stores import connect

    store = connect(graph)
    try:
        print_quarantine(store, as_json=as_json)
    finally:
        store.close()
