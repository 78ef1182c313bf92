"""`kg embed remove`: delete a model."""

from __future__ import annotations

import click

from kg.commands.options import graph_option
from kg.config import Where


@click.command("remove")
@click.argument("model")
@graph_option
def command(model: str, graph: Where) -> None:
    """Delete MODEL with its vectors; where it was the served one, none is served until another is used or trained.

    \b
    Example:  kg embed remove complex --graph graph
    """
    from kg.embed.shelf import Shelf
    from kg.telling import tell

    Shelf(graph).remove(model)
    tell(f"kg: {model} is deleted")
