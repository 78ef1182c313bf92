"""How far a batch may be trusted, from a random sample of it that a curator looked at."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Estimate:
    """Which share is right: of the sample, and the interval that holds that of the whole, by `confidence`."""

    right: int
    sample: int
    low: float
    high: float
    confidence: float

    @property
    def share(self) -> float:
        """Right ones of the sample."""
        return self.right / self.sample if self.sample else 0.0


def draw_sample(pool: Sequence[T], size: int, *, seed: int) -> list[T]:
    """`size` of the pool at random, all of it where it holds no more; one seed always gives the same."""
    return random.Random(seed).sample(pool, min(size, len(pool)))  # noqa: S311 - no secret


def estimate(right: int, sample: int, *, confidence: float = 0.95) -> Estimate:
    """The share that is right with its exact interval (Clopper and Pearson, Biometrika 26, 1934).

    It never promises too much: the true share lies in the interval with at least that confidence, for any sample.
    """
    tail = (1 - confidence) / 2
    low = 0.0 if right == 0 else _solve(lambda p: 1 - _cumulated(right - 1, sample, p), tail)
    high = 1.0 if right == sample else 1 - _solve(lambda q: _cumulated(right, sample, 1 - q), tail)
    return Estimate(right, sample, low, high, confidence)


def _solve(rising: Callable[[float], float], wanted: float) -> float:
    """Where in 0 to 1 a rising function reaches a value, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return low


def _cumulated(most: int, trials: int, chance: float) -> float:
    """The chance of `most` successes or fewer."""
    if chance <= 0 or chance >= 1:
        return 1.0 if chance <= 0 or most >= trials else 0.0
    ways = (lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1) for k in range(most + 1))
    return min(1.0, sum(exp(w + k * log(chance) + (trials - k) * log1p(-chance)) for k, w in enumerate(ways)))
