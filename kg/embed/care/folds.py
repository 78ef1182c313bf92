"""Folds that share no patient."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np

from kg.embed.care.model import CareError
from kg.embed.me2vec.journeys import Mask, Numbers


class Fold(NamedTuple):
    """Rows to learn from and rows to be asked, rising; no patient has rows in both."""

    train: Numbers
    test: Numbers


def make_folds(patient: Numbers, truth: Mask, *, count: int, seed: int) -> list[Fold]:
    """The rows cut into `count` parts, each the test of one fold; labels are about as common in each part.

    `patient` has shape (rows,), `truth` (rows, labels). Rows with several labels are dealt by the rarest of theirs.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    patients = len(np.unique(patient))
    if patients < count:
        raise CareError(f"{patients} patients cannot be cut into {count} folds; ask for fewer folds")
    cut = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # A label of fewer rows than folds is in some folds only; what a fold has not, it is not asked.
        warnings.filterwarnings("ignore", "The least populated class")
        parts = list(cut.split(np.zeros(len(patient)), _strata(truth), patient))
    return [Fold(train, test) for train, test in parts if len(train) and len(test)]


def _strata(truth: Mask) -> Numbers:
    """The rarest label of each row, counted from 1; 0 where it has none."""
    rising = np.argsort(truth.sum(0), kind="stable")
    ordered = truth[:, rising]
    return np.where(ordered.any(1), 1 + ordered.argmax(1), 0).astype(np.int64)
