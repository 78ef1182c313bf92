"""Writing to a graph on a real Neo4j server: the same as in SQLite step by step, in batches, and safe to run again."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.model import Contribution, Diff, FactQuery, Node
from kg.roles import Store
from kg.stores import neo4j, sqlite
from kg.stores.neo4j import Neo4jStore, writing
from kg.stores.neo4j.schema import LOADING
from kg.stores.streams import EvidenceRow, fields_of
from kg.stores.versions import DUE
from kg_command import Kg
from neo4j_server import Neo4jServer
from tests import graphs
from tests.graphs import (
    ASPIRIN,
    BLEEDING,
    EMBOLISM,
    PNEUMONIA,
    WARFARIN,
    contribution,
    evidence,
    said,
    stand,
)
from tests.kg.test_store_align import DOCUMENTS, Meanings, Said, assembled, meanings, sayings
from tests.kg.test_store_model import Given, made, rows

#: One step of a plan: documents anew (their versions rise), a removal, or names that stand for other concepts.
Step = dict[str, list[Said]] | str | Meanings

puts = st.dictionaries(st.sampled_from(DOCUMENTS), st.lists(sayings, max_size=4), min_size=1)
plans = st.lists(puts | st.sampled_from(DOCUMENTS) | meanings, min_size=1, max_size=4)
NAMES = frozenset("waebx")


@pytest.fixture
def server(empty_neo4j: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> Neo4jServer:
    """An empty server, to which this process may write."""
    for name, value in empty_neo4j.environment.items():
        monkeypatch.setenv(name, value)
    return empty_neo4j


@pytest.fixture
def store(server: Neo4jServer) -> Iterator[Neo4jStore]:
    with neo4j.open_store(server.uri, mode="create") as opened:
        yield opened


def do(store: Store, steps: list[Step], meaning: Meanings) -> list[Diff]:
    """All diffs of the steps of a plan."""
    diffs: list[Diff] = []
    for version, step in enumerate(steps, 1):
        if isinstance(step, str):
            loaded = {one.id for one in store.list_documents(first=9)}
            diffs += [store.remove(step)] if step in loaded else []
        elif step.keys() <= NAMES:
            diffs += stand(store, step)  # type: ignore[arg-type]
        else:
            put = [at_version(assembled(name, said_, meaning), version) for name, said_ in step.items()]  # type: ignore[arg-type]
            diffs += [*store.rehearse(put), *store.put(put, stamp="s")]
    return diffs


def at_version(one: Contribution, version: int) -> Contribution:
    evidence_ = tuple(replace(row, version=version) for row in one.evidence)
    document = replace(one.document, version=version, content_hash=f"{one.document.id}@{version}")
    return replace(one, document=document, evidence=evidence_)


def whole(store: Store) -> dict[str, object]:
    """All that a graph says, in the orders in which it says it."""
    facts = store.find_facts(FactQuery(), first=1000).facts
    assert store.check() == []
    return {
        "nodes": list(store.iter_nodes()),
        "facts": facts,
        "evidence": list(store.iter_evidence()),
        "of facts": store.get_evidence([fact.id for fact in facts], first=9),
        "conflicts": store.find_conflicts(first=1000),
        "changes": list(store.iter_changes()),
        "documents": store.list_documents(first=9),
        "names": list(store.iter_names()),
        "asleep": sorted(map(repr, store.iter_names(dormant=True))),
        "stats": store.get_stats(),
        "version": store.get_meta()["graph_version"],
        "changed": store.get_meta()["changed_at"],
    }


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(plans, meanings)
def test_every_step_gives_what_the_embedded_store_gives(
    server: Neo4jServer, steps: list[Step], first: Meanings
) -> None:
    server.wipe()
    with tempfile.TemporaryDirectory() as folder:
        told = []
        for opened in (
            sqlite.open_store(folder, mode="create", clock=lambda: "now"),
            neo4j.open_store(server.uri, mode="create", clock=lambda: "now"),
        ):
            diffs = do(opened, steps, first)
            told.append({"diffs": diffs, **whole(opened)})
            opened.close()
    for name, value in told[0].items():
        assert told[1][name] == value, name


def labels(number: int) -> list[Contribution]:
    """Documents that share facts with each other, and oppose each other."""
    pairs = [(WARFARIN, BLEEDING), (ASPIRIN, EMBOLISM), (WARFARIN, PNEUMONIA)]
    predicates = ("indicated_for", "contraindicated_in", "causes_adverse_event")
    return [said(f"d:{n:03d}", *_turned(n, pairs, predicates)) for n in range(number)]


def _turned(n: int, pairs: list[tuple[Node, Node]], predicates: tuple[str, ...]) -> tuple[Node, str, Node]:
    subject, object_ = pairs[n % len(pairs)]
    return subject, predicates[(n // 2) % len(predicates)], object_


def test_a_put_in_many_batches_ends_in_the_graph_and_the_version_of_one(
    server: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for most in (1000, 6):
        server.wipe()
        monkeypatch.setattr(writing, "ROWS_AT_ONCE", most)
        with neo4j.open_store(server.uri, mode="create", clock=lambda: "now") as store:
            told.append((store.put(iter(labels(20)), stamp="s"), whole(store)))
    assert told[0] == told[1]


def test_a_put_that_is_cut_off_leaves_a_good_graph_and_is_finished_by_the_same_call(
    store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "ROWS_AT_ONCE", 6)

    def cut_off() -> Iterator[Contribution]:
        yield from labels(20)[:13]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.put(cut_off(), stamp="s")
    assert store.check() == []
    assert 0 < store.get_stats().documents < 13
    assert not any(store.known(f"d:{n:03d}@1", "s") for n in range(20))
    store.put(labels(20), stamp="s")
    again = whole(store)
    assert store.get_stats().documents == 20
    assert all(store.known(f"d:{n:03d}@1", "s") for n in range(20))
    assert [diff.added for diff in store.put(labels(20), stamp="s")] == [()] * 20
    assert whole(store) == again


def test_a_document_that_comes_twice_in_one_put_counts_as_it_came_last(store: Neo4jStore) -> None:
    first = contribution(evidence(WARFARIN, "warns_of", BLEEDING))
    second = contribution(evidence(WARFARIN, "warns_of", PNEUMONIA, version=2), version=2)
    diffs = store.put([first, second, first])
    assert [(diff.old_version, diff.new_version, bool(diff.note)) for diff in diffs] == [
        (None, 1, False),
        (1, 2, False),
        (2, 1, True),
    ]
    assert [fact.object for fact in store.find_facts(FactQuery(), first=9).facts] == [PNEUMONIA]


def test_two_writers_at_once_wait_for_each_other_and_lose_nothing(server: Neo4jServer) -> None:
    with neo4j.open_store(server.uri, mode="create"):
        pass
    failed: list[StoreError] = []
    numbers = count()

    def write() -> None:
        offset = next(numbers)
        try:
            with neo4j.open_store(server.uri, mode="rw") as store:
                for n in range(offset, 24, 2):
                    store.put([labels(24)[n]], stamp="s")
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with neo4j.open_store(server.uri) as store, tempfile.TemporaryDirectory() as folder:
        assert store.check() == []
        with sqlite.open_store(folder, mode="create") as alone:
            alone.put(labels(24), stamp="s")
            assert store.find_facts(FactQuery(), first=99) == alone.find_facts(FactQuery(), first=99)
            assert list(store.iter_evidence()) == list(alone.iter_evidence())


def test_a_concept_that_becomes_of_another_kind_has_one_label_of_kinds(store: Neo4jStore, server: Neo4jServer) -> None:
    store.put([contribution(evidence(WARFARIN, "warns_of", BLEEDING))])
    turned = replace(BLEEDING, kind=PNEUMONIA.kind)
    store.put([contribution(document="d:2", nodes=(turned,))])
    with server.connect() as driver:
        found = driver.execute_query("MATCH (c:Concept {curie: $curie}) RETURN labels(c)", curie=BLEEDING.curie)
    assert sorted(found.records[0][0]) == ["Concept", "Disease"]


def test_what_others_wrote_on_a_concept_stays(store: Neo4jStore, server: Neo4jServer) -> None:
    store.put([contribution(evidence(WARFARIN, "warns_of", BLEEDING))])
    with server.connect() as driver:
        driver.execute_query("MATCH (c:Concept {curie: $curie}) SET c.embedding = [0.5]", curie=BLEEDING.curie)
        store.put([contribution(document="d:2", nodes=(replace(BLEEDING, name="Bleeding"),))])
        found = driver.execute_query("MATCH (c:Concept {name: 'Bleeding'}) RETURN c.embedding")
    assert found.records[0][0] == [0.5]


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(rows, max_size=12))
def test_a_load_gives_the_graph_of_the_embedded_store(server: Neo4jServer, given_rows: list[Given]) -> None:
    server.wipe()
    evidence_ = [row for n, name in enumerate(("d:1", "d:2", "d:3")) for row in made(name, 1, given_rows[n::3])]
    stream = [EvidenceRow(*fields_of(row)) for row in evidence_]
    documents = [contribution(document=name, country="CN" if name == "d:3" else "US").document for name in DOCUMENTS]
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for opened in (
            sqlite.open_store(folder, mode="create", clock=lambda: "now"),
            neo4j.open_store(server.uri, mode="create", clock=lambda: "now"),
        ):
            number = opened.load(graphs.NODES, stream + stream[:3], documents, stamp="s")
            told.append({"rows": number, "known": opened.known("d:1@1", "s"), **whole(opened)})
            opened.close()
    assert told[1] == told[0]


def test_a_load_into_a_graph_with_documents_is_refused(store: Neo4jStore) -> None:
    store.put([contribution(evidence(WARFARIN, "warns_of", BLEEDING))])
    with pytest.raises(StoreError, match="not empty"):
        store.load([], [], [])
    assert store.get_stats().facts == 1


@pytest.mark.parametrize("missing", ["node", "document"])
def test_a_load_that_was_cut_off_says_so_and_the_same_again_finishes_it(
    store: Neo4jStore, server: Neo4jServer, missing: str
) -> None:
    row = evidence(WARFARIN, "warns_of", BLEEDING, document="d:1")
    document = contribution(document="d:1").document
    with pytest.raises(StoreError, match="not given"):
        store.load((WARFARIN,) if missing == "node" else graphs.NODES, [row], [document] if missing == "node" else [])
    assert store.get_meta()[LOADING]
    assert any("run the same load again" in fault for fault in store.check())
    for mode in ("r", "rw"):
        with pytest.raises(StoreError, match="run the same load again"):
            neo4j.open_store(server.uri, mode=mode)
    store.load(graphs.NODES, [row], [document])
    assert LOADING not in store.get_meta()
    assert store.check() == []
    assert [fact.object for fact in store.find_facts(FactQuery(), first=9).facts] == [BLEEDING]


def test_what_cannot_be_left_behind_is_remembered_and_told(store: Neo4jStore, kg: Kg, server: Neo4jServer) -> None:
    row = replace(evidence(WARFARIN, "warns_of", BLEEDING), restricted=True)
    made_ = contribution(row)
    store.put([replace(made_, document=replace(made_.document, restricted=True))])
    store.compact()
    assert DUE not in store.get_meta()
    done = kg.run("remove", made_.document.id, "--graph", server.uri)
    assert (done.returncode, "in the server's files still" in done.stderr) == (0, True)
    assert DUE in store.get_meta()
