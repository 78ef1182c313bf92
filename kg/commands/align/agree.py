"""`kg align agree`: how far two curators agree."""

from __future__ import annotations

import click

from kg.commands.options import json_option
from kg.errors import KGError


@click.command("agree")
@click.argument("first", required=False)
@click.argument("second", required=False)
@json_option
def command(first: str | None, second: str | None, as_json: bool) -> None:
    """Compare the verdicts of two curators on the names that both decided: agreement, Cohen's kappa, disputes.

    Without names, the two who decided most. `kg align review --status second` shows a second curator what the
    first decided, without his verdicts.

    \b
    Example:  kg align agree ann bob
    """
    from kg.curation.agreement import compare_curators, find_authors
    from kg.render.agreement import print_agreement
    from ontologies.decisions import open_log

    lines = open_log().lines
    authors = find_authors(lines)
    pair = [*filter(None, (first, second)), *(author for author in authors if author not in (first, second))]
    if len(pair) < 2:
        raise KGError("agreement takes two curators; in the log are: " + (", ".join(authors) or "none"))
    print_agreement(compare_curators(lines, pair[0], pair[1]), as_json=as_json)
