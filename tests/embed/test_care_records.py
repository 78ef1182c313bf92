"""What ME2Vec's settings are worth on one's own records: beside the bag of services, with what is asked hidden."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planted_care import PARENTS, SPECIALTIES, make_events, make_journeys

pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")
pytest.importorskip("sklearn", reason="the extra is missing: pip install 'medkg[train]'")

import torch

from kg.embed.care.model import CareError, VisitTask
from kg.embed.care.records import Worth, evaluate_care, find_questions, get_scores, iter_forms
from kg.embed.me2vec.journeys import NONE, Journeys, Named, number_journeys
from kg.embed.me2vec.settings import Me2vecSettings, make_settings
from kg.render.embed_care import print_worth
from small_model import ABOUT

SMALL = make_settings(
    {
        "journeys": {"fewest_events": 1, "fewest_uses": 1, "unit": "patient"},
        "graph": {"learn": "factors"},
        "skipgram": {"dimensions": 8},
        "givers": {"heads": 2, "epochs": 3},
        "patients": {"parts": ["services"], "weights": [1.0], "dimensions": 8},
    }
)


def evaluate(journeys: Journeys, settings: Me2vecSettings = SMALL) -> Worth:
    device = torch.device("cpu")
    return evaluate_care(journeys, PARENTS, settings, name="mine", device=device, seeds=1, folds=3)


def test_planted_specialties_are_told_by_both_and_the_bag_of_services_is_the_first() -> None:
    worth = evaluate(make_journeys(patients=90))
    (asked,) = worth.asked
    assert isinstance(asked.task, VisitTask)
    assert (asked.task.name, asked.task.labels) == ("specialty", SPECIALTIES)
    assert [row.baseline for row in asked.rows] == ["bag of services", "mine"]
    assert all(row.roc.mean > 0.9 for row in asked.rows)
    assert any("fewer than 30 means nothing" in reason for reason in worth.not_asked)
    assert any("next diagnosis group" in reason for reason in worth.not_asked)


def test_what_is_asked_is_hidden_from_those_who_answer() -> None:
    journeys = make_journeys(patients=90)
    shuffled = np.random.default_rng(0).permutation(journeys.specialty)
    by_visit = replace(journeys, specialty=shuffled[journeys.visit], provider=np.full(len(journeys), NONE))
    (asked,) = evaluate(by_visit).asked
    assert asked.task.name == "specialty"
    assert all(row.roc.mean < 0.7 for row in asked.rows)


def test_what_comes_next_is_asked_by_what_stands_above_a_diagnosis() -> None:
    events = [one._replace(specialty="") for one in make_events(patients=90)]
    wards = {one.visit: one for one in make_events(patients=90)}
    later = [
        Named(one.patient, one.visit, f"dx:{one.specialty}", 86_400 * 3, kind="condition") for one in wards.values()
    ]
    parents = PARENTS | {f"dx:{name}": [f"trouble of {name}"] for name in SPECIALTIES}
    questions, _ = find_questions(number_journeys([*events, *later]), parents, folds=3)
    (task,) = questions.tasks
    assert isinstance(task, VisitTask)
    assert (task.name, task.view) == ("next diagnosis group", "first day")
    assert set(task.labels) == {f"trouble of {name}" for name in SPECIALTIES}


def test_too_few_records_are_told_in_one_sentence() -> None:
    with pytest.raises(CareError, match=r"too few to tell what mine is worth: .*next diagnosis group.*specialty"):
        evaluate(make_journeys(patients=12))


def test_a_card_counts_nobody_so_that_two_of_them_do_not_tell_of_one_patient() -> None:
    """A patient more, or less, moves neither a count nor the share of right answers by itself."""
    for figures in get_scores(evaluate(make_journeys(patients=90))).values():
        assert figures.keys() == {"pr_auc", "pr_auc_low", "pr_auc_high", "roc_auc", "chance"}
        assert all(value == round(value, 2) for value in figures.values())
        assert figures["chance"] * 20 == pytest.approx(round(figures["chance"] * 20))


def test_only_figures_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    journeys = make_journeys(patients=90)
    worth = evaluate(journeys)
    print_worth(worth, ABOUT, as_json=False)
    print_worth(worth, ABOUT, as_json=True)
    shown = capsys.readouterr().out
    assert "90 visits, 3 labels" in shown
    assert not any(f'"{name}"' in shown for name in (*journeys.visits, *journeys.patients, *journeys.providers))
    scores = get_scores(worth)
    assert list(scores) == ["specialty", "specialty, bag of services"]
    assert scores["specialty"]["pr_auc"] == round(worth.asked[0].rows[1].pr.mean, 2)
    (form,) = iter_forms(worth)
    assert json.loads(json.dumps(form))["task"] == "specialty"
    assert list(tmp_path.iterdir()) == []
