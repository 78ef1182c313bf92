"""Comparing two graphs, and bringing one level with another, both embedded; on Neo4j the contract suite does it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.comparing import Difference, Side, compare
from kg.model import Contribution, Evidence, Node, Touched
from kg.stores.sqlite import SqliteStore, open_store
from kg.syncing import sync
from kg_command import Kg
from small_graph import make_small_graph
from tests.graphs import (
    ASPIRIN,
    BLEEDING,
    EMBOLISM,
    NODES,
    PNEUMONIA,
    UNKNOWN,
    WARFARIN,
    contribution,
    evidence,
    said,
    settle,
)


def brought(*rows: Evidence) -> Contribution:
    """A document's contribution with the concepts of its facts alone, as assembling makes it."""
    ends = {curie for row in rows for curie in (row.subject, row.object)}
    return replace(contribution(*rows), nodes=tuple(node for node in NODES if node.curie in ends))


def saying(document: str, subject: Node, predicate: str, object_: Node, version: int = 1) -> Contribution:
    made = said(document, subject, predicate, object_, version=version)
    return replace(made, nodes=(subject, object_))


TREATS = brought(evidence(WARFARIN, "indicated_for", EMBOLISM, quote="treats PE"))
HARMS = saying("cn:b", WARFARIN, "causes_adverse_event", BLEEDING)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[SqliteStore, SqliteStore]]:
    with (
        open_store(str(tmp_path / "one"), mode="create") as one,
        open_store(str(tmp_path / "two"), mode="create") as two,
    ):
        yield one, two


def restricted(made: Contribution) -> Contribution:
    rows = tuple(replace(row, restricted=True) for row in made.evidence)
    return replace(made, document=replace(made.document, restricted=True), evidence=rows)


def test_graphs_of_the_same_documents_are_alike_whatever_the_order_of_loading(tmp_path: Path) -> None:
    folders = make_small_graph(tmp_path / "one"), make_small_graph(tmp_path / "two", newest_first=True)
    with open_store(str(folders[0])) as one, open_store(str(folders[1])) as two:
        assert list(compare(one, two)) == []


def test_a_difference_is_told_by_document_concept_and_fact(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, two = stores
    one.put([TREATS])
    two.put([brought(evidence(WARFARIN, "indicated_for", PNEUMONIA, quote="treats PE")), HARMS])
    found = {(each.what, each.side) for each in compare(one, two)}
    assert found == {
        ("document", Side.BOTH),
        ("document", Side.SECOND),
        ("concept", Side.FIRST),
        ("concept", Side.SECOND),
        ("fact", Side.FIRST),
        ("fact", Side.SECOND),
    }


def test_a_sentence_that_only_moved_is_a_difference(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, two = stores
    one.put([TREATS])
    two.put([brought(evidence(WARFARIN, "indicated_for", EMBOLISM, quote="treats PE", start=7))])
    assert [(each.what, each.name) for each in compare(one, two)] == [("document", "dailymed:a")]


def test_a_concept_described_otherwise_is_told_with_both_names(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, two = stores
    one.put([TREATS])
    two.put([replace(TREATS, nodes=(replace(WARFARIN, name="Warfarin sodium"), EMBOLISM))])
    (concept, fact) = compare(one, two)
    assert concept == Difference("concept", WARFARIN.curie, Side.BOTH, "name Warfarin and Warfarin sodium")
    assert fact.what == "fact"


def test_an_empty_graph_is_brought_level_and_stays_so(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, two = stores
    one.put([TREATS, HARMS], stamp="s")
    one.set_meta("lexicon", "L1")
    one.quarantine("broken.xml", "not well-formed")
    done = sync(one, two)
    assert (done.written, done.same, done.removed) == (2, 0, [])
    assert list(compare(one, two)) == []
    assert two.get_meta()["lexicon"] == "L1"
    assert [entry.locator for entry in two.get_quarantine()] == ["broken.xml"]
    assert two.known(TREATS.document.content_hash, "s") == one.known(TREATS.document.content_hash, "s")
    version = two.get_meta()["graph_version"]
    again = sync(one, two)
    assert (again.written, again.same) == (0, 2)
    assert two.get_meta()["graph_version"] == version


def test_what_the_source_lost_leaves_and_an_older_version_comes_back(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, two = stores
    one.put([saying("d:1", WARFARIN, "indicated_for", EMBOLISM, version=2)])
    two.put([saying("d:1", WARFARIN, "warns_of", BLEEDING, version=3), saying("d:2", ASPIRIN, "warns_of", BLEEDING)])
    done = sync(one, two)
    assert (done.written, done.removed) == (1, ["d:2"])
    assert list(compare(one, two)) == []


def test_a_rehearsed_sync_writes_nothing(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, two = stores
    one.put([TREATS])
    two.put([HARMS])
    done = sync(one, two, dry_run=True)
    assert (done.to_write, done.written, done.removed) == (1, 0, ["cn:b"])
    assert [document.id for document in two.list_documents(first=9)] == ["cn:b"]


def test_restricted_documents_come_along_only_when_asked_for(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, two = stores
    one.put([TREATS, restricted(HARMS)])
    done = sync(one, two)
    assert (done.written, done.left_out) == (1, 1)
    assert [document.id for document in two.list_documents(first=9)] == ["dailymed:a"]
    assert sync(one, two, restricted=True).written == 1
    assert list(compare(one, two)) == []
    assert sync(one, two).removed == []
    with two.snapshot(restricted=True):
        (row,) = (row for row in two.iter_evidence() if row.restricted)
        assert row.quote == HARMS.evidence[0].quote


def test_rows_that_sleep_come_along_and_wake_there(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, two = stores
    one.put([brought(evidence(WARFARIN, "interacts_with", ASPIRIN, names=("warfarin", "ASA")))])
    touched = Touched(frozenset({"asa"}))
    one.realign(touched, settle({"ASA": WARFARIN}))
    assert list(one.iter_facts()) == []
    sync(one, two)
    assert list(compare(one, two)) == []
    for store in stores:
        store.realign(touched, settle({}))
        assert [fact.object for fact in store.iter_facts()] in ([ASPIRIN], [WARFARIN])
    assert list(compare(one, two)) == []


def test_a_concept_is_described_anew_though_all_documents_are_alike(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, two = stores
    one.put([replace(TREATS, nodes=(replace(WARFARIN, name="Warfarin sodium"), EMBOLISM))], stamp="s")
    two.put([TREATS], stamp="s")
    done = sync(one, two)
    assert (done.written, done.concepts) == (0, 1)
    assert list(compare(one, two)) == []
    assert [document.stamp for document in two.list_documents(first=9)] == ["s"]
    assert list(two.iter_inputs()) == list(one.iter_inputs())


def test_a_contribution_is_read_back_as_it_was_put(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, _ = stores
    both = brought(
        evidence(WARFARIN, "indicated_for", EMBOLISM, quote="treats PE"),
        evidence(WARFARIN, "warns_of", UNKNOWN, quote="purple toe", names=("Coumadin", "purple toe")),
    )
    one.put([both])
    got = one.get_contribution("dailymed:a")
    assert got is not None
    assert got.document == both.document
    assert set(got.evidence) == set(both.evidence)
    assert {node.curie for node in got.nodes} == {WARFARIN.curie, EMBOLISM.curie, UNKNOWN.curie}
    assert one.get_contribution("no such") is None


def test_the_commands_tell_and_mend_a_difference(kg: Kg, tmp_path: Path) -> None:
    one, two = make_small_graph(tmp_path / "one"), tmp_path / "two"
    assert "documents written" in kg("sync", str(one), str(two))
    assert json.loads(kg("verify", str(one), str(two), "--json")) == {"alike": True, "counts": [], "differences": []}
    with open_store(str(two), mode="rw") as store:
        store.remove(store.list_documents(first=1)[0].id)
    done = kg.run("verify", str(one), str(two))
    assert done.returncode == 1
    assert "1 document only in" in done.stdout
    assert json.loads(kg("sync", str(one), str(two), "--json"))["written"] == 1
    assert kg("verify", str(one), str(two)) == "alike: documents, concepts and facts\n"
