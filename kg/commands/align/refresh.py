"""`kg align refresh`: decisions that a new release of a terminology touches."""

from __future__ import annotations

import click

from kg.commands.options import json_option


@click.command("refresh")
@click.argument("terminology", required=False)
@json_option
def command(terminology: str | None, as_json: bool) -> None:
    """Show the decisions whose concept TERMINOLOGY (or any) has retired, renamed, moved or dropped since.

    They hold until a curator looks again: `kg align review --status changed` shows each with the old verdict.
    Nothing else is touched.

    \b
    Example:  kg align refresh hpo
    """
    from kg.commands.lexicon import StageReporter
    from kg.curation.refresh import find_stale, prefixes_of
    from kg.render.agreement import print_stale
    from ontologies.decided import read_standing
    from ontologies.registry import open_lexicon

    lexicon = open_lexicon(progress=StageReporter(), decided=False)
    prefixes = prefixes_of(lexicon, terminology) if terminology else frozenset()
    print_stale(list(find_stale(read_standing(), lexicon, prefixes=prefixes)), as_json=as_json)
