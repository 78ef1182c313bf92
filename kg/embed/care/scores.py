"""Figures over folds and seeds: mean, spread, and an interval that knows that folds share what they learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Score:
    """A mean over `count` folds of all seeds, and between which bounds it lies with 95 %.

    `spread` is the standard deviation over all of them, `spread_of_seeds` that of the means of seeds.
    """

    mean: float
    spread: float
    spread_of_seeds: float
    low: float
    high: float
    count: int


def summarize(values: Values, *, ratio: float) -> Score:
    """The score of `values`, shape (seeds, folds); folds that could not be asked are not-a-number.

    The interval is that of the corrected resampled t-test (Nadeau & Bengio 2003, Inference for the Generalization
    Error, Machine Learning 52): the variance of the mean of n folds is (1/n + `ratio`) times that of the folds, where
    `ratio` is test size by training size: 1 / (folds - 1) of a cross-validation, as Bouckaert & Frank (2004) use it
    over repeats.
    """
    known = values[~np.isnan(values)]
    count = len(known)
    if not count:
        return Score(np.nan, np.nan, np.nan, np.nan, np.nan, 0)
    mean = float(known.mean())
    spread = float(known.std(ddof=1)) if count > 1 else 0.0
    by_seed = np.array([np.nanmean(row) for row in values if not np.isnan(row).all()])
    half = _quantile(count - 1) * spread * (1 / count + ratio) ** 0.5 if count > 1 else np.nan
    seeds = float(by_seed.std(ddof=1)) if len(by_seed) > 1 else 0.0
    return Score(mean, spread, seeds, mean - half, mean + half, count)


def _quantile(freedom: int) -> float:
    """Student's t of 97.5 %."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))
