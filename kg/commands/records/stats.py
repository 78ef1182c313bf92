"""`kg records stats`: counts of what the events store holds."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands.options import json_option
from kg.commands.records.options import key_option, opened, records_option


@click.command("stats")
@click.option("--exact", is_flag=True, help="Tell every count as it is: for the keeper of the records alone.")
@records_option
@key_option
@json_option
def command(exact: bool, records: Path, key_file: Path, as_json: bool) -> None:
    """Show how many patients, visits and events the store holds, from which sources, and how they are aligned.

    Counts below 11 are shown as "<11", since they may point at a patient, and others are rounded down to multiples of
    11, so that nobody is found by subtracting them, or by comparing them with those of another day.

    \b
    Example:  kg records stats
    """
    from kg.render.records import print_summary

    with opened(records, key_file, mode="r") as (store, _):
        print_summary(store.get_summary(exact=exact), records, as_json=as_json)
