"""`kg show`: what the graph says of a concept, with the sentence behind each fact."""

from __future__ import annotations

import sys

import click

from kg.commands.options import (
    graph_option,
    json_option,
    language_option,
    predicate_option,
    restricted_option,
    status_option,
)
from kg.config import Where

#: Exit status when a name may stand for several concepts.
EXIT_AMBIGUOUS = 4


@click.command("show")
@click.argument("name")
@graph_option
@predicate_option
@status_option
@click.option("--min-confidence", type=click.FloatRange(0, 1), default=0.0, help="Leave out less certain facts.")
@click.option("--each", type=click.IntRange(1, 1000), default=5, show_default=True, help="Facts a predicate.")
@click.option("--quotes", type=click.IntRange(0, 100), default=1, show_default=True, help="Sentences a fact.")
@language_option
@restricted_option
@json_option
def command(
    name: str,
    graph: Where,
    predicates: tuple[str, ...],
    statuses: tuple[str, ...],
    min_confidence: float,
    each: int,
    quotes: int,
    language: str,
    restricted: bool,
    as_json: bool,
) -> None:
    """Show the facts about NAME, grouped by predicate, with the best sentence of each.

    NAME is a CURIE, or a name in any language. Where it may stand for several concepts, they are listed and the exit
    status is 4.

    \b
    Examples:  kg show warfarin --graph graph
               kg show 华法林 --lang zh --predicate interacts_with --json
    """
    from kg.model import Status
    from kg.render.show import print_show
    from kg.stores import connect

    store = connect(graph)
    try:
        with store.snapshot(restricted=restricted):
            clear = print_show(
                store,
                name,
                language=language,
                predicates=predicates,
                statuses=[Status(status) for status in statuses],
                min_confidence=min_confidence,
                each=each,
                quotes=quotes,
                as_json=as_json,
            )
    finally:
        store.close()
    if not clear:
        sys.exit(EXIT_AMBIGUOUS)
