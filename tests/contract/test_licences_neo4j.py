"""The licences that facts on a server have are those that the filters of exports ask for, whatever happens to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kg.credits import LICENCES, NOT_STATED, get_licences, keep_licence, keep_terminologies
from kg.export.selection import Selection
from kg.export.view import View
from kg.model import Contribution
from kg.stores.neo4j import Neo4jStore, open_store
from kg.stores.neo4j.initialising import init_graph
from neo4j_server import Neo4jServer
from ontologies.model import TerminologyInfo
from tests.graphs import ASPIRIN, BLEEDING, EMBOLISM, NODES, UNKNOWN, WARFARIN, contribution, evidence, stand

_FACTS = "MATCH (:Concept)-[r]->(:Concept) RETURN r.id AS id, r.licences AS licences"
UNII = TerminologyInfo("unii", "unii", "UNII", "2026", "UMLS licence", "FDA")


@pytest.fixture
def neo4j_store(empty_neo4j: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Neo4jStore]:
    monkeypatch.setenv("NEO4J_PASSWORD", empty_neo4j.password)
    with open_store(empty_neo4j.uri, mode="create") as store:
        yield store


def _said(document: str, source: str) -> Contribution:
    rows = [
        evidence(WARFARIN, "causes_adverse_event", BLEEDING, document=document, names=("warfarin", "bleeding")),
        evidence(ASPIRIN, "causes_adverse_event", UNKNOWN, document=document, names=("aspirin", "purple toe")),
        evidence(ASPIRIN, "indicated_for" if source else "not_indicated_for", EMBOLISM, document=document),
    ]
    made = contribution(*rows, document=document, nodes=NODES)
    return replace(made, document=replace(made.document, source=source))


def _check(store: Neo4jStore, server: Neo4jServer) -> dict[str, list[str]]:
    """The licences of all facts, after it is sure that they are what the filters ask for."""
    with server.connect() as driver:
        kept = {row["id"]: row["licences"] for row in driver.execute_query(_FACTS).records}
    licences = get_licences(store.get_meta())
    told = {one.id: one.source for one in store.list_documents(first=100)}
    for fact, rows in View(store).iter_stated():
        said_in = {(row.document, told[row.document]) for row in rows}
        assert kept[fact.id] == list(licences.of_fact(fact.subject.curie, fact.object.curie, said_in))
    for licence in licences.known():
        _check_filter(store, licence, kept)
    assert store.check() == []
    return kept


def _check_filter(store: Neo4jStore, licence: str, kept: dict[str, list[str]]) -> None:
    """What is under one licence alone is exported whole under it; what has nothing to do with it, without it."""
    under = View(store, Selection(licences=(licence,)))
    without = View(store, Selection(without_licences=(licence,)))
    for fact in store.iter_facts():
        if kept[fact.id] == [licence]:
            assert under.holds_fact(fact.id)
            assert not without.holds_fact(fact.id)
        if licence not in kept[fact.id]:
            assert without.holds_fact(fact.id)
            assert not under.holds_fact(fact.id)


def test_facts_have_the_licences_of_their_documents_and_concepts(
    neo4j_store: Neo4jStore, empty_neo4j: Neo4jServer
) -> None:
    keep_terminologies(neo4j_store, [UNII])
    keep_licence(neo4j_store, "spl", "CC0-1.0")
    neo4j_store.put([_said("a", "spl"), _said("b", "")])
    kept = _check(neo4j_store, empty_neo4j)
    assert sorted(kept.values())[0] == ["CC0-1.0", "UMLS licence", NOT_STATED]
    keep_licence(neo4j_store, "b", "ODbL-1.0")
    assert ["CC0-1.0", "ODbL-1.0", "UMLS licence"] in _check(neo4j_store, empty_neo4j).values()
    stand(neo4j_store, {"purple toe": BLEEDING})
    _check(neo4j_store, empty_neo4j)
    neo4j_store.remove("b")
    assert not any("ODbL-1.0" in licences for licences in _check(neo4j_store, empty_neo4j).values())
    keep_terminologies(neo4j_store, [replace(UNII, licence="none"), replace(UNII, prefix="mesh", licence="CC-BY")])
    assert all("UMLS licence" not in licences for licences in _check(neo4j_store, empty_neo4j).values())


def test_a_load_gives_facts_their_licences(neo4j_store: Neo4jStore, empty_neo4j: Neo4jServer) -> None:
    keep_licence(neo4j_store, "spl", "CC0-1.0")
    said = _said("a", "spl")
    neo4j_store.load(said.nodes, said.evidence, [said.document])
    assert all("CC0-1.0" in licences for licences in _check(neo4j_store, empty_neo4j).values())


def test_a_round_of_licences_that_was_cut_off_is_told_and_done_again(
    neo4j_store: Neo4jStore, empty_neo4j: Neo4jServer
) -> None:
    neo4j_store.put([_said("a", "spl")])
    with empty_neo4j.connect() as driver:
        driver.execute_query("MATCH (m:Meta {name: $name}) DETACH DELETE m", name=LICENCES)
        driver.execute_query('MERGE (m:Meta {name: $name}) SET m.value = \'{"a": "MIT"}\'', name=LICENCES)
        driver.execute_query("MERGE (m:Meta {name: 'licences_due'}) SET m.value = 'yes'")
    assert neo4j_store.check() == ["3 facts without the licences they are under: run `kg neo4j init`"]
    init_graph(empty_neo4j.uri)
    assert all("MIT" in licences for licences in _check(neo4j_store, empty_neo4j).values())
