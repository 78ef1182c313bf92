"""`kg diff`: what documents added to the graph and retracted from it."""

from __future__ import annotations

import click

from kg.commands.options import graph_option, json_option
from kg.config import Where


@click.command("diff")
@click.argument("document", required=False)
@graph_option
@click.option("--last", type=click.IntRange(1), help="Only the newest so many changes.")
@json_option
def command(document: str | None, graph: Where, last: int | None, as_json: bool) -> None:
    """Show what each version of DOCUMENT, or of every document, added and retracted; oldest first.

    \b
    Examples:  kg diff dailymed:0a1b2c3d-... --graph graph
               kg diff --last 5
    """
    from kg.errors import NotFoundError
    from kg.render.changes import print_changes
    from kg.stores import connect

    store = connect(graph)
    try:
        changes = list(store.iter_changes(document))
        if document and not changes:
            raise NotFoundError(f"no change of a document {document!r}: `kg diff` without a name shows all")
        print_changes(changes[-last:] if last else changes, store, as_json=as_json)
    finally:
        store.close()
