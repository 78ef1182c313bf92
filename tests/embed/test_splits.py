"""Facts are divided by what will be asked: nothing is in two parts, nothing is lost unsaid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from few_facts import Said, facts_of
from kg.embed.areas import area_sizes, find_areas
from kg.embed.background import Background
from kg.embed.facts import GraphFacts
from kg.embed.leaks import LeakKind, divide, find_leaks
from kg.embed.splits import (
    Division,
    DivisionError,
    Part,
    Shares,
    split_by_area,
    split_by_chance,
    split_by_document,
    split_by_time,
)
from kg.model import Node
from ontologies.model import Kind

GRAPHS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "e", "f"]),
        st.sampled_from(["treats", "harms"]),
        st.sampled_from(["c1", "c2", "c3", "a"]),
        st.sets(st.integers(0, 4), min_size=1).map(tuple),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda said: said[:3],
)
DAYS = ["2020-01-01", "2021-05", "2022-03-04", "", "2024-01-01"]


def part_of(division: Division, subject: str, object_: str) -> Part:
    names = division.facts.triples.entities
    rows = division.facts.triples.rows
    at = np.flatnonzero((rows[:, 0] == names.index(subject)) & (rows[:, 2] == names.index(object_)))
    return Part(int(division.parts[at[0]]))


def check_whole(division: Division) -> None:
    split = division.split()
    counted = len(split.train) + len(split.valid) + len(split.test) + sum(division.left_out.values())
    assert counted == len(division.facts)
    assert len(split.known) == len(division.facts), "what is in no part stands aside, and is as true as before"
    seen = set(split.train.rows[:, [0, 2]].flat), set(split.train.rows[:, 1])
    for part in (split.valid, split.test):
        assert set(part.rows[:, [0, 2]].flat) <= seen[0]
        assert set(part.rows[:, 1]) <= seen[1]


@given(GRAPHS, st.integers(0, 9))
def test_by_chance_keeps_the_facts_of_a_pair_together(said: list[Said], seed: int) -> None:
    division = split_by_chance(facts_of(said), Shares(0.2, 0.3), seed=seed)
    check_whole(division)
    pairs: dict[frozenset[int], set[int]] = {}
    for row, part in zip(division.facts.triples.rows, division.parts, strict=True):
        pairs.setdefault(frozenset((int(row[0]), int(row[2]))), set()).add(int(part))
    assert all(len(parts) == 1 for parts in pairs.values())
    assert not division.left_out
    paired = {leak.kind for leak in find_leaks(division.split())} - {LeakKind.DOCUMENT}
    assert paired == set()


@given(GRAPHS, st.integers(0, 9))
def test_by_document_tests_what_no_document_of_train_says(said: list[Said], seed: int) -> None:
    division = split_by_document(facts_of(said), Shares(0.2, 0.3), seed=seed)
    check_whole(division)
    sources = [division.sources(part) for part in (Part.TRAIN, Part.VALID, Part.TEST)]
    leaks = find_leaks(division.split(), sources=sources)
    assert LeakKind.DOCUMENT not in {leak.kind for leak in leaks}


@given(GRAPHS)
def test_by_time_puts_a_fact_where_it_is_first_said(said: list[Said]) -> None:
    facts = facts_of(said, effective=DAYS)
    division = split_by_time(facts, valid_from="2021", test_from="2022", keep_unseen=True)
    for at, part in enumerate(division.parts):
        days = [DAYS[int(name[1:])] for name in facts.sources.of(at)]
        first = min((day for day in days if day), default="")
        if first and first < "2021":
            assert part == Part.TRAIN
        elif "" in days:
            assert part == Part.OUT
        else:
            assert part == (Part.VALID if first < "2022" else Part.TEST)


def test_the_same_seed_gives_the_same_parts() -> None:
    facts = facts_of([(f"a{at % 9}", "treats", f"c{at % 7}", (at,)) for at in range(60)])
    for split in (split_by_chance, split_by_document):
        assert (split(facts, seed=3).parts == split(facts, seed=3).parts).all()
        assert (split(facts, seed=3).parts != split(facts, seed=4).parts).any()


def test_concepts_that_train_has_not_are_left_out_and_counted_or_kept() -> None:
    facts = facts_of(
        [("a", "treats", "c1", (0,)), ("b", "treats", "c1", (1,)), ("a", "treats", "c2", (0,))],
        effective=["2020", "2024"],
    )
    plain = split_by_time(facts, valid_from="2022", test_from="2023")
    assert plain.left_out == {"unseen": 1}
    assert len(plain.split().test) == 0
    assert len(split_by_time(facts, valid_from="2022", test_from="2023", keep_unseen=True).split().test) == 1


AREAS = {"c1": ("heart",), "c2": ("heart", "gut"), "c3": ("gut",)}


def test_an_area_is_held_out_of_what_is_asked_alone() -> None:
    facts = facts_of(
        [
            ("a", "indicated_for", "c1", (0,)),
            ("a", "indicated_for", "c2", (0,)),
            ("a", "indicated_for", "c3", (0,)),
            ("b", "indicated_for", "c3", (0,)),
            ("b", "causes_adverse_event", "c1", (0,)),
            ("b", "causes_adverse_event", "c2", (0,)),
            ("c1", "subclass_of", "c4", (0,)),
        ]
    )
    division = split_by_area(facts, AREAS, test=["heart"], asked=["indicated_for"])
    assert [part_of(division, "a", name) for name in ("c1", "c2", "c3")] == [Part.TEST, Part.TEST, Part.TRAIN]
    assert part_of(division, "b", "c1") == Part.TRAIN
    everything = split_by_area(facts, AREAS, test=["heart"], keep_unseen=True)
    assert part_of(everything, "b", "c1") == Part.TEST
    assert part_of(everything, "c1", "c4") == Part.TRAIN
    split, leaks = divide(division)
    assert len(split.test) == 2
    assert {leak.kind for leak in leaks} == {LeakKind.DOCUMENT}


def test_where_no_area_steers_pairs_of_others_do() -> None:
    facts = facts_of([(f"a{at % 10}", "indicated_for", f"c{at % 7}", (0,)) for at in range(70)])
    areas = {"c0": ("heart",), **{f"c{at}": ("gut",) for at in range(1, 7)}}
    division = split_by_area(facts, areas, test=["heart"], steering=0.2, keep_unseen=True)
    held = {part: set(facts.triples.rows[division.rows_of(part), 2].tolist()) for part in Part}
    heart = facts.triples.entities.index("c0")
    assert held[Part.TEST] == {heart}
    assert heart not in held[Part.VALID] | held[Part.TRAIN]
    assert len(division.rows_of(Part.VALID)) == 12


def test_tops_that_hold_most_are_cut_into_what_lies_below() -> None:
    parents = {
        "c1": ("heart",),
        "c2": ("heart", "gut"),
        "c3": ("gut",),
        "heart": ("all",),
        "gut": ("all",),
        "c5": ("alone",),
    }
    nodes = [Node(name, name, Kind.DISEASE) for name in ("c1", "c2", "c3", "c5", "c6")]
    areas = find_areas(nodes, parents, largest=0.5)
    assert areas == {"c1": ("heart",), "c2": ("gut", "heart"), "c3": ("gut",), "c5": ("alone",), "c6": ("c6",)}
    assert area_sizes(areas)["heart"] == 2
    assert set(area_sizes(find_areas(nodes, parents, largest=0.9))) == {"all", "alone", "c6"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda facts: Shares(0.5, 0.5), "leave nothing to learn from"),
        (lambda facts: split_by_time(facts, valid_from="2023", test_from="2022"), "earlier day first"),
        (lambda facts: split_by_area(facts, AREAS, test=["lung"]), "no concept lies in the area lung"),
        (lambda facts: split_by_area(facts, AREAS, test=[]), r"at least one area .* areas are \w+ \(\d concepts\)"),
    ],
)
def test_what_cannot_be_divided_is_told(wrong: Callable[[GraphFacts], object], told: str) -> None:
    with pytest.raises(DivisionError, match=told):
        wrong(facts_of([("a", "treats", "c1", (0,))]))


def test_a_background_is_not_needed() -> None:
    facts = facts_of([("a", "treats", "c1", (0,)), ("b", "treats", "c1", (1,))])
    split, leaks = divide(split_by_document(facts), background=Background())
    assert len(split.train) == 2
    assert leaks == []
