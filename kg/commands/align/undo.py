"""`kg align undo`: takes back the last command, or one line of the log."""

from __future__ import annotations

import click

from kg.commands.align.options import desk_of, desk_options, why_option
from kg.config import Where


@click.command("undo")
@click.argument("id", required=False)
@why_option
@desk_options
def command(id: str | None, why: str, graph: Where, author: str, dry_run: bool, as_json: bool) -> None:  # noqa: A002
    """Take back what your last command did, all of it, or the one decision ID; the graph goes back with it.

    A batch (of a review, an import, a condition) is one command. To undo an undo brings it back. Six characters of an
    ID are enough; `kg align log` shows them. Nothing is erased from the log.

    \b
    Examples:  kg align undo
               kg align undo 34c77f
    """
    from kg.curation.undoing import undo
    from kg.render.curation import print_change

    with desk_of(graph, author=author, dry_run=dry_run) as desk:
        print_change(undo(desk, id, why), desk, as_json=as_json)
