"""The generated cohort holds what it says was planted."""

from __future__ import annotations

import numpy as np

from kg.embed.care.cohort import group_of, make_cohort
from kg.embed.care.model import Seen

COHORT = make_cohort(patients=400)


def test_the_same_seed_gives_the_same_cohort() -> None:
    again = make_cohort(patients=400)
    assert again.journeys.code.tolist() == COHORT.journeys.code.tolist()
    assert again.readmitted == COHORT.readmitted
    assert make_cohort(patients=400, seed=1).died != COHORT.died


def test_ends_are_as_common_as_their_risks() -> None:
    risks = np.array([[truth.readmission, truth.mortality] for truth in COHORT.truths.values()])
    ends = np.array([[COHORT.readmitted[visit], COHORT.died[visit]] for visit in COHORT.truths])
    assert np.abs(risks.mean(0) - ends.mean(0)).max() < 0.05


def test_alarms_stand_at_both_ends_and_only_late_ones_kill() -> None:
    dead = {
        alarm: np.mean([COHORT.died[visit] for visit, truth in COHORT.truths.items() if truth.alarm == alarm])
        for alarm in ("early", "late")
    }
    assert dead["late"] > 0.35 > 0.15 > dead["early"]


def test_codes_of_one_disease_are_close_in_time_and_those_of_two_are_not() -> None:
    journeys = COHORT.journeys
    for visit in range(50):
        truth = COHORT.truths[journeys.visits[visit]]
        of_visit = journeys.where(journeys.visit == visit)
        groups: dict[str, list[int]] = {}
        for code, seconds in zip(of_visit.code.tolist(), of_visit.seconds.tolist(), strict=True):
            groups.setdefault(group_of(journeys.codes[code].replace("treatment", "diagnosis")), []).append(seconds)
        if truth.old != truth.disease:
            old, new = groups[str(truth.old)], groups[str(truth.disease)]
            assert max(old) - min(old) < 4 * 3600
            assert min(new) - max(old) > 24 * 3600


def test_every_code_of_a_disease_has_its_parent_and_its_pairs() -> None:
    assert COHORT.parents["diagnosis:7.2"] == ("diagnosis:7",)
    assert ("diagnosis:7.2", "treatment:7.5") in COHORT.pairs
    assert not [pair for pair in COHORT.pairs if group_of(pair[0]) != pair[1][10:].partition(".")[0]]


def test_what_was_planted_is_told_as_vectors() -> None:
    learned = COHORT.learn_truth(Seen(COHORT.journeys, COHORT.parents), 1)
    assert learned.visits.shape == (len(COHORT.journeys.visits), 62)
    assert learned.codes.sum(1).max() == 1
