"""What plain models tell from vectors."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="probes need the extra 'train'")

from kg.embed.care.folds import make_folds
from kg.embed.care.model import CodeTask, VisitTask
from kg.embed.care.probing import choose_codes, choose_visits, probe_codes, probe_visits

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


def test_each_fold_chooses_what_tells_on_its_training_part() -> None:
    telling = np.concatenate([NOISE, 3 * TRUTH], axis=1).astype(np.float32)
    alone = probe_visits(telling, TASK, folds=4, seed=1)
    for several in ([NOISE, telling], [telling, NOISE]):
        assert np.array_equal(choose_visits(several, TASK, folds=4, seed=1), alone)


def test_those_who_are_asked_have_no_say_in_the_choice() -> None:
    """One representation tells of the first fold's test rows alone: it is best there, and that fold may not see it."""
    fold = make_folds(TASK.patient, TASK.truth, count=4, seed=1)[0]
    sly = NOISE.copy()
    sly[fold.test, 0] = 9 * TRUTH[fold.test, 0]
    honest = NOISE + TRUTH
    chosen = choose_visits([sly, honest.astype(np.float32)], TASK, folds=4, seed=1)
    assert np.array_equal(chosen[0], probe_visits(honest.astype(np.float32), TASK, folds=4, seed=1)[0])


def test_a_part_of_codes_chooses_by_the_other_parts() -> None:
    group = np.arange(40) % 4
    apart = ~np.eye(40, dtype=np.bool_)
    task = CodeTask("codes", "whole", frozenset(), np.arange(40), (group[:, None] == group) & apart, apart)
    good = np.eye(4, dtype=np.float32)[group]
    poor = np.where((np.arange(40) % 4 == 0)[:, None], good, DRAW.standard_normal((40, 4))).astype(np.float32)
    assert np.array_equal(choose_codes([poor, good], task, folds=4), probe_codes(good, task, folds=4))


def test_a_code_finds_those_of_its_kind() -> None:
    group = np.arange(40) % 4
    related = group[:, None] == group[None, :]
    asked = ~np.eye(40, dtype=np.bool_)
    task = CodeTask("codes", "whole", frozenset(), np.arange(40), related & asked, asked)
    vectors = np.eye(4, dtype=np.float32)[group]
    assert probe_codes(vectors, task, folds=4) == pytest.approx(1.0)
    worthless = DRAW.standard_normal((40, 8)).astype(np.float32)
    assert probe_codes(worthless, task, folds=4)[:, 1].mean() == pytest.approx(0.5, abs=0.1)
