"""`kg embed predict`: facts that no source states and a model expects."""

from __future__ import annotations

import click

from kg.commands.embed.options import choose, model_option, opened
from kg.commands.options import graph_option, json_option, language_option, restricted_option
from kg.config import Where
from kg.predicates import PREDICATES


@click.command("predict")
@click.argument("subject", metavar="DRUG")
@click.argument("predicate", type=click.Choice(list(PREDICATES)), metavar="PREDICATE")
@model_option
@click.option("--first", type=click.IntRange(1, 1000), default=10, show_default=True, help="Predictions at most.")
@click.option("--paths", "paths", type=click.IntRange(0, 20), default=2, show_default=True, help="Paths for each.")
@graph_option
@restricted_option
@language_option
@json_option
def command(
    subject: str,
    predicate: str,
    model: str,
    first: int,
    paths: int,
    graph: Where,
    restricted: bool,
    language: str,
    as_json: bool,
) -> None:
    """Show what a model expects of DRUG (any concept: a CURIE or a name) and PREDICATE, as indicated_for.

    Facts that sources state are left out, and so is what they deny, with what is the same; of a use, also what lies
    below a denied one. Where something below a predicted use is denied, that stands beside it as a caution. Each
    prediction has the probability to be among the facts that were held out in training, and the best paths through
    the graph that lead to it, with their sentences. None of it is stated by any source.

    \b
    Examples:  kg embed predict metformin indicated_for
               kg embed predict 华法林 causes_adverse_event --first 20 --paths 0 --json
    """
    from kg.commands.lexicon import opened_lexicon
    from kg.embed.paths import PathFinder
    from kg.embed.predicting import Predictor
    from kg.render.predictions import print_predictions

    with opened(graph, model) as (store, trained), store.snapshot(restricted=restricted):
        node = choose(store, subject, as_json=as_json)
        told = Predictor(store, trained, lexicon=opened_lexicon()).predict(node, predicate, first=first)
        finder, asked = PathFinder(store), told.found if paths else ()
        why = {
            one.object.curie: finder.find(node.curie, one.object.curie, predicate=predicate, first=paths)
            for one in asked
        }
        print_predictions(store, told, why, trained.about, language=language, as_json=as_json)
