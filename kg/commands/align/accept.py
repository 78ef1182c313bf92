"""`kg align accept`: a name is a concept; or many names are, as a sample shows."""

from __future__ import annotations

import click

from kg.commands.align.bulk import bulk_options, decide_where
from kg.commands.align.options import decision_options, desk_of, desk_options
from kg.config import Where
from ontologies.model import Verdict


@click.command("accept")
@click.argument("name", required=False)
@click.argument("curie", required=False)
@decision_options
@bulk_options
@desk_options
def command(
    name: str | None, curie: str | None, graph: Where, author: str, dry_run: bool, where: str, **given: object
) -> None:
    """Say that NAME is the concept CURIE; or, with --where, that names are what the program thinks best.

    --where shows a random sample and asks whether each is right. The batch is refused where fewer than --least of
    the sample are; it is one batch, which `kg align revert` takes back. Conditions compare score, kind, same_kind,
    language, prefix, reason, exact, typo, facts, documents and residual.

    \b
    Examples:  kg align accept coumadin drugbank:DB00682 --why "brand name"
               kg align accept --where 'score > .97 and same_kind' --sample 50
    """
    from kg.commands.align.single import decide_one

    with desk_of(graph, author=author, dry_run=dry_run, needs_graph=bool(where)) as desk:
        if where:
            decide_where(desk, where, Verdict.EXACT, given, named=bool(name))
        elif not name or not curie:
            raise click.UsageError("give a NAME and a CURIE, or --where CONDITION")
        else:
            decide_one(desk, name, Verdict.EXACT, curie, given)
