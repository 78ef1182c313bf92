"""The course of any training, epoch by epoch: looks at what steers it, its best numbers, and going on after a stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from torch import Tensor

from kg.embed.errors import TrainingError
from kg.embed.kge.checkpoints import Course, Point, read_checkpoint, write_checkpoint

#: Told after each epoch how training stands.
Progress = Callable[[Point], None]


class Model(Protocol):
    """What is trained. A state holds all that training needs to go on; the best is what ranks facts."""

    def get_state(self) -> dict[str, Any]:
        """What a checkpoint holds."""

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on from what a checkpoint held."""

    def get_best(self) -> dict[str, Tensor]:
        """A copy of what ranks facts, as it is."""

    def put_best(self, best: dict[str, Tensor]) -> None:
        """Goes back to what `get_best` gave."""


class Training(Protocol):
    """How that is trained. What is drawn by chance in an epoch depends on the seed and its number alone."""

    @property
    def model(self) -> Model:
        """What is trained."""

    def learn(self, epoch: int) -> tuple[float, float, int]:
        """The mean loss of an epoch, the seconds it took, and how many facts were learned from."""

    def look(self) -> float | None:
        """How well the facts that steer training are ranked; None where there are none."""


class Length(Protocol):
    """Settings that say how long a training goes on."""

    @property
    def epochs(self) -> int:
        """The last epoch."""

    @property
    def evaluate_every(self) -> int:
        """Epochs between two looks, and between two checkpoints."""

    @property
    def patience(self) -> int:
        """Looks without a better one after which it ends; 0 goes on to the last epoch."""


def run(
    training: Training,
    length: Length,
    *,
    told: Progress | None = None,
    folder: Path | None = None,
    fingerprint: str = "",
    writes: bool = True,
) -> tuple[Point, ...]:
    """Trains to the last epoch, or until looks get no better for long; the best numbers are put into the model.

    Where `folder` is given, checkpoint and curve lie there (written by the process that `writes`), and a training of
    the same `fingerprint` that stopped goes on from there to the numbers that it would have come to.

    Raises:
        TrainingError: where the loss stops being a number.
        CheckpointError: where `folder` holds another training.
    """
    course = Course([])
    if folder is not None and (found := read_checkpoint(folder, fingerprint)):
        state, course = found
        training.model.set_state(state)
    for epoch in range(len(course.curve) + 1, length.epochs + 1):
        if length.patience and course.waited >= length.patience:
            break
        looks = epoch == length.epochs or epoch % length.evaluate_every == 0
        _learn(training, course, epoch, looks=looks)
        if told:
            told(course.curve[-1])
        if folder is not None and writes and looks:
            write_checkpoint(folder, fingerprint, training.model.get_state(), course)
    if course.best:
        training.model.put_best(course.best)
    return tuple(course.curve)


def _learn(training: Training, course: Course, epoch: int, *, looks: bool) -> None:
    loss, seconds, facts = training.learn(epoch)
    if not np.isfinite(loss):
        raise TrainingError(f"the loss of epoch {epoch} is {loss}; train with a smaller learning_rate")
    mrr = training.look() if looks else None
    spent = seconds + (course.curve[-1].seconds if course.curve else 0.0)
    course.curve.append(Point(epoch, loss, spent, facts / seconds, mrr))
    if mrr is None:
        return
    course.waited += 1
    if mrr > course.best_mrr:
        course.best_mrr, course.best_epoch, course.waited = mrr, epoch, 0
        course.best = training.model.get_best()
