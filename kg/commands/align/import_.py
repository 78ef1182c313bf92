"""`kg align import`: decisions from files of others."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.commands.align.options import EXIT_REFUSED, desk_of, desk_options, new_batch
from kg.config import Where


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--batch", default="", help="The name by which all of it can be reverted.")
@desk_options
def command(file: Path, batch: str, author: str, graph: Where, dry_run: bool, as_json: bool) -> None:
    """Take the decisions of FILE (SSSOM, OMOP source_to_concept_map, FHIR ConceptMap, table, JSON lines) as one batch.

    The format is found by the content. Rows that cannot be taken are left out, each with its reason, and the exit
    status is 3; what is in force already is not decided again.

    \b
    Example:  kg align import decisions.sssom.tsv --dry-run
    """
    from kg.curation.exchanging import take_file
    from kg.render.curation import print_change

    with desk_of(graph, author=author, dry_run=dry_run) as desk:
        change, refused = take_file(desk, file, batch=batch or new_batch("import"))
        print_change(change, desk, as_json=as_json, refused=refused)
    if refused:
        sys.exit(EXIT_REFUSED)
