"""`kg build`: labels in, graph out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.commands.options import graph_option, json_option


@click.command("build")
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path))
@graph_option
@click.option("--workers", type=click.IntRange(0), help="Worker processes (0: none). Default: one a core.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option(
    "--max-document-mb", type=click.IntRange(1), default=64, show_default=True, help="Refuse larger documents."
)
@json_option
def command(
    inputs: tuple[Path, ...], graph: Path, workers: int | None, dry_run: bool, max_document_mb: int, as_json: bool
) -> None:
    """Build or update a graph from INPUTS: label files, folders of them, zips, zips in zips.

    Formats are told by content: SPL XML, openFDA JSON, Chinese inserts (text, HTML, JSON), EU ePI (FHIR Bundle).
    Unchanged inputs are skipped; a new version of a label retracts what it no longer says. What cannot be read goes
    to the quarantine list, the rest is done, and the exit status is 3.

    \b
    Example:  kg build dm_spl_release_human_rx.zip --graph graph
    """
    from extractors.inputs import Limits, iter_items
    from kg.cli import EXIT_QUARANTINED
    from kg.commands.progress import progress_shown
    from kg.pipeline import build
    from kg.render import print_build
    from kg.workers import default_workers

    items = iter_items(inputs, limits=Limits(document_bytes=max_document_mb << 20))
    lexicon = _lexicon_folder()
    with _store_for(graph, dry_run=dry_run) as store, progress_shown() as show:
        progress = build(
            items,
            store,
            lexicon=lexicon,
            workers=default_workers() if workers is None else workers,
            dry_run=dry_run,
            on_progress=show,
        )
    print_build(progress, graph=graph, dry_run=dry_run, as_json=as_json)
    if progress.quarantined:
        sys.exit(EXIT_QUARANTINED)
