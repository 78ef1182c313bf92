"""Level 3 as the paper has it: patients lie near their services and those who gave them (LINE, Tang et al. 2015).

A context is a specialty and a service; its vector is a learned linear map of both theirs, which stay as they are. The
loss of a patient and a context is its share of the patient's events times -log σ(patient · context) and, for negatives
drawn by the power .75 of the degree of contexts (how many events have them), -log σ(-patient · negative). Negatives
are drawn once a batch and shared by its patients; the paper's code draws ten for each context: the same in the mean.
It keeps the state of the least training loss, here the last one is kept.

The paper's code starts patients by chance between -1 and 1 and names no way to embed a patient that comes later. Here
they start from the weighted mean of their contexts (`start = "mean"`; `"chance"` is the code's way), and a patient that
comes later starts so too and then follows its own loss, with everything else as it was trained.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from kg.embed.me2vec.settings import LineSettings
from kg.embed.me2vec.uses import Matrix, Uses

_FLATTEN = 0.75

#: Negatives of a batch, shared by all its patients.
_SHARED = 256

#: Patients who come later that are held at once.
_ALONE = 4096


class Line:
    """Vectors of patients and the map of contexts; `fit` trains both, `embed` gives vectors of other patients.

    A patient that comes later gets the same vector whoever comes along.

    Columns of uses are contexts: `specialty * len(services) + service`. `services` and `specialties` are float32, one
    row each; where a specialty may be unknown, one of its rows is zeros.
    """

    def __init__(
        self, services: Matrix, specialties: Matrix, settings: LineSettings, *, device: torch.device, seed: int
    ) -> None:
        self._settings, self._seed = settings, seed
        self._services = torch.from_numpy(services).to(device)
        self._specialties = torch.from_numpy(specialties).to(device)
        self._generator = torch.Generator(device=device).manual_seed(seed)
        shape = (services.shape[1] + specialties.shape[1], settings.dimensions)
        self._map = (self._chance(shape) * (6 / sum(shape)) ** 0.5).requires_grad_()
        self._shift = torch.zeros(settings.dimensions, device=device, requires_grad=True)
        self._common, self._chances = torch.zeros(0), torch.zeros(0)

    def fit(self, uses: Uses, told: Callable[[int, float], None] = lambda _epoch, _loss: None) -> Matrix:
        """Vectors of the rows of `uses`, float32, shape (rows, dimensions); `told` gets epochs and mean losses."""
        settings = self._settings
        device = self._services.device
        degree = np.bincount(uses.columns, uses.weights)
        common = np.flatnonzero(degree)
        self._common = torch.from_numpy(common).to(device)
        self._chances = torch.from_numpy(degree[common].astype(np.float32) ** _FLATTEN).to(device)
        shares = _Rows(uses.to_shares(), device)
        table = self._start(uses).requires_grad_()
        optimizer = torch.optim.Adam([table, self._map, self._shift], lr=settings.rate)
        slower = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.25, patience=5)
        for epoch in range(settings.epochs):
            order = torch.randperm(uses.rows, generator=self._generator, device=table.device)
            losses = [self._step(optimizer, table, shares, some) for some in _cut(order, settings.batch)]
            told(epoch, sum(losses) / max(1, len(losses)))
            slower.step(sum(losses))
        vectors: Matrix = table.detach().cpu().numpy()
        return vectors

    def embed(self, uses: Uses) -> Matrix:
        """Vectors of rows that were not trained on: from the mean of their contexts by their own loss."""
        shares = _Rows(uses.to_shares(), self._services.device)
        table = self._start(uses, chance=False)
        parts = [self._follow(table[some], shares, some) for some in _cut(torch.arange(uses.rows), _ALONE)]
        vectors: Matrix = torch.cat([table[:0], *parts]).cpu().numpy()
        return vectors

    def _follow(self, started: Tensor, shares: _Rows, some: Tensor) -> Tensor:
        """Some rows after their steps: with the same negatives as any others have, and an optimizer of their own."""
        self._generator.manual_seed(self._seed)
        owner, context, weight = shares.of(some.to(started.device))
        mapped = self._mapped(context).detach()
        table = started.clone().requires_grad_()
        optimizer = torch.optim.Adam([table], lr=self._settings.rate)
        for _ in range(self._settings.later):
            own = functional.softplus(-(table[owner] * mapped).sum(1)) * weight
            others = functional.softplus(table @ self._draw_negatives().detach().T).mean(1)
            optimizer.zero_grad()
            torch.autograd.backward(own.sum() + self._settings.negatives * others.sum())
            optimizer.step()
        return table.detach()

    def get_state(self) -> dict[str, Tensor]:
        """What `fit` learned, for `set_state` of another with the same services and specialties."""
        learned = {"map": self._map, "shift": self._shift, "common": self._common, "chances": self._chances}
        return {name: tensor.detach().cpu() for name, tensor in learned.items()}

    def set_state(self, state: dict[str, Tensor]) -> None:
        """Takes what another learned."""
        there = {name: tensor.to(self._services.device) for name, tensor in state.items()}
        self._map, self._shift = there["map"].requires_grad_(), there["shift"].requires_grad_()
        self._common, self._chances = there["common"], there["chances"]

    def _chance(self, shape: tuple[int, int]) -> Tensor:
        return torch.rand(shape, generator=self._generator, device=self._generator.device) * 2 - 1

    def _start(self, uses: Uses, *, chance: bool = True) -> Tensor:
        if chance and self._settings.start == "chance":
            return self._chance((uses.rows, self._settings.dimensions))
        shares, device = _Rows(uses.to_shares(), self._services.device), self._services.device
        started = []
        for some in _cut(torch.arange(uses.rows, device=device), self._settings.batch):
            owner, context, weight = shares.of(some)
            mapped = self._mapped(context).detach() * weight[:, None]
            started.append(mapped.new_zeros(len(some), self._settings.dimensions).index_add_(0, owner, mapped))
        return torch.cat(started) if started else torch.zeros(0, self._settings.dimensions, device=device)

    def _mapped(self, contexts: Tensor) -> Tensor:
        width, cut = len(self._services), self._specialties.shape[1]
        by_specialty = (self._specialties @ self._map[:cut])[contexts // width]
        mapped: Tensor = by_specialty + self._services[contexts % width] @ self._map[cut:] + self._shift
        return mapped

    def _step(self, optimizer: torch.optim.Optimizer, table: Tensor, shares: _Rows, some: Tensor) -> float:
        owner, context, weight = shares.of(some)
        if not len(context):
            return 0.0
        patients = table[some]
        own = functional.softplus(-(patients[owner] * self._mapped(context)).sum(1)) * weight
        others = functional.softplus(patients @ self._draw_negatives().T).mean(1)
        loss = own.sum() + self._settings.negatives * others.sum()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        return float(loss.detach())

    def _draw_negatives(self) -> Tensor:
        drawn = torch.multinomial(self._chances, _SHARED, True, generator=self._generator)
        return self._mapped(self._common[drawn])


class _Rows:
    """Uses as tensors, of which some rows are taken."""

    def __init__(self, uses: Uses, device: torch.device) -> None:
        self._offsets, self._columns, self._weights = (
            torch.from_numpy(each).to(device) for each in (uses.offsets, uses.columns, uses.weights)
        )

    def of(self, some: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """For each entry of some rows its place among them, its column and its weight."""
        first, size = self._offsets[some], (self._offsets[1:] - self._offsets[:-1])[some]
        owner = torch.arange(len(some), device=some.device).repeat_interleave(size)
        at = torch.arange(len(owner), device=some.device) + (first - size.cumsum(0) + size)[owner]
        return owner, self._columns[at], self._weights[at]


def _cut(order: Tensor, batch: int) -> list[Tensor]:
    return [order[at : at + batch] for at in range(0, len(order), batch)]
