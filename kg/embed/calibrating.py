"""Scores as probabilities: how often a concept that was scored so turned out to be a fact that was held out.

A score means something only beside the scores of the other candidates, so its logarithmic share of them is taken:
score − log Σ exp(scores). A logistic curve over it (Platt, Advances in Large Margin Classifiers 61, 1999; in the
logarithm, so that it has two numbers and stays monotone) is fitted to the facts held out for choosing, against all
other candidates of the right kinds for the same subjects, known facts left out.

Candidates that are true and that nobody wrote down count as wrong there, and only a part of the facts was held out: so
the probability is that of being among the facts held out, which is less than that of being true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: Fewer facts than this tell nothing of one predicate: all predicates are taken together then.
FEWEST = 20

#: Under which the curve of all predicates together stands.
ALL = "*"

_STEPS, _HALVINGS, _RIDGE, _BINS = 50, 30, 1e-6, 10


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Candidates of held-out questions: log shares, whether each is a fact, and how many candidates each stands for."""

    shares: Floats
    facts: NDArray[np.bool_]
    weights: Floats

    @classmethod
    def join(cls, parts: Sequence[Judged]) -> Judged:
        """All of them together."""
        if not parts:
            return cls(np.empty(0), np.empty(0, bool), np.empty(0))
        columns = zip(*((one.shares, one.facts, one.weights) for one in parts), strict=True)
        return cls(*map(np.concatenate, columns))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The curve: 1 / (1 + exp(−(slope × log share + intercept)))."""

    slope: float
    intercept: float
    facts: int
    """How many held-out facts it was fitted to."""

    def probability(self, share: float) -> float:
        """The probability of a candidate of that log share."""
        return float(_logistic(np.array(self.slope * share + self.intercept)))


def log_shares(scores: NDArray[np.float32], among: NDArray[np.bool_] | None = None) -> Floats:
    """Each score as the logarithm of its share of these, or of those `among` them where there are any."""
    wide = scores.astype(np.float64)
    whole = wide if among is None or not among.any() else wide[among]
    top = whole.max(initial=-np.inf)
    shares: Floats = wide - top - np.log(np.exp(whole - top).sum())
    return shares


def fit(judged: Judged) -> Calibration:
    """The curve by Newton's method (Lin et al., Machine Learning 68:267, 2007); flat where scores tell nothing."""
    targets = _targets(judged)
    base = _log_odds(float(np.average(targets, weights=judged.weights)))
    slope, intercept = _descend(judged, targets, np.array([0.0, base])).tolist()
    if slope <= 0:
        slope, intercept = 0.0, base
    return Calibration(slope, intercept, int(judged.facts.sum()))


def _descend(judged: Judged, targets: Floats, line: Floats) -> Floats:
    """Slope and intercept of least surprise: steps are halved until they lower it."""
    x = np.stack([judged.shares, np.ones_like(judged.shares)], axis=1)
    surprise = _surprise(judged, targets, x @ line)
    for _ in range(_STEPS):
        chances = _logistic(x @ line)
        bend = (x.T * (judged.weights * chances * (1 - chances))) @ x + _RIDGE * np.eye(2)
        step = np.linalg.solve(bend, x.T @ (judged.weights * (targets - chances)))
        halved = (line + step * 0.5**at for at in range(_HALVINGS))
        better = ((one, said) for one in halved if (said := _surprise(judged, targets, x @ one)) < surprise - 1e-12)
        line, surprise = next(better, (line, -np.inf))
        if surprise == -np.inf:
            break
    return line


def _surprise(judged: Judged, targets: Floats, log_odds: Floats) -> float:
    """The negative logarithm of how likely the targets are."""
    return float((judged.weights * (np.logaddexp(0, log_odds) - targets * log_odds)).sum())


def _targets(judged: Judged) -> Floats:
    """Platt's targets: not quite 0 and 1, so that few facts make no certainty."""
    facts = float(judged.weights[judged.facts].sum())
    others = float(judged.weights[~judged.facts].sum())
    targets: Floats = np.where(judged.facts, (facts + 1) / (facts + 2), 1 / (others + 2))
    return targets


def _logistic(x: Floats) -> Floats:
    chances: Floats = 1 / (1 + np.exp(-np.clip(x, -500, 500)))
    return chances


def _log_odds(chance: float) -> float:
    return float(np.log(chance / (1 - chance)))


def fit_all(judged: Mapping[str, Sequence[Judged]]) -> dict[str, Calibration]:
    """A curve for each predicate with enough facts, and one for all of them together; none where there is no fact."""
    return dict(_fit_each(judged))


def _fit_each(judged: Mapping[str, Sequence[Judged]]) -> Iterator[tuple[str, Calibration]]:
    together = Judged.join([one for parts in judged.values() for one in parts])
    if together.facts.any():
        yield ALL, fit(together)
    for predicate, parts in judged.items():
        own = Judged.join(parts)
        if own.facts.sum() >= FEWEST:
            yield predicate, fit(own)


def choose(calibrations: Mapping[str, Calibration], predicate: str) -> Calibration | None:
    """The curve that gives candidates of a predicate their probability: its own, else that of all; None without."""
    return calibrations.get(predicate) or calibrations.get(ALL)


def measure(
    judged: Mapping[str, Sequence[Judged]], calibrations: Mapping[str, Calibration]
) -> dict[str, dict[str, float]]:
    """How good the probabilities are on other facts than those that curves were fitted to: each by its own curve.

    By predicate, and of all candidates together under `ALL`. `brier` is the mean squared error, `brier_of_base_rate`
    that of saying of every candidate how many of these are facts, `skill` (Brier skill score) the share of that which
    the probabilities save: 0 where they tell nothing. `error` is the expected calibration error over ten bins of
    equally many candidates, by weight.
    """
    by_predicate = {name: Judged.join(parts) for name, parts in judged.items() if choose(calibrations, name)}
    chances = {name: _chances(one, choose(calibrations, name)) for name, one in by_predicate.items()}
    together = Judged.join(list(by_predicate.values()))
    if not together.facts.any():
        return {}
    told = {name: _measure(one, chances[name]) for name, one in by_predicate.items() if one.facts.any()}
    return {ALL: _measure(together, np.concatenate(list(chances.values()))), **told}


def _chances(judged: Judged, calibration: Calibration | None) -> Floats:
    assert calibration is not None
    return _logistic(calibration.slope * judged.shares + calibration.intercept)


def _measure(judged: Judged, chances: Floats) -> dict[str, float]:
    facts, total = judged.facts.astype(np.float64), judged.weights.sum()
    base = float((judged.weights * facts).sum() / total)
    order = np.argsort(chances, kind="stable")
    bins = np.minimum((np.cumsum(judged.weights[order]) / total * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, (judged.weights * (chances - facts))[order], _BINS)
    brier, of_base = float(np.average((chances - facts) ** 2, weights=judged.weights)), base * (1 - base)
    return {
        "facts": float(judged.facts.sum()),
        "candidates": float(total),
        "brier": brier,
        "brier_of_base_rate": of_base,
        "skill": 1 - brier / of_base if of_base else 0.0,
        "error": float(np.abs(gaps).sum() / total),
    }
