"""All rows asked all tasks: what is kept is not learned again, and the table says what differs from the bag."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="probes need the extra 'train'")

from kg.embed.care.baselines.all import REFERENCE
from kg.embed.care.baselines.bags import learn_bag, learn_chance
from kg.embed.care.model import Baseline, Learned, Seen, Task
from kg.embed.care.running import Kept, Questions, ask_all
from kg.embed.care.table import make_rows, write_table
from kg.embed.care.tasks import WHOLE, ask_hierarchy, ask_outcome, ask_specialty
from kg.embed.me2vec.hierarchy import Parents
from planted_care import PARENTS, make_journeys

JOURNEYS = make_journeys(patients=90)
SEEN = Seen(JOURNEYS, PARENTS)
HEART = {
    visit: JOURNEYS.specialties[JOURNEYS.specialty[JOURNEYS.visit == at][0]] == "cardiology"
    for at, visit in enumerate(JOURNEYS.visits)
}
TASKS: list[Task] = [ask_outcome("heart", SEEN, HEART), ask_specialty(SEEN), ask_hierarchy(SEEN, fewest=1, codes=20)]
QUESTIONS = Questions("small", {WHOLE: SEEN}, TASKS)


def _counting(looks_at: frozenset[str] = frozenset()) -> tuple[Baseline, list[tuple[int, int, Parents]]]:
    calls: list[tuple[int, int, Parents]] = []

    def learn(seen: Seen, seed: int) -> Learned:
        calls.append((seed, len(seen.journeys.specialties), seen.parents))
        return learn_chance(seen, seed)

    return Baseline("counted", learn, looks_at), calls


def test_a_baseline_learns_once_a_seed_where_it_sees_the_same() -> None:
    counted, calls = _counting()
    ask_all(QUESTIONS, [counted], seeds=[1, 2], folds=3, kept=Kept())
    assert [seed for seed, _, _ in calls] == [1, 2]


def test_a_baseline_of_several_ways_is_as_good_as_the_one_that_tells() -> None:
    several = Baseline("several", learn_chance, others=(learn_bag,))
    bag, chosen = (
        ask_all(QUESTIONS, [each], seeds=[1], folds=3, kept=Kept())[0] for each in (Baseline("bag", learn_bag), several)
    )
    assert (chosen.pr, chosen.roc) == (bag.pr, bag.roc)


def test_what_is_asked_is_hidden_from_those_who_would_look_at_it() -> None:
    counted, calls = _counting(frozenset({"givers", "hierarchy"}))
    ask_all(QUESTIONS, [counted], seeds=[1], folds=3, kept=Kept())
    assert [(specialties, bool(parents)) for _, specialties, parents in calls] == [(3, True), (0, True), (3, False)]


def test_a_run_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    counted, calls = _counting()
    first = ask_all(QUESTIONS, [counted], seeds=[1], folds=3, kept=Kept(path))
    again = ask_all(QUESTIONS, [counted], seeds=[1], folds=3, kept=Kept(path))
    assert again == first
    assert len(calls) == 1
    assert len(path.read_text().splitlines()) == len(TASKS)


def test_an_answer_that_was_cut_off_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    counted, _ = _counting()
    first = ask_all(QUESTIONS, [counted], seeds=[1], folds=3, kept=Kept(path))
    path.write_text(path.read_text()[:-20])
    assert ask_all(QUESTIONS, [counted], seeds=[1], folds=3, kept=Kept(path))[-1].pr == first[-1].pr
    assert len(Kept(path).known) == len(TASKS)


def test_the_table_has_the_bag_and_says_what_is_surely_below_it() -> None:
    rows = [Baseline(REFERENCE, learn_bag), Baseline("chance", learn_chance)]
    answers = ask_all(QUESTIONS, rows, seeds=[1, 2], folds=3, kept=Kept())
    bag, chance = make_rows(answers, TASKS[0])
    assert bag.roc.mean > 0.9
    assert bag.roc_above[REFERENCE].mean == 0
    assert chance.roc_above[REFERENCE].high < 0
    lines = list(write_table([bag, chance], TASKS[0]))
    assert lines[0].startswith("heart: 90 visits, 1 label; PR-AUC by chance 0.333")
    assert lines[-1].split("]")[2].split()[0].startswith("-")
    assert lines[-1].split("]")[2].split()[0].endswith("*")
    assert json.loads(json.dumps(chance.to_json()))["baseline"] == "chance"
    assert np.isfinite(chance.roc.low)
