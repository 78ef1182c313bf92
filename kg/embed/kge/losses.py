"""What is made small in training, as sums over facts."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from kg.embed.kge.settings import KgeSettings

#: A loss of the scores of n facts, shape (n), and of their k negatives, shape (n, k).
NegativeLoss = Callable[[Tensor, Tensor], Tensor]


def one_vs_all(scores: Tensor, counts: Tensor, which: Tensor, objects: Tensor) -> Tensor:
    """Cross entropy of each fact's object among all: `scores` of queries by objects, the rest as in `QueryBatch`."""
    return (scores.logsumexp(1) * counts).sum() - scores[which, objects].sum()


def self_adversarial(margin: float, temperature: float) -> NegativeLoss:
    """Each fact above minus the margin, negatives below, the harder ones weighing more (Sun et al., ICLR 2019)."""

    def loss(true: Tensor, false: Tensor) -> Tensor:
        weights = (false.detach() * temperature).softmax(1)
        far = (weights * functional.logsigmoid(-(margin + false))).sum(1)
        return -(functional.logsigmoid(margin + true) + far).sum() / 2

    return loss


def margin_ranking(margin: float) -> NegativeLoss:
    """By how much each negative comes closer to its fact than the margin, as a mean over negatives (TransE)."""

    def loss(true: Tensor, false: Tensor) -> Tensor:
        return functional.relu(margin + false - true.unsqueeze(1)).mean(1).sum()

    return loss


def sampled_softmax(true: Tensor, false: Tensor) -> Tensor:
    """Cross entropy of each fact among itself and its negatives."""
    return torch.cat((true.unsqueeze(1), false), dim=1).logsumexp(1).sub(true).sum()


def get_negative_loss(settings: KgeSettings) -> NegativeLoss:
    """The loss of facts and negatives that the settings name."""
    if settings.loss == "self_adversarial":
        return self_adversarial(settings.margin, settings.temperature)
    return margin_ranking(settings.margin) if settings.loss == "margin" else sampled_softmax


def n3(parts: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Sum of the cubes of sizes of subject, relation and object (Lacroix et al., ICML 2018)."""
    return torch.stack([part.pow(3).sum() for part in parts]).sum()


def dura(parts: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Squares of sizes of entities, and of those times the relation, for bilinear models (Zhang et al., NeurIPS 2020).

    The paper adds both with one weight; the weights .5 and 1.5 are those of the authors' code.
    """
    subject, relation, object_ = (part.square() for part in parts)
    return 0.5 * (subject + object_).sum() + 1.5 * ((subject + object_) * relation).sum()
