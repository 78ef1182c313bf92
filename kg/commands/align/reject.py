"""`kg align reject`: a name is not a concept, or none at all."""

from __future__ import annotations

import click

from kg.commands.align.bulk import bulk_options, decide_where
from kg.commands.align.options import decision_options, desk_of, desk_options
from kg.config import Where
from ontologies.model import Verdict


@click.command("reject")
@click.argument("name", required=False)
@click.argument("curie", required=False)
@decision_options
@bulk_options
@desk_options
def command(
    name: str | None, curie: str | None, graph: Where, author: str, dry_run: bool, where: str, **given: object
) -> None:
    """Say that NAME is not the concept CURIE, or, without one, that no concept fits it.

    It is remembered: neither a rebuild nor a new release brings the match back, nor a correction of spelling. With
    --where, many names at once, as `kg align accept` does.

    \b
    Examples:  kg align reject RTA mesh:D000140
               kg align reject "see below"
    """
    from kg.commands.align.single import decide_one

    with desk_of(graph, author=author, dry_run=dry_run, needs_graph=bool(where)) as desk:
        if where:
            decide_where(desk, where, Verdict.NONE, given, named=bool(name))
        elif not name:
            raise click.UsageError("give a NAME, or --where CONDITION")
        else:
            decide_one(desk, name, Verdict.NONE, curie or "", given)
