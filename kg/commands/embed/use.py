"""`kg embed use`: which model is served."""

from __future__ import annotations

import click

from kg.commands.options import graph_option
from kg.config import Where


@click.command("use")
@click.argument("model")
@graph_option
def command(model: str, graph: Where) -> None:
    """Let MODEL be the one that is served, and asked where none is named.

    The first model of a graph is served without it; which one is never changes by itself afterwards.

    \b
    Example:  kg embed use rotate --graph graph
    """
    from kg.embed.shelf import Shelf
    from kg.errors import UnknownNameError
    from kg.telling import tell

    shelf = Shelf(graph)
    if model not in shelf.names():
        raise UnknownNameError("model", model, shelf.names())
    shelf.serve(model)
    tell(f"kg: {model} is served now")
