"""Paths that explain: through the surest facts, not through hubs, never along what is denied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.embed.paths import Path as Explained
from kg.embed.paths import PathFinder, get_rules
from kg.model import Contribution, Node
from kg.predicates import OPPOSITES, PREDICATES, USES
from kg.roles import GraphReader, Store
from kg.stores import connect
from ontologies.model import Kind
from small_model import AMIODARONE, BLEEDING, CLARITHROMYCIN, FIBRILLATION, NAUSEA, PREGNANCY
from tests.graphs import said


def drug(name: str) -> Node:
    return Node(f"local:drug/{name}", name, Kind.DRUG)


def disease(name: str) -> Node:
    return Node(f"local:disease/{name}", name, Kind.DISEASE)


def walk(path: Explained) -> list[str]:
    """The path as words: names with an arrow that says which way each fact goes."""
    words = [path.steps[0].start.name]
    for step in path.steps:
        words += [("-{}>" if step.forward else "<{}-").format(step.fact.predicate), step.end.name]
    return words


def test_every_predicate_has_a_weight() -> None:
    assert get_rules().weights.keys() == PREDICATES.keys()
    assert all(0 <= weight <= 1 for weight in get_rules().weights.values())


def test_a_path_leads_through_what_both_have_to_do_with(small_store: GraphReader) -> None:
    best, *_ = PathFinder(small_store).find(AMIODARONE, FIBRILLATION)
    assert walk(best) == ["amiodarone", "<interacts_with-", "warfarin", "-indicated_for>", "atrial fibrillation"]
    assert [step.fact.predicate for step in best.steps] == ["interacts_with", "indicated_for"]


def test_paths_of_three_facts_are_found(small_store: GraphReader) -> None:
    words = [walk(path) for path in PathFinder(small_store).find("drugbank:DB00945", NAUSEA, first=9)]
    assert ["aspirin", "<interacts_with-", "warfarin", "-causes_adverse_event>", "nausea"] in words
    assert max(map(len, words)) == 7


def test_what_is_only_denied_is_not_walked(small_store: GraphReader) -> None:
    for path in PathFinder(small_store).find(CLARITHROMYCIN, BLEEDING, first=50):
        assert not any(step.start.curie == CLARITHROMYCIN and step.end.curie == BLEEDING for step in path.steps)


def test_what_sources_are_divided_about_is_not_walked(small_store: GraphReader) -> None:
    """One label gives warfarin in pregnancy, another forbids it: the sentence of either would mislead."""
    assert PathFinder(small_store).find(AMIODARONE, BLEEDING, first=50)
    assert PathFinder(small_store).find(AMIODARONE, PREGNANCY, first=50) == []


@pytest.mark.parametrize("predicate", USES)
def test_no_harm_explains_a_use(tmp_path: Path, predicate: str) -> None:
    """What a drug does harm by is no reason to give it; of an adverse effect it is one."""
    metformin, ibuprofen, infarction, fever = (
        drug("metformin"),
        drug("ibuprofen"),
        disease("infarction"),
        disease("fever"),
    )
    store = connect(tmp_path / "graph", mode="create")
    store.put(
        replace(said(f"made:{at}", one, name, other), nodes=(one, other))
        for at, (one, name, other) in enumerate(
            [
                (metformin, "interacts_with", ibuprofen),
                (ibuprofen, "causes_adverse_event", infarction),
                (ibuprofen, "warns_of", fever),
                (ibuprofen, "indicated_for", fever),
            ]
        )
    )
    finder = PathFinder(store)
    assert finder.find(metformin.curie, infarction.curie, predicate=predicate) == []
    (why,) = finder.find(metformin.curie, fever.curie, predicate=predicate)
    assert [step.fact.predicate for step in why.steps] == ["interacts_with", "indicated_for"]
    (harm,) = finder.find(metformin.curie, infarction.curie, predicate="causes_adverse_event")
    assert harm.steps[-1].fact.predicate == "causes_adverse_event"
    store.close()


def test_all_that_opposes_a_use_explains_none() -> None:
    opposing = {name for name, denied in OPPOSITES if denied in USES}
    assert opposing | {"causes_adverse_event", "warns_of"} == get_rules().never_for_uses


def test_concepts_that_nothing_joins_have_no_path(small_store: GraphReader) -> None:
    assert PathFinder(small_store).find("local:organization/example_pharma", NAUSEA) == []
    assert PathFinder(small_store).find("local:drug/none", NAUSEA) == []


@pytest.fixture
def hub_store(tmp_path: Path) -> Store:
    """Two drugs that share a common ache, which all drugs treat, and a rare pain, which only they treat."""
    store = connect(tmp_path / "graph", mode="create")
    ache, pain, goal = disease("ache"), disease("rare pain"), disease("goal")
    said_of = [(drug(f"d{at}"), ache) for at in range(20)] + [
        (drug("d0"), pain),
        (drug("d1"), pain),
        (drug("d1"), goal),
    ]
    store.put(said_one(one, other, at) for at, (one, other) in enumerate(said_of))
    return store


def said_one(one: Node, other: Node, at: int) -> Contribution:
    return replace(said(f"test:{at}", one, "indicated_for", other), nodes=(one, other))


def test_what_everything_is_linked_with_explains_less(hub_store: Store) -> None:
    found = PathFinder(hub_store).find("local:drug/d0", "local:disease/goal", first=5)
    assert [path.steps[0].end.name for path in found] == ["rare pain", "ache"]
    assert found[0].score > found[1].score
    hub_store.close()


def test_a_finder_that_is_asked_again_finds_the_same_and_reads_less(small_store: GraphReader) -> None:
    finder = PathFinder(small_store)
    finder.find(AMIODARONE, NAUSEA)
    read = finder.facts_read
    assert finder.find(AMIODARONE, FIBRILLATION, first=9) == PathFinder(small_store).find(
        AMIODARONE, FIBRILLATION, first=9
    )
    assert finder.facts_read - read <= 3
