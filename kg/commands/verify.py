"""`kg verify`: whether two graphs say the same."""

from __future__ import annotations

import sys

import click

from kg.commands.options import GraphPlace, json_option
from kg.config import Where

#: Exit status where the graphs differ, as that of diff and cmp.
EXIT_DIFFER = 1


@click.command("verify")
@click.argument("first", type=GraphPlace())
@click.argument("second", type=GraphPlace())
@click.option("--show", type=click.IntRange(0), default=25, show_default=True, help="Show so many differences.")
@json_option
def command(first: Where, second: Where, show: int, as_json: bool) -> None:
    """Compare the graphs FIRST and SECOND, each a folder or a URL, and say where they differ.

    Documents are compared by a hash of what they say, concepts and facts one by one. The exit status is 0 where all is
    alike and 1 where something differs.

    \b
    Example:  kg verify graph neo4j://localhost:7687
    """
    from kg.comparing import compare
    from kg.render.comparing import print_differences
    from kg.stores import connect

    ours = connect(first)
    try:
        theirs = connect(second)
        try:
            alike = print_differences(compare(ours, theirs), (str(first), str(second)), show=show, as_json=as_json)
        finally:
            theirs.close()
    finally:
        ours.close()
    if not alike:
        sys.exit(EXIT_DIFFER)
