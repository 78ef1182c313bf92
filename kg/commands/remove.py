"""`kg remove`: takes a document out."""

from __future__ import annotations

import click

from kg.commands.options import graph_option, json_option
from kg.config import Where


@click.command("remove")
@click.argument("document")
@graph_option
@json_option
def command(document: str, graph: Where, as_json: bool) -> None:
    """Take DOCUMENT and its evidence out of the graph, and show which facts went with it.

    `import:NAME` stands for all documents of a foreign graph that was imported.

    \b
    Example:  kg remove dailymed:0a1b2c3d-... --graph graph
    """
    from kg.imports.removing import is_import, take_out
    from kg.render.changes import print_changes
    from kg.render.imports import print_taken_out
    from kg.stores import connect
    from kg.telling import tell_left_behind

    store = connect(graph, mode="rw")
    try:
        if is_import(document):
            print_taken_out(document, take_out(store, document), as_json=as_json)
            return
        removed = store.remove(document)
        store.compact()
        print_changes([removed], store, as_json=as_json)
        tell_left_behind(store.get_meta())
    finally:
        store.close()
