"""`kg embed similar`: concepts that are most like one."""

from __future__ import annotations

import click

from kg.commands.embed.options import choose, model_option, opened
from kg.commands.options import graph_option, json_option, kind_option, language_option
from kg.config import Where


@click.command("similar")
@click.argument("name")
@model_option
@kind_option
@click.option("--first", type=click.IntRange(1, 1000), default=10, show_default=True, help="Concepts at most.")
@graph_option
@language_option
@json_option
def command(
    name: str, model: str, kinds: tuple[str, ...], first: int, graph: Where, language: str, as_json: bool
) -> None:
    """Show the concepts whose vectors point most nearly the same way as that of NAME, a CURIE or a name.

    \b
    Examples:  kg embed similar metformin
               kg embed similar 华法林 --kind drug --first 20 --json
    """
    from kg.embed.similar import find_similar
    from kg.render.embed import print_similar

    with opened(graph, model) as (store, trained):
        node = choose(store, name, as_json=as_json)
        found = find_similar(store, trained.neighbours, node.curie, first=first, kinds=kinds).found
        print_similar(node, found, trained.about, language=language, as_json=as_json)
