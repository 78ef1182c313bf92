"""Attention of those who give services over the services they give (GAT, Veličković et al. 2018), by lists of edges."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

#: The slope of LeakyReLU below zero, as in the paper of GAT.
_SLOPE = 0.2


class GivenServices:
    """Who gives what, as tensors, by giver: `start` holds where each one's edges begin, and behind the last its end.

    `service` and `count` are of edges; `services` are the vectors of all services, float32, (services, dimensions).
    """

    def __init__(self, service: Tensor, count: Tensor, start: Tensor, services: Tensor) -> None:
        self.service, self.count, self.start, self.services = service, count, start, services

    def of_givers(self, some: Tensor) -> GivenServices:
        """The edges of some givers, in their order."""
        first, size = self.start[some], (self.start[1:] - self.start[:-1])[some]
        start = torch.cat([size.new_zeros(1), size.cumsum(0)])
        at = torch.arange(int(start[-1]), device=some.device) + (first - start[:-1]).repeat_interleave(size)
        return GivenServices(self.service[at], self.count[at], start, self.services)

    def givers(self) -> Tensor:
        """The giver of each edge."""
        size = self.start.diff()
        return torch.arange(len(size), device=size.device).repeat_interleave(size)

    def starts(self) -> Tensor:
        """The mean of each giver's services over all its events; zeros where it gave none."""
        giver, shape = self.givers(), (len(self.start) - 1, self.services.shape[1])
        weight = self.count.to(self.services.dtype)
        total = weight.new_zeros(shape[0]).index_add_(0, giver, weight).clamp(min=1)
        sums = self.services.new_zeros(shape).index_add_(0, giver, self.services[self.service] * weight[:, None])
        return sums / total[:, None]


class _Layer(nn.Module):
    """Heads of attention of givers over services: shape (givers, heads, outputs)."""

    def __init__(self, inputs: int, heads: int, outputs: int, generator: torch.Generator) -> None:
        super().__init__()
        self._generator = generator
        self.linear = nn.Parameter(_glorot((inputs, heads, outputs), inputs, outputs, generator))
        self.asks = nn.Parameter(_glorot((heads, outputs), outputs, 1, generator))
        self.answers = nn.Parameter(_glorot((heads, outputs), outputs, 1, generator))

    def forward(self, givers: Tensor, services: Tensor, edges: GivenServices, dropout: float) -> Tensor:
        at = edges.givers()
        asking = torch.einsum("gi,iho,ho->gh", givers, self.linear, self.asks)
        given = torch.einsum("si,iho->sho", services, self.linear)
        answering = (given * self.answers).sum(-1)
        score = functional.leaky_relu(asking[at] + answering[edges.service], _SLOPE)
        share = _softmax(score, at, len(givers))
        if self.training and dropout:
            # By our own generator, so that equal seeds give equal vectors whatever else draws by chance.
            drawn = torch.rand(share.shape, generator=self._generator, device=share.device)
            share = share * (drawn >= dropout) / (1 - dropout)
        return given.new_zeros(len(givers), *given.shape[1:]).index_add(0, at, given[edges.service] * share[..., None])


class Attention(nn.Module):
    """Two layers over who gives what: `embed` gives vectors (givers, dimensions), calling it logits of specialties."""

    def __init__(self, dimensions: int, labels: int, *, heads: int, dropout: float, generator: torch.Generator) -> None:
        super().__init__()
        self._dropout = dropout
        self.first = _Layer(dimensions, heads, dimensions // heads, generator)
        self.second = _Layer(dimensions, heads, labels, generator)

    def embed(self, edges: GivenServices) -> Tensor:
        """The vectors of givers."""
        given = self.first(edges.starts(), edges.services, edges, self._dropout)
        vectors: Tensor = functional.elu(given.flatten(1))
        return vectors

    def forward(self, edges: GivenServices) -> Tensor:
        """The logits of specialties."""
        services = functional.elu(torch.einsum("si,iho->sho", edges.services, self.first.linear).flatten(1))
        logits: Tensor = self.second(self.embed(edges), services, edges, self._dropout).mean(1)
        return logits


def _glorot(shape: tuple[int, ...], inputs: int, outputs: int, generator: torch.Generator) -> Tensor:
    bound = (6 / (inputs + outputs)) ** 0.5
    drawn: Tensor = (torch.rand(shape, generator=generator, device=generator.device) * 2 - 1) * bound
    return drawn


def _softmax(score: Tensor, at: Tensor, givers: int) -> Tensor:
    """The shares of each giver's edges in each head; `score` has the shape (edges, heads)."""
    place = at[:, None].expand_as(score)
    most = score.new_full((givers, score.shape[1]), -torch.inf).scatter_reduce(0, place, score, "amax")
    raised = (score - most.detach()[at]).exp()
    total = raised.new_zeros(givers, score.shape[1]).index_add(0, at, raised)
    return raised / total[at]
