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
        with _Lines.shown() as lines:
            yield lines.show, lines.say


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
    if sys.stderr.isatty():
        with steps_shown() as say:
            yield lambda now: say(_tell_level(now)), say
        return
    with _Lines.shown() as lines:
        yield lambda now: lines.note(_tell_level(now), now.epoch, of=now.level), lines.say


def _tell_level(now: Level) -> str:
    return f"{now.level}, epoch {now.epoch}, loss {now.loss:.4f}"


class _Lines:
    """Lines of a log: the first epoch, then each time as many have passed again, or some time has, and the last one."""

    def __init__(self) -> None:
        self._last, self._next = time.monotonic(), 1
        self._unsaid, self._of = "", ""
        self._best: list[float] = []

    @classmethod
    @contextmanager
    def shown(cls) -> Iterator[_Lines]:
        """Lines of which the last one is said at the end, too."""
        lines = cls()
        try:
            yield lines
        finally:
            lines.flush()

    def show(self, point: Point, epochs: int) -> None:
        """Note an epoch of a training on facts; where it was looked at as it ended, that is one line."""
        self._best += [] if point.mrr is None else [point.mrr]
        told = f"epoch {point.epoch} of {epochs}: {_figures(point, self._best)}"
        self.note(told, point.epoch, due=point.epoch < epochs)

    def note(self, told: str, epoch: int, *, of: str = "", due: bool = True) -> None:
        """Note an epoch, of a level: it is said when it is `due` in turn, else at the latest when it was the last."""
        if of != self._of:
            self.flush()
            self._of, self._next = of, 1
        self._unsaid = told
        if due and (epoch >= self._next or time.monotonic() - self._last >= LINE_SECONDS):
            self._next = 2 * epoch
            self.flush()

    def say(self, step: str) -> None:
        """Say which step begins."""
        self.flush()
        tell(f"kg: {step}")

    def flush(self) -> None:
        """Say what was noted and not said."""
        if self._unsaid:
            tell(f"kg: {self._unsaid}")
            self._unsaid, self._last = "", time.monotonic()


def _figures(point: Point, best: list[float]) -> str:
    steered = f", validation MRR {best[-1]:.3f} (best {max(best):.3f})" if best else ""
    return f"loss {point.loss:.4f}{steered}, {point.facts_per_second:,.0f} facts/s"
