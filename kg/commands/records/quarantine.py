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
    """Show what was refused: in which input, where in it, what is wrong with its form, and what to do.

    Inputs are known by hashes of their content and their path alone, for files may be called after patients. With
    PATH... those that lie there are shown, by name. An input that was mended goes from the list when it is read again.

    \b
    Examples:  kg records quarantine
               kg records quarantine exports/fhir
    """
    from kg.records.naming_inputs import find_names
    from kg.render.records import print_refused

    with opened(records, key_file, mode="r") as (store, keys):
        refused = list(store.get_inputs().iter_refused())
        names = find_names(paths, {row.input for row in refused}, key=keys.inputs)
        shown = [row for row in refused if row.input in names or not paths]
        print_refused(shown, names, elsewhere=len(refused) - len(shown), as_json=as_json)
