"""Training of vectors of a graph: from a split and settings to a trained model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from kg.embed.errors import TrainingError
from kg.embed.kge.batches import Part, Queries, add_reciprocal, iter_facts, start_epoch
from kg.embed.kge.checkpoints import (
    Course,
    Point,
    get_fingerprint,
    read_checkpoint,
    write_checkpoint,
    write_curve,
)
from kg.embed.kge.fused import FusedOneVsAll
from kg.embed.kge.model import KgeModel, make_model
from kg.embed.kge.objectives import Gradients, NegativeSampling, OneVsAll
from kg.embed.kge.parallel import add_up, gather_ranks, join
from kg.embed.kge.settings import KgeSettings
from kg.embed.kge.trained import TrainedKge
from kg.embed.ranking import find_ranks, sum_up
from kg.embed.triples import Split

#: Told after each epoch how training stands.
Progress = Callable[[Point], None]


def train_kge(
    split: Split,
    settings: KgeSettings,
    *,
    device: torch.device | None = None,
    told: Progress | None = None,
    folder: Path | None = None,
) -> TrainedKge:
    """A model trained on `split.train`, with the vectors that ranked `split.valid` best, or the last ones without it.

    Where `folder` is given, a checkpoint and the curve lie there, and a training that stopped goes on from there to the
    numbers it would have come to. Under `torchrun` each process calls this and gets the whole model.

    Raises:
        TrainingError: where there is nothing to train on, or the loss stops being a number.
        CheckpointError: where `folder` holds another training.
    """
    if not len(split.train):
        raise TrainingError("there are no facts to train on; give a split whose train part holds some")
    part, own = join(device or torch.device("cpu"))
    with _without_denormals():
        training = _Training(split, settings, own, part)
        training.run(told or _tell_nobody, folder)
    return TrainedKge.of(split, training.model, training.course.curve)


class _Training:
    def __init__(self, split: Split, settings: KgeSettings, device: torch.device, part: Part) -> None:
        self.split, self.settings, self.device, self.part = split, settings, device, part
        counts = len(split.train.entities), len(split.train.relations)
        self.model: KgeModel = make_model(*counts, settings, device)
        self.course = Course([])
        self.facts = add_reciprocal(split.train.rows, counts[1], device)
        self._iter_gradients = self._choose(2 * counts[1])

    def run(self, told: Progress, folder: Path | None) -> None:
        fingerprint = get_fingerprint(self.split, self.settings)
        if folder is not None:
            found = read_checkpoint(folder, fingerprint, self.model, epochs=self.settings.epochs)
            self.course = found or self.course
        for epoch in range(len(self.course.curve) + 1, self.settings.epochs + 1):
            if self._is_done():
                break
            self._note(epoch, *self._learn(epoch))
            told(self.course.curve[-1])
            last = epoch == self.settings.epochs
            if folder is not None and self.part.rank == 0 and (last or epoch % self.settings.evaluate_every == 0):
                write_checkpoint(folder, fingerprint, self.model, self.course)
        self._look_last(told)
        if folder is not None and self.part.rank == 0:
            write_curve(folder, self.course.curve)
        self._put_best()

    def _learn(self, epoch: int) -> tuple[float, float]:
        """The mean loss of an epoch, and the seconds it took."""
        start = time.perf_counter()
        total = torch.zeros((), device=self.device)
        steps = 0
        for found in self._iter_gradients(start_epoch(self.settings.seed, epoch, self.device)):
            summed = add_up(found, self.part)
            self.model.entities.change(summed.entities, summed.rows)
            self.model.relations.change(summed.relations)
            total += summed.loss
            steps += 1
        loss = float(total) / steps
        if not np.isfinite(loss):
            raise TrainingError(f"the loss of epoch {epoch} is {loss}; train with a smaller learning_rate")
        return loss, time.perf_counter() - start

    def _choose(self, relations: int) -> Callable[[torch.Generator], Iterator[Gradients]]:
        """What gives the gradients of the batches of an epoch."""
        model, settings = self.model, self.settings
        if settings.objective == "negatives":
            return self._iter_sampled
        queries = Queries(self.facts, relations)
        one = FusedOneVsAll(settings) if FusedOneVsAll.serves(settings) else OneVsAll(model.scoring, settings)

        def iter_gradients(draw: torch.Generator) -> Iterator[Gradients]:
            for batch in queries.iter_batches(draw, settings.batch, self.part):
                yield one.get_gradients(batch, model.entities, model.relations)

        return iter_gradients

    def _iter_sampled(self, draw: torch.Generator) -> Iterator[Gradients]:
        model, settings = self.model, self.settings
        sampling = NegativeSampling(model.scoring, settings)
        for batch in iter_facts(
            self.facts,
            model.entity_count,
            draw,
            settings.batch,
            settings.negatives,
            shared=settings.shared_negatives,
            part=self.part,
        ):
            yield sampling.get_gradients(batch, model.entities, model.relations)

    def _note(self, epoch: int, loss: float, seconds: float) -> None:
        course = self.course
        spent = seconds + (course.curve[-1].seconds if course.curve else 0.0)
        course.curve.append(Point(epoch, loss, spent, len(self.facts) / seconds))
        if epoch % self.settings.evaluate_every == 0 and len(self.split.valid):
            self._judge()

    def _look_last(self, told: Progress) -> None:
        """Looks at the last epoch where its turn had not come.

        No checkpoint knows of that: the same training over more epochs would not have looked.
        """
        curve = self.course.curve
        if curve and curve[-1].mrr is None and len(self.split.valid):
            self._judge()
            told(curve[-1])

    def _judge(self) -> None:
        """Adds to the last point how well valid is ranked, and keeps the vectors where it is the best so far."""
        course, mrr = self.course, self._look()
        course.curve[-1] = replace(course.curve[-1], mrr=mrr)
        course.waited += 1
        if mrr > course.best_mrr:
            best = (self.model.entities.values.cpu().clone(), self.model.relations.values.cpu().clone())
            course.best_mrr, course.best_epoch, course.waited = mrr, course.curve[-1].epoch, 0
            course.best = best

    def _look(self) -> float:
        """How well the facts that steer training are ranked; whatever else is true is left out, as is usual."""
        rows = self.split.valid.rows
        first, last = self.part.of(0, len(rows))
        known = np.concatenate((self.split.train.rows, rows, self.split.test.rows))
        own = find_ranks(self.model, rows[first:last], known, device=self.device)
        return sum_up(gather_ranks(own, self.part, self.device)).mrr

    def _is_done(self) -> bool:
        return bool(self.settings.patience) and self.course.waited >= self.settings.patience

    def _put_best(self) -> None:
        if self.course.best is not None:
            self.model.entities.values.copy_(self.course.best[0])
            self.model.relations.values.copy_(self.course.best[1])


@contextmanager
def _without_denormals() -> Iterator[None]:
    # Squares of tiny gradients are denormal numbers, for which CPUs take a hundred times as long.
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def _tell_nobody(_: Point) -> None:
    return None
