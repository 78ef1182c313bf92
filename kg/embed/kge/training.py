"""Training of vectors of a graph: from a split and settings to a trained model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from kg.embed.courses import Progress, run
from kg.embed.errors import TrainingError
from kg.embed.kge.batches import Part, Queries, add_reciprocal, iter_facts, start_epoch
from kg.embed.kge.checkpoints import get_fingerprint
from kg.embed.kge.fused import FusedOneVsAll
from kg.embed.kge.model import KgeModel, make_model
from kg.embed.kge.objectives import Gradients, NegativeSampling, OneVsAll
from kg.embed.kge.parallel import add_up, gather_ranks, join
from kg.embed.kge.settings import KgeSettings
from kg.embed.kge.trained import TrainedKge
from kg.embed.ranking import find_ranks, sum_up
from kg.embed.triples import Split


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
        fingerprint = get_fingerprint(split, settings)
        curve = run(training, settings, told=told, folder=folder, fingerprint=fingerprint, writes=part.rank == 0)
    return TrainedKge.of(split, training.model, curve)


class _Training:
    def __init__(self, split: Split, settings: KgeSettings, device: torch.device, part: Part) -> None:
        self.split, self.settings, self.device, self.part = split, settings, device, part
        counts = len(split.train.entities), len(split.train.relations)
        self.model: KgeModel = make_model(*counts, settings, device)
        self.facts = add_reciprocal(split.train.rows, counts[1], device)
        self._iter_gradients = self._choose(2 * counts[1])

    def learn(self, epoch: int) -> tuple[float, float, int]:
        """The mean loss of an epoch, the seconds it took, and how many facts were learned from."""
        start = time.perf_counter()
        total = torch.zeros((), device=self.device)
        steps = 0
        for found in self._iter_gradients(start_epoch(self.settings.seed, epoch, self.device)):
            summed = add_up(found, self.part)
            self.model.entities.change(summed.entities, summed.rows)
            self.model.relations.change(summed.relations)
            total += summed.loss
            steps += 1
        return float(total) / steps, time.perf_counter() - start, len(self.facts)

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

    def look(self) -> float | None:
        """How well the facts that steer training are ranked; whatever else is true is left out, as is usual."""
        rows = self.split.valid.rows
        if not len(rows):
            return None
        first, last = self.part.of(0, len(rows))
        known = self.split.known
        own = find_ranks(self.model, rows[first:last], known, device=self.device)
        return sum_up(gather_ranks(own, self.part, self.device)).mrr


@contextmanager
def _without_denormals() -> Iterator[None]:
    # Squares of tiny gradients are denormal numbers, for which CPUs take a hundred times as long.
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
