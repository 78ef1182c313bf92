"""Options that the commands of records share, and the store behind them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.options import GivenPath
from kg.config import default_key_file, default_records

if TYPE_CHECKING:
    from kg.records.keys import Keys
    from kg.records.store import RecordStore

records_option = click.option(
    "--records",
    type=GivenPath(),
    default=default_records,
    show_default="KG_RECORDS, else records under KG_HOME",
    help="Folder of the events store.",
)

key_option = click.option(
    "--key-file",
    type=GivenPath(),
    default=default_key_file,
    show_default="KG_RECORDS_KEY, else records.key under KG_HOME",
    help="File of the key behind pseudonyms and encryption.",
)


@contextmanager
def opened(records: Path, key_file: Path, *, mode: str) -> Iterator[tuple[RecordStore, Keys]]:
    """The store that is there already, and its keys."""
    from kg.records import open_records
    from kg.records.keys import read_keys

    keys = read_keys(key_file)
    if mode == "r":
        with open_records(records, key=keys.store) as store:
            cut_off = bool(store.get_pending())
        if cut_off:
            _finish_apart(records, keys)
    with open_records(records, key=keys.store, mode=mode) as store:
        if mode != "r":
            finish_forgetting(store)
        yield store, keys


def finish_forgetting(store: RecordStore) -> None:
    """Does what is left to do of a forgetting that was cut off, and says so; what cannot be done is said, and waits."""
    from kg.errors import KGError
    from kg.records import forgetting
    from kg.telling import tell

    try:
        gone = forgetting.finish_forgetting(store)
    except KGError as error:
        tell(f"kg: {error}")
    else:
        if gone is not None:
            tell("kg: a patient's forgetting had been cut off; it is finished now")


def _finish_apart(records: Path, keys: Keys) -> None:
    from kg.records import open_records
    from kg.records.errors import RecordsError
    from kg.telling import tell

    try:
        with open_records(records, key=keys.store, mode="rw") as store:
            finish_forgetting(store)
    except RecordsError as error:
        tell(f"kg: a patient is being forgotten, or that was cut off and cannot be finished now: {error}")
