"""`kg records near`: which codes stand near each other, for embeddings."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands.options import GivenPath, json_option
from kg.commands.records.options import key_option, opened, records_option


@click.command("near")
@click.argument("out", type=GivenPath())
@click.option("--days", type=click.IntRange(0), default=30, show_default=True, help="How far apart at most.")
@click.option("--k", type=click.IntRange(2), default=11, show_default=True, help="Fewest patients of a pair.")
@click.option("--shift", type=click.FloatRange(1), default=1.0, show_default=True, help="Negative samples.")
@records_option
@key_option
@json_option
def command(out: Path, days: int, k: int, shift: float, records: Path, key_file: Path, as_json: bool) -> None:
    """Write the codes that patients have near each other into OUT (Parquet), with their shifted positive PMI.

    The table is what KESER makes code embeddings of. No pair of fewer than --k patients is in it.

    \b
    Example:  kg records near near.parquet --days 30
    """
    from kg.cohorts.cooccurrence import find_near, write_near
    from kg.render.cohorts import print_near

    with opened(records, key_file, mode="rw") as (store, _):
        written = write_near(out, find_near(store, days=days, k=k, shift=shift))
    print_near(written, out, as_json=as_json)
