"""`kg conflicts`: facts that oppose each other."""

from __future__ import annotations

import click

from kg.commands.options import graph_option, json_option, language_option
from kg.config import Where


@click.command("conflicts")
@graph_option
@click.option("--first", type=click.IntRange(1, 1000), default=25, show_default=True, help="Conflicts at most.")
@click.option("--after", help="Go on after this cursor, which the last page gave.")
@language_option
@json_option
def command(graph: Where, first: int, after: str | None, language: str, as_json: bool) -> None:
    """Show pairs of facts that oppose each other, the surest first, with the best sentence of either side.

    \b
    Example:  kg conflicts --graph graph
    """
    from kg.render.tables import print_conflicts
    from kg.stores import connect

    store = connect(graph)
    try:
        print_conflicts(store, first=first, after=after, language=language, as_json=as_json)
    finally:
        store.close()
