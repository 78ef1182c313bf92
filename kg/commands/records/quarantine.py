"""`kg records quarantine`: the records that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.options import GivenPath, json_option
from kg.commands.records.options import key_option, opened, records_option

if TYPE_CHECKING:
    from kg.records.inputs import Inputs


@click.command("quarantine")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=GivenPath())
@click.option("--drop", is_flag=True, help="Take what was refused of PATH off the list, as of files that are gone.")
@records_option
@key_option
@json_option
def command(paths: tuple[Path, ...], drop: bool, records: Path, key_file: Path, as_json: bool) -> None:
    """Show what was refused: in which input, where in it, what is wrong with its form, and what to do.

    Inputs are known by hashes of their content and their path alone, for files may be called after patients. With
    PATH... those that lie there, or lay there when they were last read, are shown by name; an input that the list shows
    may be given in place of its path. An input that was mended goes from the list when it is read again, and one that
    is gone for good with --drop; should it come back, all of it is read again.

    \b
    Examples:  kg records quarantine
               kg records quarantine exports/fhir
               kg records quarantine exports/cut.json --drop
    """
    from kg.render.records import print_dropped, print_refused

    if drop and not paths:
        raise click.UsageError("give a PATH, or what the list calls the input, with --drop")
    with opened(records, key_file, mode="rw" if drop else "r") as (store, keys):
        names = _names(paths, store.get_inputs(), key=keys.inputs, each=drop)
        if drop:
            print_dropped(store.drop_refused(names), as_json=as_json)
            return
        refused = list(store.get_inputs().iter_refused())
        shown = [row for row in refused if row.input in names or not paths]
        print_refused(shown, names, elsewhere=len(refused) - len(shown), as_json=as_json)


def _names(paths: Sequence[Path], inputs: Inputs, *, key: bytes, each: bool) -> dict[bytes, str]:
    """What the refused inputs that `paths` name are called.

    Raises `InputError` for a path where nothing is and, with `each`, for one that names nothing that was refused.
    """
    from extractors.errors import InputError
    from extractors.items import readable
    from kg.records.naming_inputs import find_names

    names: dict[bytes, str] = {}
    for path in paths:
        found = find_names(path, inputs, key=key)
        if each and not found:
            raise InputError(f"{readable(str(path))}: nothing that was refused lies there; leave it out")
        names |= found
    return names
