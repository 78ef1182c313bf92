"""`kg records quarantine`: the records that were refused."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands.options import GivenPath, json_option
from kg.commands.records.options import key_option, opened, records_option


@click.command("quarantine")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=GivenPath())
@records_option
@key_option
@json_option
def command(paths: tuple[Path, ...], records: Path, key_file: Path, as_json: bool) -> None:
    """Show the records that were refused: in which input, where in it, and what is wrong with their form.

    Inputs are known by a hash alone, for files may be called after patients. With PATH... they are looked for there by
    their content, and shown by name.

    \b
    Examples:  kg records quarantine
               kg records quarantine exports/fhir
    """
    from kg.records.naming_inputs import find_names
    from kg.render.records import print_refused

    with opened(records, key_file, mode="r") as (store, keys):
        refused = list(store.get_inputs().iter_refused())
        names = find_names(paths, {row.input for row in refused}, key=keys.inputs)
        print_refused(refused, names, as_json=as_json)
