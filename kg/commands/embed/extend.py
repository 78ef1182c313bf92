"""`kg embed extend`: vectors for what is new in a graph, without training."""

from __future__ import annotations

import click

from kg.commands.options import graph_option, json_option
from kg.config import Where


@click.command("extend")
@click.argument("model", default="", metavar="[MODEL]")
@click.option("--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu, cuda, cuda:N.")
@graph_option
@json_option
def command(model: str, device: str, graph: Where, as_json: bool) -> None:
    """Give concepts that came into the graph since MODEL was trained vectors of their own, without training it again.

    Without MODEL it is the one that is served. A newcomer starts from concepts with names like its own and is fitted to
    its facts with concepts that the model knows; a network (gnn) reads its names and neighbours. All other vectors stay
    as they are, and the model is of the graph's version then. What it was trained on and its figures stay as well:
    of newcomers no probabilities are told. Where much is new, train again.

    \b
    Examples:  kg embed extend
               kg embed extend complex --graph graph --json
    """
    from kg.embed.device import get_device
    from kg.embed.extending import extend_model
    from kg.embed.shelf import Shelf
    from kg.render.embed import print_extended
    from kg.stores import connect
    from ontologies.registry import open_lexicon

    trained, chosen = Shelf(graph).open(model), get_device(device)
    store = connect(graph)
    try:
        with store.snapshot():
            extended = extend_model(trained, store, lexicon=open_lexicon(), device=chosen)
    finally:
        store.close()
    print_extended(extended, as_json=as_json)
