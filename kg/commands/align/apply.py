"""`kg align apply`: the graph as all decisions and the terminologies of today have it."""

from __future__ import annotations

import click

from kg.commands.align.options import dry_run_option
from kg.commands.options import graph_option, json_option
from kg.config import Where


@click.command("apply")
@graph_option
@dry_run_option
@json_option
def command(graph: Where, dry_run: bool, as_json: bool) -> None:
    """Align the graph with all decisions in force, and names that wait for a concept with today's terminologies.

    Deciding does this at once where it knows the graph, and so does `kg build`. It is for graphs that were elsewhere
    meanwhile: decisions imported or undone, terminologies added. Nothing else moves.

    \b
    Example:  kg align apply --graph graph --dry-run
    """
    from kg.align import bring_up_to_date
    from kg.commands.lexicon import lexicon_folder
    from kg.render.alignment import print_applied
    from kg.stores import connect
    from ontologies.decided import open_decided

    store = connect(graph, mode="rw")
    try:
        done = bring_up_to_date(store, open_decided(lexicon_folder()), dry_run=dry_run)
        print_applied(done, store, dry_run=dry_run, as_json=as_json)
    finally:
        store.close()
