"""`kg align export`: the decisions in force, in the formats of others."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.commands.align.options import EXIT_REFUSED, as_of_option
from kg.commands.options import json_option
from ontologies.exchange import exchange_names


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--format", "name", type=click.Choice(exchange_names()), required=True, help="What to write.")
@as_of_option
@json_option
def command(file: Path | None, name: str, as_of: str, as_json: bool) -> None:
    """Write the decisions in force to FILE, or to standard output (-).

    What the format has no words for is left out and told, with exit status 3. --json tells it for machines; it wants a
    FILE.

    \b
    Examples:  kg align export --format sssom decisions.sssom.tsv
               kg align export --format omop source_to_concept_map.csv
    """
    from kg.curation.exchanging import write_decisions
    from kg.render.exchange import print_left_out
    from ontologies.decided import read_standing
    from ontologies.registry import open_lexicon

    file = None if file == Path("-") else file
    if as_json and file is None:
        raise click.UsageError("--json tells what was written to a FILE: name one")
    decisions = sorted(read_standing(as_of=as_of), key=lambda decision: (decision.time, decision.id))
    left_out = write_decisions(decisions, name, open_lexicon(), file)
    print_left_out(left_out, len(decisions), file, as_json=as_json)
    if left_out:
        sys.exit(EXIT_REFUSED)
