"""`kg build`: labels in, graph out."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.options import GivenPath, graph_option, json_option
from kg.config import Where, may_exist

if TYPE_CHECKING:
    from kg.pipeline import Progress
    from kg.roles import Store
    from kg.runners import Runner
    from ontologies.lexicon import Lexicon


@click.command("build")
@click.argument("inputs", nargs=-1, required=True, type=GivenPath())
@graph_option
@click.option("--workers", type=click.IntRange(0), help="Worker processes (0: none). Default: one a core.")
@click.option(
    "--ray", metavar="ADDRESS", help="Extract on a Ray cluster: host:port, auto, or local for one of this machine."
)
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--max-document-mb", type=click.IntRange(1), default=64, show_default=True, help="Refuse larger ones.")
@json_option
def command(
    inputs: tuple[Path, ...],
    graph: Where,
    workers: int | None,
    ray: str | None,
    dry_run: bool,
    max_document_mb: int,
    as_json: bool,
) -> None:
    """Build or update a graph from INPUTS: label files, folders of them, zips, zips in zips.

    Formats are told by content: SPL XML, openFDA JSON, Chinese inserts (text, HTML, JSON), EU ePI (FHIR Bundle).
    Unchanged inputs are skipped; a new version of a label retracts what it no longer says. What cannot be read goes
    to the quarantine list, the rest is done, and the exit status is 3. Run again after any interruption: it goes on.

    \b
    Example:  kg build dm_spl_release_human_rx.zip --graph graph
    """
    from kg.align import bring_up_to_date
    from kg.cli import EXIT_QUARANTINED
    from kg.commands.lexicon import opened_lexicon
    from kg.render.build import print_build

    with opened_to_write(graph, dry_run=dry_run) as store, chosen_runner(workers, ray) as runner:
        lexicon = opened_lexicon()
        aligned = bring_up_to_date(store, lexicon, dry_run=dry_run)
        progress = _run(inputs, store, runner, lexicon, dry_run=dry_run, max_bytes=max_document_mb << 20)
        print_build(progress, store, aligned, graph=graph, dry_run=dry_run, as_json=as_json)
    if progress.quarantined:
        sys.exit(EXIT_QUARANTINED)


@contextmanager
def chosen_runner(workers: int | None, ray: str | None) -> Iterator[Runner]:
    """What extracts: so many processes of this machine, or the Ray cluster at that address."""
    from kg.runners import LocalRunner
    from kg.workers import default_workers

    if ray is None:
        yield LocalRunner(default_workers() if workers is None else workers)
        return
    if workers is not None:
        raise click.UsageError("--workers is for this machine, and the cluster of --ray has its own: give one of them")
    from kg.ray_runner import connected
    from kg.telling import tell

    with connected(ray, on_wait=lambda sentence: tell(f"kg: {sentence}")) as runner:
        yield runner


def _run(
    inputs: tuple[Path, ...], store: Store, runner: Runner, lexicon: Lexicon, *, dry_run: bool, max_bytes: int
) -> Progress:
    from extractors.estimate import estimate_items
    from extractors.inputs import Limits, iter_items
    from kg.commands.progress import build_progress
    from kg.pipeline import build
    from ontologies.pinned import pin

    expected = estimate_items(inputs)
    items = iter_items(inputs, limits=Limits(document_bytes=max_bytes))
    with build_progress(expected) as show:
        return build(items, store, lexicon=pin(lexicon), runner=runner, dry_run=dry_run, on_progress=show)


@contextmanager
def opened_to_write(graph: Where, *, dry_run: bool) -> Iterator[Store]:
    """The store to write to; a dry run on a graph that is not there yet uses one that is thrown away."""
    from kg.stores import connect

    with tempfile.TemporaryDirectory(prefix="medkg-") as scratch:
        nowhere = dry_run and not may_exist(graph)
        store = connect(
            Path(scratch) / "graph" if nowhere else graph, mode="create" if nowhere or not dry_run else "rw"
        )
        try:
            yield store
        finally:
            store.close()
