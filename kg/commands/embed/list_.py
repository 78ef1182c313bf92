"""`kg embed list`: the models of a graph."""

from __future__ import annotations

import click

from kg.commands.options import graph_option, json_option
from kg.config import Where


@click.command("list")
@graph_option
@json_option
def command(graph: Where, as_json: bool) -> None:
    """List the models of a graph: which one is served, whether the graph is another one by now, how good each is.

    Also told is what trainings left that were cut off, how large and how old.

    \b
    Example:  kg embed list --graph graph
    """
    from kg.embed.shelf import Shelf
    from kg.render.embed import print_models
    from kg.stores import connect

    store, shelf = connect(graph), Shelf(graph)
    try:
        version = store.get_meta()["graph_version"]
    finally:
        store.close()
    models, damaged = shelf.models()
    print_models(models, damaged, shelf.unfinished(), current=shelf.current(), graph_version=version, as_json=as_json)
