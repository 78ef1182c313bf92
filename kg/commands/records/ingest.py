"""`kg records ingest`: records in, events of pseudonyms out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.options import GivenPath, json_option
from kg.commands.records.options import finish_forgetting, key_option, records_option

if TYPE_CHECKING:
    from kg.records.keys import Keys
    from kg.records.progress import Settings
    from kg.records.store import RecordStore
    from ontologies.lexicon import Lexicon


@click.command("ingest")
@click.argument("paths", nargs=-1, metavar="PATH...", type=GivenPath())
@click.option("--samples", is_flag=True, help="Read the bundled records of patients who never lived.")
@click.option("--site", default="", help="Hospital or export within which ids are unique, in whatever layouts.")
@click.option(
    "--mode",
    type=click.Choice(["type", "erase", "pseudonym"]),
    default="type",
    show_default=True,
    help="What stands in texts where an identifier stood: its type, nothing, or another value.",
)
@click.option(
    "--shift-days", type=click.IntRange(0), default=365, show_default=True, help="Bound of shifts; 0: years alone."
)
@click.option("--again", is_flag=True, help="Read inputs again that were read before, as after an update of medkg.")
@click.option("--no-note-events", is_flag=True, help="Keep notes as texts; read no events in them.")
@click.option("--workers", type=click.IntRange(0), help="Processes that clean (0: none). Default: one a core.")
@records_option
@key_option
@json_option
def command(
    paths: tuple[Path, ...],
    samples: bool,
    site: str,
    mode: str,
    shift_days: int,
    again: bool,
    no_note_events: bool,
    workers: int | None,
    records: Path,
    key_file: Path,
    as_json: bool,
) -> None:
    """Read records from PATH... into the events store: files, folders and zips, told by their content.

    Names, numbers, addresses and dates of patients are taken out before anything is written; ids become pseudonyms,
    made with a key that lies apart from the store. Unchanged inputs are skipped, a changed record replaces the old one.
    A record that cannot be read is refused with the reason, the rest is done, and the exit status is 3. Run again after
    any interruption: it goes on.

    \b
    Examples:  kg records ingest --samples
               kg records ingest exports/fhir --site north
    """
    from kg.cli import EXIT_QUARANTINED
    from kg.commands.lexicon import opened_lexicon
    from kg.commands.progress import say_rows, steps_shown
    from kg.records.ingest import ingest
    from kg.records.progress import Settings
    from kg.records.samples import SAMPLES
    from kg.render.records import print_ingest
    from kg.workers import default_workers
    from ontologies.pinned import pin

    if not paths and not samples:
        raise click.UsageError("give a PATH, or --samples")
    count = default_workers() if workers is None else workers
    given = [*paths, *([SAMPLES] if samples else [])]
    with steps_shown() as step:
        step("opening the lexicon")
        lexicon = opened_lexicon()
        pinned = None if no_note_events else pin(lexicon)
        settings = Settings.of(site=site, mode=mode, shift_days=shift_days, workers=count, again=again, lexicon=pinned)
        step("opening the records")
        with _opened(records, key_file, settings, lexicon) as (store, keys):
            progress = ingest(given, store, keys=keys, settings=settings, on_progress=lambda now: step(say_rows(now)))
    print_ingest(progress, records, as_json=as_json)
    if progress.refused:
        sys.exit(EXIT_QUARANTINED)


@contextmanager
def _opened(records: Path, key_file: Path, settings: Settings, lexicon: Lexicon) -> Iterator[tuple[RecordStore, Keys]]:
    """The store, made where it is not there, ready to be written to, and its keys."""
    from kg.records import open_records
    from kg.records.aligning import Aligner

    keys = _keys(records, key_file)
    align = Aligner(lexicon)
    with open_records(records, key=keys.store, mode="create") as store:
        finish_forgetting(store)
        store.keep_settings(settings.shift_days)
        store.start_writing(key=keys.rows, align=align)
        moved = store.align_again(align, stamp=align.stamp)
        if moved:
            what = "name or code was" if moved == 1 else "names and codes were"
            click.echo(f"kg: {moved:,} {what} aligned with another concept, as terminologies say now", err=True)
        yield store, keys


def _keys(records: Path, key_file: Path) -> Keys:
    """The keys; made where there is neither a key nor a store that wants one."""
    from kg.records.database import FILE
    from kg.records.keys import read_keys, settle_keys

    if (records / FILE).exists():
        return read_keys(key_file)
    keys, made = settle_keys(key_file)
    if made:
        click.echo(
            f"kg: made a key for records: {key_file}. Copy it to a safe place, not that of the records: without it "
            "they cannot be read, and with it patients can be found again",
            err=True,
        )
    return keys
