"""A part of a graph, whatever is asked of it, holds together: no row without its fact, no fact without a row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.credits import keep_licence
from kg.errors import UnknownNameError
from kg.export import write_graph
from kg.export.selection import Selection
from kg.export.view import Keys, View
from kg.model import Status
from kg.stores.sqlite import SqliteStore, open_store
from kg_command import Kg
from ontologies.model import Kind
from small_graph import make_small_graph

SELECTIONS = [
    Selection(predicates=("indicated_for",)),
    Selection(statuses=(Status.CONTESTED, Status.NEGATIVE)),
    Selection(kinds=(Kind.DRUG,)),
    Selection(countries=("CN",)),
    Selection(sources=("insert_cn",)),
    Selection(min_confidence=0.9),
    Selection(licences=("CC0-1.0", "not stated")),
    Selection(without_licences=("HPO licence",)),
    Selection(predicates=("interacts_with",), countries=("us",), min_confidence=0.8),
    Selection(predicates=("has_route",)),
]


def _chosen(store: SqliteStore, selection: Selection) -> View:
    with store.snapshot():
        return View(store, selection)


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda selection: str(selection.form()))
def test_what_is_selected_holds_together(selection: Selection, small_store: SqliteStore) -> None:
    view = _chosen(small_store, selection)
    facts, rows = {fact.id: fact for fact in view.iter_facts()}, list(view.iter_evidence())
    assert {row.fact_id for row in rows} == facts.keys()
    assert {document.id for document in view.iter_documents()} == {row.document for row in rows}
    assert {node for fact in facts.values() for node in (fact.subject, fact.object)} == set(view.iter_nodes())
    stated = {fact.id: {row.id for row in of_it} for fact, of_it in view.iter_stated()}
    assert stated == {id_: {row.id for row in rows if row.fact_id == id_} for id_ in facts}
    whole = {fact.id: fact for fact in small_store.iter_facts()}
    assert len(facts) < len(whole)
    assert all(whole[id_] == fact for id_, fact in facts.items())


def test_each_filter_takes_what_it_says(small_store: SqliteStore) -> None:
    def facts(**asked: object) -> set[tuple[str, str, str]]:
        view = _chosen(small_store, Selection(**asked))  # type: ignore[arg-type]
        return {(fact.subject.name, fact.predicate, fact.object.name) for fact in view.iter_facts()}

    assert facts(predicates=("not_indicated_for",)) == {("warfarin", "not_indicated_for", "nausea")}
    assert facts(statuses=(Status.NEGATIVE,)) == {("clarithromycin", "causes_adverse_event", "abnormal bleeding")}
    assert all("Pharma" not in object_ for *_, object_ in facts(kinds=(Kind.DRUG, Kind.DISEASE)))
    assert facts(countries=("CN",)) < facts(kinds=(Kind.DRUG, Kind.DISEASE, Kind.FINDING))
    assert not any(object_ == "nausea" for *_, object_ in facts(without_licences=("hpo LICENCE",)))
    assert facts(predicates=("has_route",)) == set()


def test_documents_have_the_licence_that_was_said_of_them(tmp_path: Path) -> None:
    make_small_graph(tmp_path / "graph")
    with open_store(str(tmp_path / "graph"), mode="rw") as store:
        keep_licence(store, "spl", "CC0-1.0")
        keep_licence(store, "dailymed:52f4fd9e-ad1a-5ebe-9214-5cd4432d0e39", "CC-BY-NC-SA-4.0")
        view = _chosen(store, Selection(without_licences=("CC-BY-NC-SA-4.0",)))
        assert [document.source for document in view.iter_documents()] == ["spl", "insert_cn"]
        view = _chosen(store, Selection(licences=("CC0-1.0",)))
        assert {row.document for row in view.iter_evidence()} == {"dailymed:ce00730d-792c-5211-bd72-3edaee3c3fe5"}
        write_graph("jsonl", store, tmp_path / "out")
    licences = [json.loads(line)["licence"] for line in (tmp_path / "out" / "documents.jsonl").open()]
    assert licences == ["CC-BY-NC-SA-4.0", "CC0-1.0", "not stated"]


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        (Selection(predicates=("cures",)), "unknown predicate 'cures'"),
        (Selection(countries=("US", "FR")), "unknown country 'FR'; known are: CN, US"),
        (Selection(sources=("fhir",)), "unknown source 'fhir'; known are: insert_cn, spl"),
        (Selection(licences=("MIT",)), "unknown licence 'MIT'; known are: CC0-1.0, HPO licence, not stated"),
    ],
)
def test_what_the_graph_does_not_have_is_told(selection: Selection, words: str, small_store: SqliteStore) -> None:
    with pytest.raises(UnknownNameError, match=words):
        _chosen(small_store, selection)


def test_marks_and_members() -> None:
    keys = Keys(["a", "b", "c", "a"])
    assert (len(keys), "b" in keys, "d" in keys) == (3, True, False)
    keys.mark("b")
    assert ["b" in keys.marked(), "a" in keys.marked()] == [True, False]


def test_the_command_filters_and_says_so(kg: Kg) -> None:
    make_small_graph(kg.graph)
    kg("export", "out", "--predicate", "indicated_for", "--country", "US", "--min-confidence", "0.5")
    about = json.loads((kg.folder / "out" / "meta.json").read_text())
    assert about["filter"] == {"predicates": ["indicated_for"], "countries": ["US"], "min_confidence": 0.5}
    assert about["counts"] == {"nodes": 2, "facts": 1, "evidence": 1, "documents": 1, "asleep": 0}
