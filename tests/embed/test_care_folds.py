"""Folds share no patient."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="folds need the extra 'train'")

from kg.embed.care.folds import make_folds
from kg.embed.care.model import CareError

PATIENT = np.repeat(np.arange(60), 3)
TRUTH = (np.arange(180) % 5 == 0)[:, None]


def test_no_patient_is_on_both_sides_and_every_row_is_asked_once() -> None:
    folds = make_folds(PATIENT, TRUTH, count=5, seed=1)
    for fold in folds:
        assert not set(PATIENT[fold.train]) & set(PATIENT[fold.test])
    assert sorted(np.concatenate([fold.test for fold in folds]).tolist()) == list(range(180))


def test_labels_are_as_common_in_each_part() -> None:
    shares = [TRUTH[fold.test].mean() for fold in make_folds(PATIENT, TRUTH, count=5, seed=2)]
    assert max(shares) - min(shares) < 0.1


def test_seeds_make_other_folds_and_the_same_seed_the_same() -> None:
    first, again, other = (make_folds(PATIENT, TRUTH, count=5, seed=seed)[0].test for seed in (1, 1, 2))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


def test_too_few_patients_are_told() -> None:
    with pytest.raises(CareError, match="60 patients cannot be cut into 61 folds"):
        make_folds(PATIENT, TRUTH, count=61, seed=1)
