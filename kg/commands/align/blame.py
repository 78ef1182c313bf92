"""`kg align blame`: who said what of a name."""

from __future__ import annotations

import click

from kg.commands.align.options import as_of_option
from kg.commands.options import json_option


@click.command("blame")
@click.argument("name")
@as_of_option
@json_option
def command(name: str, as_of: str, as_json: bool) -> None:
    """Show all that was ever decided about NAME: who, when, why, with which versions, and what the program thought.

    What was taken back is struck out.

    \b
    Example:  kg align blame coumadin
    """
    from kg.render.curation import print_history
    from ontologies.decisions import open_log
    from ontologies.ledger import Ledger
    from ontologies.standing import read_time, taken_back

    ledger = Ledger(open_log())
    moment = read_time(as_of) if as_of else "9"
    gone = taken_back([line for line in ledger.log.lines if line.time <= moment])
    print_history(name, [line for line in ledger.history(name) if line.time <= moment], gone, as_json=as_json)
