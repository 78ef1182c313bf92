"""`kg neo4j admin`."""

from __future__ import annotations

import sys

import click

from kg.commands.neo4j.options import name_option
from kg.commands.neo4j.start import Size


@click.command("admin")
@name_option
@click.option("--heap", type=Size(), help="Most memory of the tool itself.")
@click.argument("words", nargs=-1, required=True)
def command(name: str, heap: str | None, words: tuple[str, ...]) -> None:
    """Run neo4j-admin with WORDS on the databases of a stopped server; the exit status is its own.

    \b
    Examples:  kg neo4j admin -- database check neo4j
               kg neo4j admin -- database dump neo4j --to-path=backups
    """
    from kg.commands.neo4j.progress import server_progress
    from kg.neo4j_server.admin import run_admin
    from kg.neo4j_server.place import find_place

    with server_progress() as say:
        status = run_admin(words, find_place(name), say=say, heap=heap)
    sys.exit(status)
