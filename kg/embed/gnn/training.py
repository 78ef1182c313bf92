"""Training a graph neural network to rank facts: from a split and features to a trained model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from kg.embed.errors import TrainingError
from kg.embed.gnn.features import Features
from kg.embed.gnn.network import Network
from kg.embed.gnn.sampling import draw_blocks, make_adjacency
from kg.embed.gnn.settings import GnnSettings
from kg.embed.gnn.trained import TrainedGnn, decode
from kg.embed.kge.checkpoints import Point
from kg.embed.kge.scoring import Scoring, get_scoring
from kg.embed.ranking import rank
from kg.embed.triples import Rows, Split

#: Told after each epoch how training stands.
Progress = Callable[[Point], None]


def train_gnn(
    split: Split,
    features: Features,
    settings: GnnSettings,
    *,
    device: torch.device | None = None,
    told: Progress | None = None,
) -> TrainedGnn:
    """A model trained on `split.train`, with the weights that ranked `split.valid` best, or the last ones without it.

    Messages run along the facts of train alone, and never along one that is being asked. Rows of `features` are the
    entities of the split. Equal seeds give equal numbers on a CPU.

    Raises:
        TrainingError: there is nothing to train on, features of other entities, or the loss stops being a number.
    """
    if not len(split.train):
        raise TrainingError("there are no facts to train on; give a split whose train part holds some")
    if len(features.matrix) != len(split.train.entities):
        raise TrainingError(
            f"there are {len(features.matrix)} rows of features for {len(split.train.entities)} entities;"
            " make them of the same facts"
        )
    training = Training(split, features, settings, device or torch.device("cpu"))
    training.run(told or _tell_nobody)
    return training.finish()


class Training:
    """One training: the network, the vectors of the relations, and how it went."""

    def __init__(self, split: Split, features: Features, settings: GnnSettings, device: torch.device) -> None:
        self.split, self.settings, self.device = split, settings, device
        self.features = torch.from_numpy(features.matrix).to(device)
        self.relations = len(split.train.relations)
        self.rows = torch.from_numpy(split.train.rows).to(device)
        self.nodes = len(split.train.entities)
        # What no fact of train names would be wrong each time, and a network that knows names would learn just that.
        self.seen = torch.unique(self.rows[:, [0, 2]])
        self.place = torch.full((self.nodes,), -1, device=device)
        self.place[self.seen] = torch.arange(len(self.seen), device=device)
        self.adjacency = make_adjacency(self.rows, self.nodes, self.relations)
        self.scoring = get_scoring(settings.scoring)
        self.model = Network(features.matrix.shape[1], self.nodes, self.relations, settings).to(device)
        self.optimizer = torch.optim.Adam(
            self.model.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
        )
        self.curve: list[Point] = []
        self.best: tuple[float, dict[str, Tensor]] = (-1.0, {})
        self.waited = 0

    def run(self, told: Progress) -> None:
        """Epochs until the last, or until the facts that steer training are ranked no better for long."""
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(self.settings.seed)
            draw = torch.Generator(self.device).manual_seed(self.settings.seed)
            for epoch in range(1, self.settings.epochs + 1):
                self._note(epoch, *self._learn(epoch, draw))
                told(self.curve[-1])
                if self.settings.patience and self.waited >= self.settings.patience:
                    break

    def finish(self) -> TrainedGnn:
        """The model with the best weights."""
        if self.best[1]:
            self.model.load_state_dict(self.best[1])
        self.model.eval()
        known = np.concatenate([part.rows for part in (self.split.train, self.split.valid, self.split.test)])
        names = self.split.train.entities, self.split.train.relations
        vectors = self._vectors()
        return TrainedGnn(
            self.model, decode(names, vectors, self.model.kinds.detach(), self.settings, known, self.curve)
        )

    def _learn(self, epoch: int, draw: torch.Generator) -> tuple[float, float]:
        """The mean loss of an epoch, and the seconds it took."""
        self.model.train()
        start, losses = time.perf_counter(), []
        for batch in self._iter_batches(draw):
            self.optimizer.zero_grad()
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.precision == "bfloat16"):
                vectors, places, against = self._encode(batch, draw)
            loss = self._loss(vectors.float(), self.rows[batch, 1], places, against)
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
            losses.append(loss.detach())
        mean = float(torch.stack(losses).mean())
        if not np.isfinite(mean):
            raise TrainingError(f"the loss of epoch {epoch} is {mean}; train with a smaller learning_rate")
        return mean, time.perf_counter() - start

    def _iter_batches(self, draw: torch.Generator) -> Iterator[Tensor]:
        order = torch.randperm(len(self.rows), generator=draw, device=self.device)
        yield from torch.split(order, self.settings.batch)

    def _encode(self, batch: Tensor, draw: torch.Generator) -> tuple[Tensor, Tensor, Tensor | None]:
        """Vectors of some nodes; where among them both sides of the batch are, and what is held against them."""
        sides, settings = self.rows[batch][:, [0, 2]], self.settings
        drawn = self.seen[torch.randint(len(self.seen), (settings.negatives,), generator=draw, device=self.device)]
        alone = torch.rand(self.nodes, generator=draw, device=self.device) < settings.alone
        if not settings.fanouts:
            whole = self.model.encoder.encode_whole(self.features, self.adjacency, hidden=batch, alone=alone)
            return whole, sides, drawn if settings.negatives else None
        targets, places = torch.unique(torch.cat((sides.flatten(), drawn)), return_inverse=True)
        blocks = draw_blocks(self.adjacency, targets, settings.fanouts, draw, hidden=batch, alone=alone)
        vectors = self.model.encoder(self.features, blocks)
        return vectors, places[: sides.numel()].view_as(sides), places[sides.numel() :]

    def _loss(self, vectors: Tensor, kinds: Tensor, places: Tensor, against: Tensor | None) -> Tensor:
        """How surely each side is told from the others, given the rest: the mean of both sides."""
        others = vectors[self.seen if against is None else against]
        asked = ((places[:, 0], kinds, places[:, 1]), (places[:, 1], kinds + self.relations, places[:, 0]))
        losses = []
        for given, relation, answer in asked:
            queries = self.scoring.query(vectors[given], self.model.kinds[relation])
            scores = self.scoring.against(queries, others)
            if against is None:
                losses.append(nn.functional.cross_entropy(scores, self.place[answer]))
            else:
                losses.append(sampled_loss(self.scoring, queries, vectors[answer], scores, against == answer[:, None]))
        return (losses[0] + losses[1]) / 2

    def _note(self, epoch: int, loss: float, seconds: float) -> None:
        settings = self.settings
        spent = seconds + (self.curve[-1].seconds if self.curve else 0.0)
        look = epoch % settings.evaluate_every == 0 or epoch == settings.epochs
        mrr = self._look() if look and len(self.split.valid) else None
        self.curve.append(Point(epoch, loss, spent, len(self.rows) / seconds, mrr))
        if mrr is not None:
            self.waited += 1
            if mrr > self.best[0]:
                kept = {name: value.detach().cpu().clone() for name, value in self.model.state_dict().items()}
                self.best, self.waited = (mrr, kept), 0

    def _look(self) -> float:
        """How well the facts that steer training are ranked; whatever else is true is left out, as is usual."""
        known: Rows = np.concatenate([part.rows for part in (self.split.train, self.split.test)])
        names = self.split.train.entities, self.split.train.relations
        decoded = decode(names, self._vectors(), self.model.kinds.detach(), self.settings, known, ())
        return rank(decoded.model, self.split.valid.rows, known, device=self.device).mrr

    def _vectors(self) -> Tensor:
        self.model.eval()
        with torch.no_grad():
            return self.model.encoder.encode_all(self.features, self.adjacency)


def sampled_loss(scoring: Scoring, queries: Tensor, answers: Tensor, scores: Tensor, hit: Tensor) -> Tensor:
    """Cross-entropy of the answer among it and what was drawn; what was drawn and is the answer does not count."""
    true = scoring.pairs(queries, answers).unsqueeze(1)
    held = torch.cat((true, scores.masked_fill(hit, -torch.inf)), dim=1)
    return nn.functional.cross_entropy(held, held.new_zeros(len(held), dtype=torch.long))


def _tell_nobody(_: Point) -> None:
    return None
