"""`kg import`: graphs that others made, and exports of medkg's own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.commands.options import GivenPath, graph_option, json_option
from kg.config import Where

if TYPE_CHECKING:
    from kg.imports.model import Imported


@click.command("import")
@click.argument("path", type=GivenPath())
@click.option("--format", default="", help="Which graph it is. Default: told by its content.")
@click.option("--licence", default="", help="Licence of what it says, as CC0-1.0. Default: what its makers state.")
@click.option("--name", default="", help="Name of the import: one of the same name replaces it. Default: the format.")
@click.option("--release", default="", help="Which release it is, as v1.0; for the credits.")
@click.option("--rules", type=GivenPath(), help="TOML file that says what its columns and predicates mean.")
@click.option(
    "--map", "columns", multiple=True, metavar="ROLE=COLUMN", help="Which column holds what, as subject=drug."
)
@click.option("--set", "fixed", multiple=True, metavar="ROLE=VALUE", help="What every row has, as predicate=treats.")
@click.option("--prune", is_flag=True, help="Take out what earlier imports said and this one lacks.")
@click.option("--refused", type=GivenPath(), help="Write every refused row, with its reason, to this new file.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
@graph_option
@json_option
def command(path: Path, refused: Path | None, graph: Where, dry_run: bool, as_json: bool, **wishes: Any) -> None:
    """Bring a foreign graph at PATH, a file or folder, into the graph as one more source of evidence.

    Its identifiers and names go through the terminologies and decisions that are here; each row is evidence. What has
    no meaning here is refused with the remedy and listed by `kg quarantine`; the rest is taken, and the exit status
    is 3. The same release again changes nothing, a new one takes out what it no longer says; where rows are refused it
    does so with --prune only, since they may be what an earlier one said. `kg remove import:NAME` takes all of it out.
    Exports of medkg come back as they were, in every format that holds all of them; with --prune a newer one takes out
    the documents that it lacks, of those that came with exports under the same --name.

    \b
    Example:  kg import hetionet/ --licence CC0-1.0 --graph graph
    """
    from kg.align import bring_up_to_date
    from kg.cli import EXIT_QUARANTINED
    from kg.commands.build import opened_to_write
    from kg.commands.lexicon import opened_lexicon
    from kg.imports.asked import Wishes, ask, refused_to, run
    from kg.render.imports import print_imported

    asked = ask(path, Wishes(**wishes))
    with refused_to(refused) as refusals, opened_to_write(graph, dry_run=dry_run) as store, _shown() as show:
        lexicon = opened_lexicon()
        bring_up_to_date(store, lexicon, dry_run=dry_run)
        done = run(asked, store, lexicon, refusals, dry_run=dry_run, on_progress=show)
    print_imported(done, asked, dry_run=dry_run, as_json=as_json)
    if done.refusals:
        sys.exit(EXIT_QUARANTINED)


@contextmanager
def _shown() -> Iterator[Callable[[Imported], None]]:
    from kg.commands.progress import steps_shown

    with steps_shown() as step:
        yield lambda now: step(
            f"{now.rows:,} rows read, {now.refused:,} refused; "
            f"{now.documents:,} documents written, {now.unchanged:,} unchanged"
        )
