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
    with open_records(records, key=keys.store, mode=mode) as store:
        yield store, keys
