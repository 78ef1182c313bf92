"""Training a graph neural network to rank facts: from a split and features to a trained model."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from kg.embed.courses import Progress, run
from kg.embed.errors import TrainingError
from kg.embed.gnn.features import Features
from kg.embed.gnn.network import Network
from kg.embed.gnn.sampling import draw_blocks, make_adjacency
from kg.embed.gnn.settings import GnnSettings
from kg.embed.gnn.trained import TrainedGnn, decode
from kg.embed.kge.batches import start_epoch
from kg.embed.kge.checkpoints import Point, get_fingerprint
from kg.embed.kge.scoring import Scoring, get_scoring
from kg.embed.kge.trained import TrainedKge
from kg.embed.ranking import rank
from kg.embed.triples import Rows, Split


def train_gnn(
    split: Split,
    features: Features,
    settings: GnnSettings,
    *,
    device: torch.device | None = None,
    told: Progress | None = None,
    folder: Path | None = None,
) -> TrainedGnn:
    """A model trained on `split.train`, with the weights that ranked `split.valid` best, or the last ones without it.

    Messages run along the facts of train alone, and never along one that is being asked. Rows of `features` are the
    entities of the split. Equal seeds give equal numbers on a CPU. In `folder` a training that stopped goes on.

    Raises:
        TrainingError: there is nothing to train on, features of other entities, or the loss stops being a number.
        CheckpointError: `folder` holds another training.
    """
    if not len(split.train):
        raise TrainingError("there are no facts to train on; give a split whose train part holds some")
    if len(features.matrix) != len(split.train.entities):
        raise TrainingError(
            f"there are {len(features.matrix)} rows of features for {len(split.train.entities)} entities;"
            " make them of the same facts"
        )
    training = Training(split, features, settings, device or torch.device("cpu"))
    fingerprint = get_fingerprint(split, settings, features=features.matrix.tobytes())
    return training.finish(run(training, settings, told=told, folder=folder, fingerprint=fingerprint))


class Weights:
    """The weights of a network and what changes them; see `kg.embed.courses.Model`."""

    def __init__(self, network: Network, settings: GnnSettings) -> None:
        self.network = network
        self.optimizer = torch.optim.Adam(
            network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
        )

    def step(self, loss: Tensor) -> Tensor:
        """The loss, once weights are changed to lower it."""
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return loss.detach()

    def get_state(self) -> dict[str, Any]:
        """What a checkpoint holds; the tensors are the network's own."""
        return {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on from what a checkpoint held."""
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])

    def get_best(self) -> dict[str, Tensor]:
        """A copy of the weights as they are."""
        return {name: value.detach().cpu().clone() for name, value in self.network.state_dict().items()}

    def put_best(self, best: dict[str, Tensor]) -> None:
        """Goes back to weights of `get_best`."""
        self.network.load_state_dict(best)


class Training:
    """One training: of which facts, with what features, and the network."""

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
        self.network = Network(features.matrix.shape[1], self.nodes, self.relations, settings).to(device)
        self.model = Weights(self.network, settings)

    def finish(self, curve: tuple[Point, ...]) -> TrainedGnn:
        """The model with the weights as they are."""
        known = self.split.known
        return TrainedGnn(self.network, self._decode(known, curve))

    def learn(self, epoch: int) -> tuple[float, float, int]:
        """The mean loss of an epoch, the seconds it took, and how many facts were learned from."""
        self.network.train()
        start, losses = time.perf_counter(), []
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            draw = start_epoch(self.settings.seed, epoch, self.device)
            torch.manual_seed(draw.initial_seed())
            for batch in self._iter_batches(draw):
                losses.append(self.model.step(self._ask(batch, draw)))
        return float(torch.stack(losses).mean()), time.perf_counter() - start, len(self.rows)

    def look(self) -> float | None:
        """How well the facts that steer training are ranked; whatever else is true is left out, as is usual."""
        if not len(self.split.valid):
            return None
        known = self.split.known
        return rank(self._decode(known, ()).model, self.split.valid.rows, known, device=self.device).mrr

    def _ask(self, batch: Tensor, draw: torch.Generator) -> Tensor:
        """The loss of a batch of facts."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.precision == "bfloat16"):
            vectors, places, against = self._encode(batch, draw)
        return self._loss(vectors.float(), self.rows[batch, 1], places, against)

    def _iter_batches(self, draw: torch.Generator) -> Iterator[Tensor]:
        order = torch.randperm(len(self.rows), generator=draw, device=self.device)
        yield from torch.split(order, self.settings.batch)

    def _encode(self, batch: Tensor, draw: torch.Generator) -> tuple[Tensor, Tensor, Tensor | None]:
        """Vectors of some nodes; where among them both sides of the batch are, and what is held against them."""
        sides, settings = self.rows[batch][:, [0, 2]], self.settings
        drawn = self.seen[torch.randint(len(self.seen), (settings.negatives,), generator=draw, device=self.device)]
        alone = torch.rand(self.nodes, generator=draw, device=self.device) < settings.alone
        if not settings.fanouts:
            whole = self.network.encoder.encode_whole(self.features, self.adjacency, hidden=batch, alone=alone)
            return whole, sides, drawn if settings.negatives else None
        targets, places = torch.unique(torch.cat((sides.flatten(), drawn)), return_inverse=True)
        blocks = draw_blocks(self.adjacency, targets, settings.fanouts, draw, hidden=batch, alone=alone)
        vectors = self.network.encoder(self.features, blocks)
        return vectors, places[: sides.numel()].view_as(sides), places[sides.numel() :]

    def _loss(self, vectors: Tensor, kinds: Tensor, places: Tensor, against: Tensor | None) -> Tensor:
        """How surely each side is told from the others, given the rest: the mean of both sides."""
        others = vectors[self.seen if against is None else against]
        asked = ((places[:, 0], kinds, places[:, 1]), (places[:, 1], kinds + self.relations, places[:, 0]))
        losses = []
        for given, relation, answer in asked:
            queries = self.scoring.query(vectors[given], self.network.kinds[relation])
            scores = self.scoring.against(queries, others)
            if against is None:
                losses.append(nn.functional.cross_entropy(scores, self.place[answer]))
            else:
                losses.append(sampled_loss(self.scoring, queries, vectors[answer], scores, against == answer[:, None]))
        return (losses[0] + losses[1]) / 2

    def _decode(self, known: Rows, curve: tuple[Point, ...]) -> TrainedKge:
        """What the network makes of the graph that it is trained on."""
        self.network.eval()
        with torch.no_grad():
            vectors = self.network.encoder.encode_all(self.features, self.adjacency)
        names = self.split.train.entities, self.split.train.relations
        return decode(names, vectors, self.network.kinds.detach(), self.settings, known, curve)


def sampled_loss(scoring: Scoring, queries: Tensor, answers: Tensor, scores: Tensor, hit: Tensor) -> Tensor:
    """Cross-entropy of the answer among it and what was drawn; what was drawn and is the answer does not count."""
    true = scoring.pairs(queries, answers).unsqueeze(1)
    held = torch.cat((true, scores.masked_fill(hit, -torch.inf)), dim=1)
    return nn.functional.cross_entropy(held, held.new_zeros(len(held), dtype=torch.long))
