"""`kg align redo`: brings back what was undone last."""

from __future__ import annotations

import click

from kg.commands.align.options import desk_of, desk_options
from kg.config import Where


@click.command("redo")
@desk_options
def command(graph: Where, author: str, dry_run: bool, as_json: bool) -> None:
    """Bring back what you undid or reverted last.

    \b
    Example:  kg align redo
    """
    from kg.curation.undoing import redo
    from kg.render.curation import print_change

    with desk_of(graph, author=author, dry_run=dry_run) as desk:
        print_change(redo(desk), desk, as_json=as_json)
