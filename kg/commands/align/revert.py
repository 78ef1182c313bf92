"""`kg align revert`: takes a whole batch back."""

from __future__ import annotations

import click

from kg.commands.align.options import desk_of, desk_options, why_option
from kg.config import Where


@click.command("revert")
@click.argument("batch")
@why_option
@desk_options
def command(batch: str, why: str, graph: Where, author: str, dry_run: bool, as_json: bool) -> None:
    """Take all decisions of BATCH back: of one review, one file, one condition. `kg align log` shows batches as JSON.

    What was decided before the batch counts again. `kg align redo` brings the batch back.

    \b
    Example:  kg align revert accept-20260131-123000 --dry-run
    """
    from kg.curation.undoing import revert
    from kg.render.curation import print_change

    with desk_of(graph, author=author, dry_run=dry_run) as desk:
        print_change(revert(desk, batch, why), desk, as_json=as_json)
