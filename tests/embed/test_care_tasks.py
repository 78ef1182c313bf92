"""What journeys can be asked."""

from __future__ import annotations

import numpy as np
import pytest

from kg.embed.care.model import GIVERS, HIERARCHY, CareError, Seen
from kg.embed.care.tasks import (
    ask_hierarchy,
    ask_next_group,
    ask_outcome,
    ask_relatedness,
    ask_specialty,
    cut_journeys,
)
from kg.embed.me2vec.journeys import NONE, Named, number_journeys

HOUR = 3600


def event(patient: str, visit: str, code: str, hours: float, specialty: str = "", kind: str = "condition") -> Named:
    return Named(patient, visit, code, int(hours * HOUR), "ward", specialty, kind)


JOURNEYS = number_journeys(
    [
        event("p1", "v1", "heart|attack", 0, "cardiology"),
        event("p1", "v1", "kidney|failure", 30, "cardiology"),
        event("p1", "v2", "heart|failure", 5, "cardiology"),
        event("p2", "v3", "kidney|stone", 100, "urology"),
        event("p2", "v3", "kidney|failure", 150, "urology"),
        event("p2", "v3", "dialysis", 160, "urology", "procedure"),
    ]
)
PARENTS = {code: (code.partition("|")[0],) for code in JOURNEYS.codes if "|" in code}
SEEN = Seen(JOURNEYS, PARENTS)


def test_an_outcome_is_asked_of_the_visits_that_it_is_known_of() -> None:
    task = ask_outcome("death", SEEN, {"v1": False, "v3": True, "elsewhere": True})
    assert [JOURNEYS.visits[at] for at in task.rows] == ["v1", "v3"]
    assert task.truth.tolist() == [[False], [True]]
    assert [JOURNEYS.patients[at] for at in task.patient] == ["p1", "p2"]
    assert task.chance == 0.5


def test_what_nobody_has_cannot_be_asked() -> None:
    with pytest.raises(CareError, match="no visit has any label of 'death'"):
        ask_outcome("death", SEEN, {"v1": False})


def test_specialties_are_asked_with_givers_hidden() -> None:
    task = ask_specialty(SEEN, fewest=2)
    assert task.labels == ("cardiology",)
    assert task.hidden == {GIVERS}
    hidden = SEEN.hide(task.hidden).journeys
    assert set(hidden.specialty.tolist()) == set(hidden.provider.tolist()) == {NONE}
    assert hidden.specialties == ()


def test_journeys_are_cut_by_the_beginning_of_each_visit() -> None:
    early, later = cut_journeys(JOURNEYS, 24)
    assert sorted(early.codes[at] for at in early.code) == ["heart|attack", "heart|failure", "kidney|stone"]
    assert len(early) + len(later) == len(JOURNEYS)


def test_only_new_groups_of_diagnoses_come_next() -> None:
    early, later = cut_journeys(JOURNEYS, 24)

    def group_of(code: str) -> str:
        return code.partition("|")[0]

    task = ask_next_group(Seen(early, PARENTS), later, group_of, view="first day", fewest=1)
    assert task.labels == ("kidney",)  # of v1; v3 had that group before, and dialysis is no diagnosis
    assert {JOURNEYS.visits[at]: bool(told) for at, told in zip(task.rows, task.truth[:, 0], strict=True)} == {
        "v1": True,
        "v3": False,
    }


def test_siblings_are_asked_among_codes_of_their_kind() -> None:
    task = ask_hierarchy(SEEN, fewest=1, codes=1)
    assert task.hidden == {HIERARCHY}
    assert SEEN.hide(task.hidden).parents == {}
    place = {JOURNEYS.codes[at]: number for number, at in enumerate(task.rows)}
    attack, failure, dialysis = (place[code] for code in ("heart|attack", "heart|failure", "dialysis"))
    assert task.related[attack, failure]
    assert not task.asked[attack, dialysis]
    assert not np.diag(task.asked).any()


def test_related_codes_are_asked_among_the_kinds_that_are_paired() -> None:
    task = ask_relatedness(SEEN, [("kidney|failure", "dialysis"), ("kidney|failure", "unheard of")], fewest=1, codes=1)
    place = {JOURNEYS.codes[at]: number for number, at in enumerate(task.rows)}
    assert np.argwhere(task.related).tolist() == [[place["dialysis"], place["kidney|failure"]]]
    assert task.asked.sum(1)[place["dialysis"]] == 4


def test_codes_that_are_too_few_for_a_figure_are_told() -> None:
    with pytest.raises(CareError, match=r"\d codes are of use for 'code hierarchy'.* fewer than 30 means nothing"):
        ask_hierarchy(SEEN, fewest=1)
