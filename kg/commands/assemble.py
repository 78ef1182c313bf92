"""`kg assemble`: runs of extracted documents in, graph out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.commands.options import GivenPath, graph_option, json_option
from kg.config import Where


@click.command("assemble")
@click.argument("runs", nargs=-1, required=True, type=GivenPath())
@graph_option
@json_option
def command(runs: tuple[Path, ...], graph: Where, as_json: bool) -> None:
    """Build or update a graph from RUNS: folders, or files in them, that `kg extract --runs` wrote anywhere.

    The graph is the one that `kg build` makes of the same inputs. What is in it already is passed over: run again
    after any interruption, it goes on. A run that is not whole goes to the quarantine list, the rest is done, and the
    exit status is 3. Every machine needs the same medkg and the same lexicon.

    \b
    Example:  kg assemble runs-of-machine-1 runs-of-machine-2 --graph graph
    """
    from kg.align import bring_up_to_date
    from kg.cli import EXIT_QUARANTINED
    from kg.commands.build import opened_to_write
    from kg.commands.lexicon import opened_lexicon
    from kg.commands.progress import build_progress
    from kg.render.build import print_build
    from kg.runs.assembling import assemble_runs

    with opened_to_write(graph, dry_run=False) as store, build_progress(None) as show:
        lexicon = opened_lexicon()
        aligned = bring_up_to_date(store, lexicon)
        progress = assemble_runs(runs, store, lexicon, on_progress=show)
        print_build(progress, store, aligned, graph=graph, dry_run=False, as_json=as_json)
    if progress.quarantined:
        sys.exit(EXIT_QUARANTINED)
