"""What a graph gives to learn from: what is affirmed; never what is denied or divided."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from extractors.model import Assertion
from kg.embed.facts import FactSettings, GraphFacts, read_facts
from kg.embed.triples import Rows
from kg.export.selection import Selection
from kg.export.view import View
from kg.stores.sqlite import SqliteStore, open_store
from ontologies.model import Kind
from tests.graphs import ASPIRIN, BLEEDING, EMBOLISM, PNEUMONIA, WARFARIN, said

DIVIDED = (
    said("d:1", WARFARIN, "indicated_for", EMBOLISM),
    said("d:2", WARFARIN, "contraindicated_in", EMBOLISM),
    said("d:1b", WARFARIN, "causes_adverse_event", BLEEDING),
    said("d:3", ASPIRIN, "causes_adverse_event", BLEEDING),
    said("d:4", ASPIRIN, "causes_adverse_event", BLEEDING, assertion=Assertion.NEGATED),
    said("d:5", WARFARIN, "interacts_with", ASPIRIN),
    said("d:6", WARFARIN, "interacts_with", ASPIRIN, assertion=Assertion.HYPOTHETICAL),
    said("d:7", WARFARIN, "causes_adverse_event", PNEUMONIA, assertion=Assertion.NEGATED),
    said("d:8", ASPIRIN, "indicated_for", PNEUMONIA, assertion=Assertion.HYPOTHETICAL),
)


@pytest.fixture
def divided(tmp_path: Path) -> Iterator[SqliteStore]:
    """A graph whose sources deny, suppose and contradict each other."""
    with open_store(str(tmp_path / "graph"), mode="create") as store:
        store.put(DIVIDED)
        yield store


def named(facts: GraphFacts, rows: Rows) -> set[tuple[str, str, str]]:
    names = facts.triples
    return {(names.entities[one], names.relations[what], names.entities[other]) for one, what, other in rows}


def test_only_what_is_affirmed_is_learned_from(divided: SqliteStore) -> None:
    facts = read_facts(View(divided))
    first, second = sorted((WARFARIN.curie, ASPIRIN.curie))
    assert named(facts, facts.triples.rows) == {
        (WARFARIN.curie, "contraindicated_in", EMBOLISM.curie),
        (WARFARIN.curie, "causes_adverse_event", BLEEDING.curie),
        (first, "interacts_with", second),
    }
    assert facts.left_out == {"contested": 2, "denied": 1, "supposed": 1}


def test_what_is_denied_and_what_is_divided_stand_apart(divided: SqliteStore) -> None:
    facts = read_facts(View(divided))
    assert named(facts, facts.contested) == {(ASPIRIN.curie, "causes_adverse_event", BLEEDING.curie)}
    assert named(facts, facts.denied) == set(), "pneumonia is in no fact that is learned from"


def test_a_denial_stands_where_its_concepts_are_known(small_store: SqliteStore) -> None:
    facts = read_facts(View(small_store))
    assert named(facts, facts.denied) == {("drugbank:DB01211", "causes_adverse_event", "HP:0001892")}
    assert not named(facts, facts.denied) & named(facts, facts.triples.rows)


def test_each_fact_knows_who_affirms_it_and_since_when(divided: SqliteStore, small_store: SqliteStore) -> None:
    facts = read_facts(View(divided))
    together = facts.triples.relations.index("interacts_with")
    assert facts.sources.of(int(np.flatnonzero(facts.triples.rows[:, 1] == together)[0])) == ("d:5",)
    small = read_facts(View(small_store))
    since = dict(zip(small.sources.documents, small.sources.effective, strict=True))
    assert since["dailymed:52f4fd9e-ad1a-5ebe-9214-5cd4432d0e39"] == "2025-11-02"
    assert since["nmpa:H31022123"] == ""


def test_sources_can_be_taken_in_any_order(small_store: SqliteStore) -> None:
    sources = read_facts(View(small_store)).sources
    order = np.array([3, 0, 3, 1])
    taken = sources.take(order)
    assert [taken.of(at) for at in range(4)] == [sources.of(int(at)) for at in order]


def test_nodes_and_confidences_stand_beside_the_numbers(small_store: SqliteStore) -> None:
    facts = read_facts(View(small_store))
    assert tuple(node.curie for node in facts.nodes) == facts.triples.entities
    assert len(facts.confidence) == len(facts) == len(facts.sources.starts) - 1
    assert facts.graph_version == small_store.get_meta()["graph_version"]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (FactSettings(predicates=("causes_adverse_event",)), "predicate"),
        (FactSettings(without_kinds=(Kind.ORGANIZATION,)), "kind"),
        (FactSettings(min_confidence=0.84), "confidence"),
        (FactSettings(assertions=frozenset({Assertion.HISTORICAL})), "supposed"),
    ],
)
def test_what_is_not_asked_for_is_left_out_and_counted(
    small_store: SqliteStore, settings: FactSettings, reason: str
) -> None:
    everything, some = read_facts(View(small_store)), read_facts(View(small_store), settings)
    assert some.left_out[reason] > 0
    assert len(some) < len(everything)
    assert len(some) + sum(some.left_out.values()) == small_store.get_stats().facts


def test_a_part_of_a_graph_is_read_as_a_whole_one(small_store: SqliteStore) -> None:
    with small_store.snapshot():
        view = View(small_store, Selection(countries=("CN",)))
    facts = read_facts(view)
    assert facts.sources.documents == ("nmpa:H31022123",)
    assert set(facts.triples.relations) == {"indicated_for", "interacts_with"}


def test_an_empty_graph_gives_no_facts(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "graph"), mode="create") as store:
        facts = read_facts(View(store))
    assert len(facts) == 0
    assert facts.denied.shape == facts.contested.shape == (0, 3)
