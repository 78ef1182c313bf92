"""`kg search`: concepts of the graph by their names."""

from __future__ import annotations

import click

from kg.commands.options import graph_option, json_option, kind_option
from kg.config import Where


@click.command("search")
@click.argument("text")
@graph_option
@kind_option
@click.option("--limit", type=click.IntRange(1, 1000), default=25, show_default=True, help="Concepts at most.")
@json_option
def command(text: str, graph: Where, kinds: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find concepts whose names fit TEXT: whole names, words, the beginnings of words, Chinese characters.

    \b
    Examples:  kg search warf --graph graph
               kg search 华法林 --kind drug --json
    """
    from kg.render.tables import print_search
    from kg.stores import connect
    from ontologies.model import Kind

    store = connect(graph)
    try:
        print_search(store, text, kinds=[Kind(kind) for kind in kinds], limit=limit, as_json=as_json)
    finally:
        store.close()
