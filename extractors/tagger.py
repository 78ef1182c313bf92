"""A small learned tagger in plain Python: tags each token of a sequence as outside, begin or inside.

An averaged perceptron (Collins, EMNLP 2002) that goes from left to right and sees the two tags it gave before.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

OUTSIDE, BEGIN, INSIDE = range(3)
_TAGS = 3

Features = Sequence[Sequence[int]]
"""For each token the numbers of its features, 0 or more."""
_Weights = dict[int, list[float]]


class Tagger:
    """Weights of features, by which sequences are tagged; made by `train`."""

    def __init__(self, weights: _Weights) -> None:
        self._weights = weights

    def tag(self, features: Features, *, reach: float = 0.0) -> list[int]:
        """A tag for each token; a larger `reach` takes points from OUTSIDE: more is found, less of it right."""
        tags: list[int] = []
        before = last = OUTSIDE
        for token in features:
            tag = _best(self._weights, [*token, *_history(before, last)], reach)
            tags.append(tag)
            before, last = last, tag
        return tags


def train(sequences: Iterable[tuple[Features, Sequence[int]]], *, epochs: int = 6, seed: int = 1) -> Tagger:
    """A tagger learnt from sequences of features with their right tags; features seen but once are left out."""
    given = list(sequences)
    counts = Counter(chain.from_iterable(token for features, _ in given for token in features))
    order = [([[f for f in token if counts[f] > 1] for token in features], tags) for features, tags in given]
    rng = random.Random(seed)  # noqa: S311 -- an order that can be repeated, no secret
    weights: _Weights = {}
    sums: _Weights = {}
    step = 1
    for epoch in range(epochs):
        rng.shuffle(order)
        for features, tags in order:
            step = _learn(weights, sums, features, tags, step=step, forced=epoch == 0)
    return Tagger({f: [w - s / step for w, s in zip(weights[f], sums[f], strict=True)] for f in weights})


def _learn(
    weights: _Weights, sums: _Weights, features: Features, tags: Sequence[int], *, step: int, forced: bool
) -> int:
    """Correct the weights where a tag comes out wrong; `forced` shows the right history rather than the found one."""
    before = last = OUTSIDE
    for token, right in zip(features, tags, strict=True):
        present = [*token, *_history(before, last)]
        tag = _best(weights, present, 0.0)
        if tag != right:
            for feature in present:
                _correct(weights, feature, right, tag, 1.0)
                _correct(sums, feature, right, tag, step)
        step += 1
        before, last = last, right if forced else tag
    return step


def _correct(rows: _Weights, feature: int, right: int, wrong: int, by: float) -> None:
    row = rows.get(feature)
    if row is None:
        row = rows[feature] = [0.0] * _TAGS
    row[right] += by
    row[wrong] -= by


def _history(before: int, last: int) -> tuple[int, int]:
    return -1 - last, -1 - _TAGS - last * _TAGS - before


def _best(weights: _Weights, present: Sequence[int], reach: float) -> int:
    """The tag with the highest sum of weights; unrolled, for all of the time goes here."""
    outside, begin, inside = -reach, 0.0, 0.0
    get = weights.get
    for feature in present:
        row = get(feature)
        if row is not None:
            outside += row[0]
            begin += row[1]
            inside += row[2]
    if outside >= begin and outside >= inside:
        return OUTSIDE
    return BEGIN if begin >= inside else INSIDE
