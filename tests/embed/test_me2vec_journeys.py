"""Journeys: numbering, order, and what is left out of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from care_tables import read_mimic
from kg.embed.me2vec.hierarchy import find_parents, find_path_parents, iter_ways_up, list_self_and_above
from kg.embed.me2vec.journeys import (
    NONE,
    UNTIMED,
    Journeys,
    Named,
    compact,
    drop_rare,
    drop_repeats,
    number_journeys,
)

EVENTS = [
    Named("b", "b1", "cough", 60, "Ames", "chest", "condition"),
    Named("a", "a1", "gout", 120, "Bell", "", "condition"),
    Named("a", "a1", "urate", 60, "Bell", "", "test"),
    Named("a", "a1", "gout", 180, "Bell", "", "condition"),
    Named("a", "a2", "gout", None, "", "joints", "condition"),
]


def codes_of(journeys: Journeys) -> list[str]:
    return [journeys.codes[code] for code in journeys.code]


def test_events_stand_by_patient_visit_and_time() -> None:
    journeys = number_journeys(EVENTS)
    assert codes_of(journeys) == ["urate", "gout", "gout", "gout", "cough"]
    assert [journeys.visits[visit] for visit in journeys.visit] == ["a1", "a1", "a1", "a2", "b1"]
    assert journeys.seconds.tolist() == [60, 120, 180, UNTIMED, 60]
    assert journeys.kinds == ("condition", "condition", "test")


def test_what_is_not_known_has_no_number() -> None:
    journeys = number_journeys(EVENTS)
    assert journeys.providers == ("Ames", "Bell")
    assert journeys.provider.tolist() == [1, 1, 1, NONE, 0]
    assert journeys.specialty.tolist() == [NONE, NONE, NONE, 1, 0]


def test_visits_know_their_patient() -> None:
    assert number_journeys(EVENTS).patient_of_visit().tolist() == [0, 0, 1]


def test_repeats_are_dropped_within_a_visit_only() -> None:
    assert codes_of(drop_repeats(number_journeys(EVENTS))) == ["urate", "gout", "gout", "cough"]


def test_short_visits_go_before_rare_codes_are_counted() -> None:
    kept = drop_rare(number_journeys(EVENTS), fewest_events=2, fewest_uses=2)
    assert codes_of(kept) == ["gout", "gout"]
    assert kept.codes == ("cough", "gout", "urate")


def test_compact_forgets_names_and_puts_the_frequent_first() -> None:
    journeys = compact(drop_rare(number_journeys(EVENTS), fewest_events=3))
    assert (journeys.codes, journeys.kinds) == (("gout", "urate"), ("condition", "test"))
    assert (journeys.patients, journeys.visits, journeys.providers) == (("a",), ("a1",), ("Bell",))
    assert journeys.specialties == ()
    assert (journeys.specialty == NONE).all()


def test_no_events_are_journeys_too() -> None:
    journeys = compact(drop_repeats(number_journeys([])))
    assert (len(journeys), journeys.codes) == (0, ())
    assert journeys.code.dtype == np.int64


def test_what_stands_above_codes_is_found_once_even_in_circles() -> None:
    above = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["a"]}
    parents = find_parents(["a"], lambda code: above.get(code, []))
    assert parents == {code: tuple(them) for code, them in above.items()}
    assert list_self_and_above("a", parents) == ["a", "b", "c", "d"]
    assert set(iter_ways_up("b", parents)) == {("b", "d"), ("d", "a"), ("a", "b"), ("a", "c"), ("c", "d")}


def test_paths_have_their_beginnings_above_them() -> None:
    assert find_path_parents(["a|b|c", "d"]) == {"a|b|c": ("a|b",), "a|b": ("a",)}


def test_the_demos_are_read(shared_data: Callable[[str], Path]) -> None:
    journeys = read_mimic(shared_data("mimic3-demo"))
    assert (len(journeys.patients), len(journeys.visits)) == (58, 68)
    assert Counter(journeys.kinds[code] for code in journeys.code)["condition"] == 902
