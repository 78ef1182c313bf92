"""`kg records withdraw`: a population out of the graph."""

from __future__ import annotations

import click

from kg.commands.options import graph_option, json_option
from kg.config import Where


@click.command("withdraw")
@click.argument("name")
@graph_option
@json_option
def command(name: str, graph: Where, as_json: bool) -> None:
    """Take everything that was told of the population NAME out of the graph; the events store keeps its events.

    What was told of it before is remembered, so that a later release under the name tells of nobody by comparison.

    \b
    Example:  kg records withdraw heart-2026 --graph graph
    """
    from kg.cohorts.publish import withdraw
    from kg.render.cohorts import print_withdrawn
    from kg.stores import connect
    from kg.telling import tell_left_behind

    store = connect(graph, mode="rw")
    try:
        print_withdrawn(withdraw(store, name), name, as_json=as_json)
        tell_left_behind(store.get_meta())
    finally:
        store.close()
