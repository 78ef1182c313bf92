"""`kg embed classify`: what a network takes concepts for."""

from __future__ import annotations

import click

from kg.commands.options import graph_option, json_option
from kg.config import Where


@click.command("classify")
@click.argument("target", type=click.Choice(["kind", "area"]))
@click.option("--config", default="", metavar="FILE", help="Settings of gnn as TOML.")
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="One setting; may be repeated.")
@click.option("--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu, cuda, cuda:N.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all that is by chance.")
@click.option("--first", type=click.IntRange(0), default=10, show_default=True, help="Concepts shown at most.")
@graph_option
@json_option
def command(
    target: str,
    config: str,
    values: tuple[str, ...],
    device: str,
    seed: int,
    first: int,
    graph: Where,
    as_json: bool,
) -> None:
    """Learn to tell what concepts are, their KIND or their AREA of medicine, and say how well that goes.

    A graph neural network learns it of concepts whose class is known, and is asked about a fifth that it has not seen;
    beside its accuracy stands that of who always names the largest class. Then it says what it takes those for that
    have none: concepts of kind other, conditions that lie under nothing. That is stated by no source, and nothing of it
    is written anywhere.

    \b
    Examples:  kg embed classify kind
               kg embed classify area --set encoder=sage --first 50 --json
    """
    from kg.embed.classes import tell_classes
    from kg.embed.device import get_device
    from kg.embed.gnn.settings import GnnSettings
    from kg.embed.recipes import choose_settings
    from kg.render.embed_classes import print_classes
    from kg.stores import connect
    from ontologies.registry import open_lexicon

    settings = choose_settings("gnn", config=config, values=values, seed=seed)
    assert isinstance(settings, GnnSettings)
    chosen, store = get_device(device), connect(graph)
    try:
        found = tell_classes(store, target, settings, lexicon=open_lexicon(), device=chosen)
    finally:
        store.close()
    print_classes(found, first=first, as_json=as_json)
