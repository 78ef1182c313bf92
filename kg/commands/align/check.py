"""`kg align check`: a second curator confirms decisions."""

from __future__ import annotations

import click

from kg.commands.align.options import desk_of, desk_options, why_option
from kg.config import Where


@click.command("check")
@click.argument("ids", nargs=-1)
@click.option("--batch", default="", help="Confirm all decisions of this batch.")
@why_option
@desk_options
def command(
    ids: tuple[str, ...], batch: str, why: str, graph: Where, author: str, dry_run: bool, as_json: bool
) -> None:
    """Confirm the decisions IDS that another curator made; without IDS, show those that wait for it.

    With `four_eyes = true` under `[align]` in config.toml of KG_HOME, a decision counts once somebody other than
    its maker has confirmed it, or decided the same. To say no: `kg align undo ID`.

    \b
    Examples:  kg align check
               kg align check 34c77f 9b1d02 --author bob
    """
    from kg.curation.undoing import check
    from kg.render.curation import print_change
    from kg.render.decisions import print_lines

    with desk_of(graph, author=author, dry_run=dry_run) as desk:
        if ids or batch:
            print_change(check(desk, ids, batch, why), desk, as_json=as_json)
            return
        waiting = {decision.id for decision in desk.ledger.standing().waiting}
        print_lines([one for one in desk.ledger.log.lines if one.id in waiting], desk.ledger.log.lines, as_json=as_json)
