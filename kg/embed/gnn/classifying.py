"""What a concept is, told by its features and its neighbours: kind, or area of medicine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from kg.embed.errors import TrainingError
from kg.embed.facts import Numbers
from kg.embed.gnn.encoders import Encoder
from kg.embed.gnn.features import Features
from kg.embed.gnn.sampling import draw_blocks, make_adjacency
from kg.embed.gnn.settings import GnnSettings
from kg.embed.splits import Part, Parts, Shares, deal
from kg.embed.triples import Triples

Floats = npt.NDArray[np.float32]

#: Told after each epoch: its number, the mean loss, and the share of valid that is right.
Progress = Callable[[int, float, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The class of each node, -1 where it has none, and the part it is in (`Part.OUT` without a class)."""

    classes: tuple[str, ...]
    of: Numbers
    parts: Parts

    def nodes_of(self, part: Part) -> Numbers:
        """The nodes of a part."""
        return np.flatnonzero(self.parts == part)


@dataclass(frozen=True, slots=True)
class Judged:
    """How many classes are right: the share, the mean F1 of the classes, and the share that the largest class gives."""

    accuracy: float
    macro_f1: float
    majority: float
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Classified:
    """Probabilities of the classes for each node, whether it was learned from or not; shape (nodes, classes)."""

    labels: Labels
    probabilities: Floats

    def judge(self, part: Part) -> Judged:
        """How well the nodes of a part are told."""
        nodes = self.labels.nodes_of(part)
        largest = np.bincount(self.labels.of[self.labels.nodes_of(Part.TRAIN)]).argmax()
        return judge(self.labels.of[nodes], self.probabilities[nodes].argmax(axis=1), int(largest))


def make_labels(values: Sequence[str | None], shares: Shares | None = None, *, seed: int = 0) -> Labels:
    """The labels of nodes from the names of their classes, dealt to train, valid and test by chance; None: without."""
    classes = tuple(sorted({value for value in values if value}))
    of = np.array([classes.index(value) if value else -1 for value in values], np.int64)
    parts = np.full(len(of), Part.OUT, np.int8)
    parts[of >= 0] = deal(int((of >= 0).sum()), shares or Shares(0.1, 0.2), seed)
    return Labels(classes, of, parts)


def train_classifier(
    facts: Triples,
    features: Features,
    labels: Labels,
    settings: GnnSettings,
    *,
    device: torch.device | None = None,
    told: Progress | None = None,
) -> Classified:
    """The classes of all nodes, by the weights that told those of valid best.

    Leave out of the features, and of the facts, what says the class: kind for kinds, the hierarchy for areas.

    Raises:
        TrainingError: no node of train has a class.
    """
    if not len(labels.nodes_of(Part.TRAIN)):
        raise TrainingError("no node has a class to learn from; give labels of some")
    training = _Classifying(facts, features, labels, settings, device or torch.device("cpu"))
    return training.run(told or _tell_nobody)


def judge(truth: Numbers, guessed: Numbers, largest: int) -> Judged:
    """Guessed classes beside the true ones; `largest` is the class that a guess without thought would name."""
    f1 = []
    for one in np.unique(truth):
        hit = int(((truth == one) & (guessed == one)).sum())
        f1.append(2 * hit / int((truth == one).sum() + (guessed == one).sum()))
    count = len(truth)
    right, majority = (float((truth == other).mean()) if count else 0.0 for other in (guessed, largest))
    return Judged(right, float(np.mean(f1)) if f1 else 0.0, majority, count)


class _Classifying:
    def __init__(
        self, facts: Triples, features: Features, labels: Labels, settings: GnnSettings, device: torch.device
    ) -> None:
        self.labels, self.settings, self.device = labels, settings, device
        self.features = torch.from_numpy(features.matrix).to(device)
        relations, nodes = len(facts.relations), len(facts.entities)
        self.adjacency = make_adjacency(torch.from_numpy(facts.rows).to(device), nodes, relations)
        self.truth = torch.from_numpy(labels.of).to(device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            self.encoder = Encoder(features.matrix.shape[1], nodes, 2 * relations, settings).to(device)
            self.head = nn.Linear(settings.width, len(labels.classes)).to(device)
        weights = [*self.encoder.parameters(), *self.head.parameters()]
        self.optimizer = torch.optim.Adam(weights, settings.learning_rate, weight_decay=settings.weight_decay)

    def run(self, told: Progress) -> Classified:
        best, kept, waited = -1.0, self._probabilities(), 0
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(self.settings.seed)
            draw = torch.Generator(self.device).manual_seed(self.settings.seed)
            for epoch in range(1, self.settings.epochs + 1):
                loss = self._learn(draw)
                if epoch % self.settings.evaluate_every and epoch != self.settings.epochs:
                    continue
                now = Classified(self.labels, self._probabilities())
                right = now.judge(Part.VALID).accuracy
                told(epoch, loss, right)
                waited += 1
                if right > best or not len(self.labels.nodes_of(Part.VALID)):
                    best, kept, waited = right, now.probabilities, 0
                if self.settings.patience and waited >= self.settings.patience:
                    break
        return Classified(self.labels, kept)

    def _learn(self, draw: torch.Generator) -> float:
        self.encoder.train()
        nodes = torch.from_numpy(self.labels.nodes_of(Part.TRAIN)).to(self.device)
        order = nodes[torch.randperm(len(nodes), generator=draw, device=self.device)]
        losses = []
        for batch in torch.split(order, self.settings.batch):
            self.optimizer.zero_grad()
            loss = nn.functional.cross_entropy(self.head(self._encode(batch, draw)), self.truth[batch])
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
            losses.append(float(loss.detach()))
        return sum(losses) / len(losses)

    def _encode(self, batch: Tensor, draw: torch.Generator) -> Tensor:
        if self.settings.fanouts:
            vectors: Tensor = self.encoder(
                self.features, draw_blocks(self.adjacency, batch, self.settings.fanouts, draw)
            )
            return vectors
        return self.encoder.encode_whole(self.features, self.adjacency)[batch]

    def _probabilities(self) -> Floats:
        self.encoder.eval()
        with torch.inference_mode():
            scores = self.head(self.encoder.encode_all(self.features, self.adjacency))
            probabilities: Floats = scores.softmax(dim=1).cpu().numpy()
        return probabilities


def _tell_nobody(_epoch: int, _loss: float, _right: float) -> None:
    return None
