"""`kg sync`: brings one graph level with another."""

from __future__ import annotations

import click

from kg.commands.options import GraphPlace, json_option
from kg.config import Where


@click.command("sync")
@click.argument("source", type=GraphPlace())
@click.argument("target", type=GraphPlace())
@click.option("--restricted", is_flag=True, help="Copy restricted documents too: sentences of patients' notes.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
@json_option
def command(source: Where, target: Where, restricted: bool, dry_run: bool, as_json: bool) -> None:
    """Bring the graph TARGET level with the graph SOURCE; each is a folder or a URL.

    Documents that differ are written, in batches of whole documents, those that SOURCE does not have are removed, all
    others stay untouched. Interrupted, the same command goes on. Whoever may read a Neo4j database reads everything
    in it, so restricted documents stay behind unless --restricted is said.

    \b
    Example:  kg sync graph neo4j://localhost:7687
    """
    from kg.commands.progress import steps_shown
    from kg.render.comparing import print_synced
    from kg.stores import connect
    from kg.syncing import sync

    ours = connect(source)
    try:
        theirs = connect(target, mode="rw" if dry_run else "create")
        try:
            with steps_shown() as step:
                step("comparing two graphs")
                done = sync(
                    ours,
                    theirs,
                    restricted=restricted,
                    dry_run=dry_run,
                    on_progress=lambda now: step(f"{now.written:,} of {now.to_write:,} documents written"),
                )
            print_synced(done, str(target), dry_run=dry_run, as_json=as_json)
        finally:
            theirs.close()
    finally:
        ours.close()
