"""`kg align map`: how a name and a concept are related, where they are not the same."""

from __future__ import annotations

import click

from kg.commands.align.options import decision_options, desk_of, desk_options
from kg.config import Where
from ontologies.model import Verdict


@click.command("map")
@click.argument("name")
@click.argument("curie", required=False)
@click.option("--as", "verdict", type=click.Choice([v.value for v in Verdict]), required=True, help="What CURIE is.")
@decision_options
@desk_options
def command(
    name: str, curie: str | None, graph: Where, author: str, dry_run: bool, verdict: str, **given: object
) -> None:
    """Say that CURIE is broader or narrower than NAME, related to it, exactly it, not it, or that you are unsure.

    A broader, narrower or related concept is kept as a mapping; it is no answer when NAME is looked up, and other
    concepts stay answers.

    \b
    Example:  kg align map "statin therapy" drugbank:DB01076 --as narrow
    """
    from kg.commands.align.single import decide_one

    if not curie and verdict not in ("none", "unsure"):
        raise click.UsageError(f"a CURIE is needed for {verdict}")
    with desk_of(graph, author=author, dry_run=dry_run) as desk:
        decide_one(desk, name, Verdict(verdict), curie or "", given)
