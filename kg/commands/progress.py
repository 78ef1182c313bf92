"""Progress of long work on standard error: a bar in a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kg.pipeline import Progress
    from kg.records.progress import Progress as RecordsProgress

#: Seconds between two lines of progress where standard error is no terminal.
LINE_SECONDS = 30.0


@contextmanager
def build_progress(expected: int | None) -> Iterator[Callable[[Progress], None]]:
    """Gives the function that shows how far a build is; `expected` is the number of inputs, where it is known."""
    if sys.stderr.isatty():
        with _bar(expected) as draw:
            yield draw
    else:
        yield _lines(expected)


@contextmanager
def _bar(expected: int | None) -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("building"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("build", total=expected, rate="")

        def draw(now: Progress) -> None:
            bar.update(task, completed=now.items, rate=_rate(now))

        yield draw


def _lines(expected: int | None) -> Callable[[Progress], None]:
    last = time.monotonic()

    def show(now: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            of = f" of {expected}" if expected else ""
            click.echo(f"kg: {now.items}{of} inputs, {_rate(now)}{_left(now, expected)}", err=True)

    return show


def _rate(now: Progress) -> str:
    per_minute = 60 * now.items / max(now.seconds, 0.001)
    return f"{per_minute:,.0f} a minute, {now.characters / 1e6:,.1f} M characters, {len(now.quarantined)} quarantined"


def _left(now: Progress, expected: int | None) -> str:
    if not expected or not now.items or now.items >= expected:
        return ""
    return f", about {(expected - now.items) * now.seconds / now.items / 60:.0f} min left"


@contextmanager
def steps_shown() -> Iterator[Callable[[str], None]]:
    """Gives the function that says which step has begun: at once in a terminal, in a log now and then."""
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status("") as status:
            yield status.update
        return
    last = time.monotonic()

    def say(step: str) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            click.echo(f"kg: {step}", err=True)

    yield say


def say_rows(now: RecordsProgress) -> str:
    """How far an ingest is: nothing but counts."""
    from kg.render.pages import count

    total = now.rows.total()
    read = f"{count(now.inputs, 'input')}, {count(total, 'row')}, {total / max(now.seconds, 0.001):,.0f} a second"
    return f"{now.step}: {read}, {now.refused:,} refused"
