"""How a training stands, on standard error: a bar in a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kg.commands.progress import LINE_SECONDS, steps_shown
from kg.telling import tell

if TYPE_CHECKING:
    from kg.embed.fitting import Told
    from kg.embed.kge.checkpoints import Point
    from kg.embed.me2vec.training import Told as Level

Say = Callable[[str], None]


@contextmanager
def training_shown() -> Iterator[tuple[Told, Say]]:
    """Gives what shows each epoch, with loss and validation, and what says which step has begun."""
    if sys.stderr.isatty():
        with _bar() as shown:
            yield shown
    else:
        yield _lines(), lambda step: tell(f"kg: {step}")


@contextmanager
def _bar() -> Iterator[tuple[Told, Say]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("training", total=None, told="")
        best: list[float] = []

        def draw(point: Point, epochs: int) -> None:
            best.extend([] if point.mrr is None else [point.mrr])
            bar.update(task, completed=point.epoch, total=epochs, told=_figures(point, best))

        yield draw, lambda step: bar.update(task, description=step)


@contextmanager
def levels_shown() -> Iterator[tuple[Callable[[Level], None], Say]]:
    """Gives what shows how far a training of several levels is, and what says which step has begun."""
    with steps_shown() as say:
        yield lambda now: say(f"{now.level}, epoch {now.epoch}, loss {now.loss:.4f}"), say


def _lines() -> Told:
    last, best = time.monotonic(), list[float]()

    def show(point: Point, epochs: int) -> None:
        nonlocal last
        best.extend([] if point.mrr is None else [point.mrr])
        if point.epoch in (1, epochs) or time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            tell(f"kg: epoch {point.epoch} of {epochs}: {_figures(point, best)}")

    return show


def _figures(point: Point, best: list[float]) -> str:
    steered = f", validation MRR {best[-1]:.3f} (best {max(best):.3f})" if best else ""
    return f"loss {point.loss:.4f}{steered}, {point.facts_per_second:,.0f} facts/s"
