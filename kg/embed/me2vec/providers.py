"""Level 2: vectors of those who give services, by attention over the services that each gives, trained on specialty.

As in the paper's code: a giver starts from the mean of its services over all its events; its neighbours are the
services it gives, each once; attention (GAT, Veličković et al. 2018) in four heads; a first layer whose output is the
vector, a second one of as many outputs as there are specialties, its heads averaged; the vector of a specialty is the
mean of its givers'. Unlike that code, the logits pass no ELU, dropout is switched on, nothing is chosen on what is
tested on, the least loss on givers held out ends training, and rows of neighbours are lists of edges, not a dense
matrix. In the second layer that code has one matrix for givers, as the first layer made them, and services as they
came; here services enter as the first layer maps them. The accuracy told is on the givers that ended training, so it
is a little too good. Where a source names no providers, that code takes each stay for a giver, and so do we. A giver
without a specialty has a vector as well; where fewer than two specialties are known, vectors are the means of services.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from kg.embed.me2vec.attention import Attention, GivenServices
from kg.embed.me2vec.journeys import NONE, Journeys, Numbers
from kg.embed.me2vec.settings import ProviderSettings

Matrix = npt.NDArray[np.float32]

#: Givers that are embedded together.
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Givers:
    """Who gives which services how often: one edge a giver and service, by giver; `label` is `NONE` where unknown."""

    names: tuple[str, ...]
    giver: Numbers
    service: Numbers
    count: Numbers
    label: Numbers
    specialties: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TrainedProviders:
    """Vectors of givers and specialties; `accuracy` is that on givers held out, NaN where none were.

    `attention` is None where there was nothing to train on and vectors are means.
    """

    names: tuple[str, ...]
    providers: Matrix
    specialties: Matrix
    accuracy: float
    services: Matrix
    attention: Attention | None = None

    def embed(self, givers: Givers) -> Matrix:
        """Vectors of other givers of the same services."""
        edges = _edges(givers, self.services, _device_of(self.attention))
        if self.attention is None:
            means: Matrix = edges.starts().numpy()
            return means
        return _embed_all(self.attention, edges)


def find_givers(journeys: Journeys) -> Givers:
    """The providers of `journeys`, its visits where it names none; labels are their commonest specialties."""
    by_visit = not journeys.providers
    column, names = (journeys.visit, journeys.visits) if by_visit else (journeys.provider, journeys.providers)
    known = column != NONE
    codes = len(journeys.codes)
    pairs, count = np.unique(column[known] * codes + journeys.code[known], return_counts=True)
    label = _commonest(column, journeys.specialty, len(names), len(journeys.specialties))
    return Givers(names, pairs // max(codes, 1), pairs % max(codes, 1), count, label, journeys.specialties)


def _commonest(column: Numbers, specialty: Numbers, givers: int, specialties: int) -> Numbers:
    known = (column != NONE) & (specialty != NONE)
    pairs, count = np.unique(column[known] * specialties + specialty[known], return_counts=True)
    at = np.lexsort((-pairs, count))
    label = np.full(givers, NONE, np.int64)
    label[pairs[at] // max(specialties, 1)] = pairs[at] % max(specialties, 1)
    return label


def train_providers(
    givers: Givers,
    services: Matrix,
    settings: ProviderSettings,
    *,
    device: torch.device,
    seed: int,
    told: Callable[[int, float], None] = lambda _epoch, _loss: None,
) -> TrainedProviders:
    """Vectors of `givers` and their specialties, each as wide as `services`; `told` gets epochs and losses held out."""
    generator = torch.Generator(device=device).manual_seed(seed)
    edges = _edges(givers, services, device)
    labelled = torch.from_numpy(np.flatnonzero(givers.label != NONE)).to(device)
    if len(np.unique(givers.label[givers.label != NONE])) < 2:
        return _averaged(givers, edges.starts().cpu().numpy(), services)
    order = labelled[torch.randperm(len(labelled), generator=generator, device=device)]
    cut = max(1, int(settings.held_out * len(order)))
    trained, held = order[cut:], order[:cut]
    model = Attention(
        services.shape[1],
        len(givers.specialties),
        heads=settings.heads,
        dropout=settings.dropout,
        generator=generator,
    )
    label = torch.from_numpy(givers.label).to(device)
    fit = _Fit(model, edges, label, settings, generator)
    fit.train(trained, held, told)
    return _averaged(givers, _embed_all(model, edges), services, accuracy=fit.accuracy(held), attention=model)


def _averaged(
    givers: Givers,
    vectors: Matrix,
    services: Matrix,
    *,
    accuracy: float = float("nan"),
    attention: Attention | None = None,
) -> TrainedProviders:
    """With the mean of each specialty's givers."""
    known = givers.label != NONE
    sums = np.zeros((len(givers.specialties), vectors.shape[1]))
    np.add.at(sums, givers.label[known], vectors[known])
    counts = np.bincount(givers.label[known], minlength=len(givers.specialties))
    means = (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)
    return TrainedProviders(givers.names, vectors, means, accuracy, services, attention)


def _device_of(attention: Attention | None) -> torch.device:
    return torch.device("cpu") if attention is None else next(attention.parameters()).device


def _embed_all(model: Attention, edges: GivenServices) -> Matrix:
    """The vectors of all givers, some thousands at once."""
    model.eval()
    every = torch.arange(len(edges.start) - 1, device=edges.start.device)
    parts = [np.zeros((0, edges.services.shape[1]), np.float32)]
    with torch.no_grad():
        for at in range(0, len(every), _AT_ONCE):
            parts.append(model.embed(edges.of_givers(every[at : at + _AT_ONCE])).cpu().numpy())
    return np.concatenate(parts)


def _edges(givers: Givers, services: Matrix, device: torch.device) -> GivenServices:
    start = np.append(0, np.cumsum(np.bincount(givers.giver, minlength=len(givers.names))))
    parts = (givers.service, givers.count, start, services)
    return GivenServices(*(torch.from_numpy(each).to(device) for each in parts))


class _Fit:
    """Training in batches of givers until the loss on those held out falls no more; the best state is kept."""

    def __init__(
        self, model: Attention, edges: GivenServices, label: Tensor, settings: ProviderSettings, by: torch.Generator
    ) -> None:
        self._model, self._edges, self._label, self._settings, self._by = model, edges, label, settings, by
        self._optimizer = torch.optim.Adam(model.parameters(), lr=settings.rate, weight_decay=settings.decay)

    def train(self, trained: Tensor, held: Tensor, told: Callable[[int, float], None]) -> None:
        """Goes through the givers `trained` again and again; `held` say when it is enough."""
        best, since = float("inf"), 0
        kept = self._state()
        for epoch in range(self._settings.epochs):
            order = trained[torch.randperm(len(trained), generator=self._by, device=trained.device)]
            for at in range(0, len(order), self._settings.batch):
                self._step(order[at : at + self._settings.batch])
            loss = self._loss(held)
            told(epoch, loss)
            if loss < best:
                best, since, kept = loss, 0, self._state()
            else:
                since += 1
            if since >= self._settings.patience:
                break
        self._model.load_state_dict(kept)

    def _state(self) -> dict[str, Tensor]:
        return {name: value.clone() for name, value in self._model.state_dict().items()}

    def _step(self, some: Tensor) -> None:
        self._model.train()
        loss = functional.cross_entropy(self._model(self._edges.of_givers(some)), self._label[some])
        self._optimizer.zero_grad()
        torch.autograd.backward(loss)
        self._optimizer.step()

    def _logits(self, some: Tensor) -> Tensor:
        self._model.eval()
        with torch.no_grad():
            logits: Tensor = self._model(self._edges.of_givers(some))
        return logits

    def _loss(self, some: Tensor) -> float:
        return float(functional.cross_entropy(self._logits(some), self._label[some]))

    def accuracy(self, some: Tensor) -> float:
        """The share of `some` givers whose specialty is the first guess."""
        return float((self._logits(some).argmax(1) == self._label[some]).double().mean())
