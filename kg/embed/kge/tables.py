"""Where vectors lie while they are trained, and how gradients change them.

One table serves all: dense steps change all rows; sparse ones the rows that a step used; a table on the host does the
same in the memory of the CPU, pinned where there is CUDA, and only rows in use travel to the device.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor
from torch.optim.adagrad import adagrad

from kg.embed.kge.settings import KgeSettings


class Optimizer(Protocol):
    """How a gradient changes values; `kept` are tensors of the same shape that it remembers."""

    slots: int

    def step(self, values: Tensor, gradient: Tensor, kept: list[Tensor], steps: int) -> None:
        """Changes `values` and `kept` in place; `steps` counts from 1."""


class Adagrad:
    """Steps divided by the root of the sum of squared gradients (Duchi et al., JMLR 2011), as in torch.optim."""

    slots = 1

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate

    def step(self, values: Tensor, gradient: Tensor, kept: list[Tensor], steps: int) -> None:
        """Changes `values` and the sum of squares in place."""
        # torch has one pass over memory for this on a CPU; written as four operations it takes five times as long.
        adagrad(
            [values],
            [gradient],
            kept,
            [torch.tensor(float(steps))],
            fused=values.device.type == "cpu",
            lr=self.learning_rate,
            weight_decay=0.0,
            lr_decay=0.0,
            eps=1e-10,
            maximize=False,
        )


class Adam:
    """Adam (Kingma and Ba, ICLR 2015); on some rows only it is what torch calls SparseAdam."""

    slots = 2

    def __init__(self, learning_rate: float, betas: tuple[float, float] = (0.9, 0.999), epsilon: float = 1e-8) -> None:
        self.learning_rate = learning_rate
        self.betas = betas
        self.epsilon = epsilon

    def step(self, values: Tensor, gradient: Tensor, kept: list[Tensor], steps: int) -> None:
        """Changes `values` and both moving means in place."""
        (mean, square), (first, second) = kept, self.betas
        mean.lerp_(gradient, 1 - first)
        square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        root = square.sqrt().div_((1 - second**steps) ** 0.5).add_(self.epsilon)
        values.addcdiv_(mean, root, value=-self.learning_rate / (1 - first**steps))


class Table:
    """Rows of float32, shape (count, width), and what the optimiser keeps of each; `values` may lie on the host."""

    def __init__(self, values: Tensor, optimizer: Optimizer, device: torch.device) -> None:
        self.values = values
        self.device = device
        self.optimizer = optimizer
        self.kept = [torch.zeros_like(values) for _ in range(optimizer.slots)]
        self.steps = 0

    def take(self, rows: Tensor) -> Tensor:
        """Copies of some rows, on the device."""
        return self.values.index_select(0, rows.to(self.values.device)).to(self.device, non_blocking=True)

    def slice(self, start: int, stop: int) -> Tensor:
        """Rows of a range, on the device."""
        return self.values[start:stop].to(self.device, non_blocking=True)

    def change(self, gradient: Tensor, rows: Tensor | None = None) -> None:
        """Takes a step on all rows, or on those named, each of which is named once."""
        self.steps += 1
        if rows is None:
            self.optimizer.step(self.values, gradient, self.kept, self.steps)
            return
        rows, gradient = rows.to(self.values.device), gradient.to(self.values.device)
        whole = [self.values, *self.kept]
        values, *kept = (tensor[rows] for tensor in whole)
        self.optimizer.step(values, gradient, kept, self.steps)
        for tensor, part in zip(whole, [values, *kept], strict=True):
            tensor[rows] = part

    def get_state(self) -> dict[str, Tensor]:
        """What a checkpoint holds of the table; the tensors are the table's own."""
        kept = {f"kept{at}": tensor for at, tensor in enumerate(self.kept)}
        return {"values": self.values, "steps": torch.tensor(self.steps), **kept}

    def set_state(self, state: dict[str, Tensor]) -> None:
        """Goes on from what a checkpoint held."""
        self.values.copy_(state["values"])
        self.steps = int(state["steps"])
        for at, tensor in enumerate(self.kept):
            tensor.copy_(state[f"kept{at}"])


def make_optimizer(settings: KgeSettings) -> Optimizer:
    """The optimiser that the settings name."""
    make: type[Adagrad] | type[Adam] = Adagrad if settings.optimizer == "adagrad" else Adam
    return make(settings.learning_rate)


def make_table(
    count: int, width: int, settings: KgeSettings, device: torch.device, draw: torch.Generator, *, host: bool = False
) -> Table:
    """A table of values drawn from a normal distribution; drawn on the CPU, so that they are the same on any device."""
    values = torch.randn(count, width, generator=draw).mul_(settings.init)
    if not host:
        values = values.to(device)
    elif torch.cuda.is_available():
        values = values.pin_memory()
    return Table(values, make_optimizer(settings), device)
