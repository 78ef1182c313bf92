"""What plain models tell from vectors."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="probes need the extra 'train'")

from kg.embed.care.model import CodeTask, VisitTask
from kg.embed.care.probing import probe_codes, probe_visits

DRAW = np.random.default_rng(3)
ROWS = 240
TRUTH = DRAW.random((ROWS, 1)) < 0.3
NOISE = DRAW.standard_normal((ROWS, 6)).astype(np.float32)
TASK = VisitTask("asked", "whole", frozenset(), np.arange(ROWS), np.arange(ROWS) // 2, TRUTH, ("asked",))


def test_vectors_that_tell_all_score_one_and_noise_scores_chance() -> None:
    telling = np.concatenate([NOISE, 3 * TRUTH], axis=1).astype(np.float32)
    assert probe_visits(telling, TASK, folds=4, seed=1).mean(0) == pytest.approx([1.0, 1.0], abs=0.01)
    assert probe_visits(NOISE, TASK, folds=4, seed=1)[:, 1].mean() == pytest.approx(0.5, abs=0.12)


def test_the_scale_and_the_centre_of_vectors_do_not_matter() -> None:
    telling = np.concatenate([NOISE, TRUTH], axis=1).astype(np.float32)
    plain, moved = (probe_visits(each, TASK, folds=4, seed=1) for each in (telling, telling * 500 + 40))
    assert plain == pytest.approx(moved, abs=0.01)


def test_figures_of_labels_are_averaged() -> None:
    both = VisitTask("both", "whole", frozenset(), TASK.rows, TASK.patient, np.hstack([TRUTH, ~TRUTH]), ("a", "b"))
    telling = np.concatenate([NOISE, 3 * TRUTH], axis=1).astype(np.float32)
    assert probe_visits(telling, both, folds=4, seed=1).mean() == pytest.approx(1.0, abs=0.01)


def test_a_code_finds_those_of_its_kind() -> None:
    group = np.arange(40) % 4
    related = group[:, None] == group[None, :]
    asked = ~np.eye(40, dtype=np.bool_)
    task = CodeTask("codes", "whole", frozenset(), np.arange(40), related & asked, asked)
    vectors = np.eye(4, dtype=np.float32)[group]
    assert probe_codes(vectors, task, folds=4) == pytest.approx(1.0)
    worthless = DRAW.standard_normal((40, 8)).astype(np.float32)
    assert probe_codes(worthless, task, folds=4)[:, 1].mean() == pytest.approx(0.5, abs=0.1)
