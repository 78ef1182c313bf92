"""A small learned chooser in plain Python: the best of some candidates, or none of them.

An averaged perceptron over the features of candidates (Collins, EMNLP 2002); none has a score of 0.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

Candidate = Sequence[str]
"""The names of a candidate's features."""


class Ranker:
    """Weights of features, by which candidates are compared; made by `train`."""

    def __init__(self, weights: dict[str, float]) -> None:
        self._weights = weights

    def score(self, candidate: Candidate) -> float:
        """How much speaks for `candidate`; below 0 more speaks against it."""
        return sum(self._weights.get(feature, 0.0) for feature in candidate)

    def choose(self, candidates: Sequence[Candidate], *, reach: float = 0.0) -> int | None:
        """The place of the best candidate, None where all score `-reach` or less."""
        if not candidates:
            return None
        scores = [self.score(candidate) for candidate in candidates]
        best = max(range(len(scores)), key=scores.__getitem__)
        return best if scores[best] > -reach else None


def train(groups: Iterable[tuple[Sequence[Candidate], set[int]]], *, epochs: int = 10, seed: int = 1) -> Ranker:
    """A ranker learnt from groups of candidates, each with the places of the right ones (empty: none is right)."""
    order = list(groups)
    rng = random.Random(seed)  # noqa: S311 -- an order that can be repeated, no secret
    weights: dict[str, float] = {}
    sums: dict[str, float] = {}
    step = 1
    for _ in range(epochs):
        rng.shuffle(order)
        for candidates, right in order:
            step += 1
            _learn(weights, sums, candidates, right, step)
    return Ranker({name: weight - sums[name] / step for name, weight in weights.items()})


def _learn(
    weights: dict[str, float], sums: dict[str, float], candidates: Sequence[Candidate], right: set[int], step: int
) -> None:
    ranker = Ranker(weights)
    chosen = ranker.choose(candidates)
    if chosen in right or (chosen is None and not right):
        return
    wanted = max(right, key=lambda place: ranker.score(candidates[place]), default=None)
    for place, change in ((wanted, 1.0), (chosen, -1.0)):
        for feature in candidates[place] if place is not None else ():
            weights[feature] = weights.get(feature, 0.0) + change
            sums[feature] = sums.get(feature, 0.0) + change * step
