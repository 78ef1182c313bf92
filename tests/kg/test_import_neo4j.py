"""Imports into a graph on a server: the same graph, to the byte of its version, as an import into a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.comparing import compare
from kg.credits import get_licences
from kg.export import write_graph
from kg.imports.asked import Wishes, ask, run
from kg.imports.model import Imported
from kg.imports.refusals import Refusals
from kg.imports.removing import take_out
from kg.roles import Store
from kg.stores.neo4j import Neo4jStore
from kg.stores.neo4j import open_store as open_on_server
from kg.stores.sqlite import SqliteStore, open_store
from kg_command import KgHere
from neo4j_server import Neo4jServer
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind
from small_graph import make_small_graph

LEXICON = Lexicon.of(
    (
        Concept("drugbank:DB00682", "Warfarin", Kind.DRUG, xrefs=("pubchem.compound:54678486",)),
        Concept("MONDO:0001134", "essential hypertension", Kind.DISEASE, xrefs=("DOID:10825",)),
        Concept("HP:0001892", "Abnormal bleeding", Kind.FINDING, xrefs=("umls:C0019080",)),
    )
)


@pytest.fixture
def on_neo4j(empty_neo4j: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Neo4jStore]:
    monkeypatch.setenv("NEO4J_PASSWORD", empty_neo4j.password)
    with open_on_server(empty_neo4j.uri, mode="create") as made:
        yield made


@pytest.fixture
def in_folder(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(str(tmp_path / "graph"), mode="create") as made:
        yield made


def _bring(path: Path, store: Store, wishes: Wishes = Wishes()) -> Imported:  # noqa: B008 - frozen
    return run(ask(path, wishes), store, LEXICON, Refusals())


@pytest.mark.parametrize(
    "name", ["hetionet", "hetionet.json", "kgx", "primekg.csv", "sider", "cmekg.ttl", "pharmacotherapydb.tsv"]
)
def test_a_graph_is_brought_in_alike(name: str, samples: Path, on_neo4j: Neo4jStore, in_folder: SqliteStore) -> None:
    done, other = (_bring(samples / "imports" / name, store) for store in (on_neo4j, in_folder))
    assert (done.documents, done.added, done.refusals) == (other.documents, other.added, other.refusals)
    assert list(compare(in_folder, on_neo4j)) == []
    versions = {store.get_meta()["graph_version"] for store in (on_neo4j, in_folder)}
    assert len(versions) == 1
    assert on_neo4j.get_quarantine() or not done.refusals
    assert get_licences(on_neo4j.get_meta()) == get_licences(in_folder.get_meta())
    assert on_neo4j.check() == []
    assert _bring(samples / "imports" / name, on_neo4j).documents == 0
    assert {on_neo4j.get_meta()["graph_version"]} == versions
    assert take_out(on_neo4j, f"import:{done.name}").documents == done.documents
    assert on_neo4j.get_stats().facts == 0


def test_exports_come_into_neo4j_and_what_they_lack_goes(on_neo4j: Neo4jStore, tmp_path: Path) -> None:
    with open_store(str(make_small_graph(tmp_path / "small")), mode="rw") as graph:
        write_graph("parquet", graph, tmp_path / "old")
        assert _bring(tmp_path / "old", on_neo4j).refusals == []
        assert list(compare(graph, on_neo4j)) == []
        gone = graph.list_documents(first=1)[0].id
        graph.remove(gone)
        write_graph("nquads", graph, tmp_path / "new")
        assert [id_ for id_, _ in _bring(tmp_path / "new", on_neo4j, Wishes(prune=True)).gone] == [gone]
        assert list(compare(graph, on_neo4j)) == []
    assert on_neo4j.check() == []


def test_the_command_imports_into_neo4j(
    kg_home: Path, tmp_path: Path, samples: Path, empty_neo4j: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", empty_neo4j.password)
    kg, server = KgHere(kg_home, tmp_path), ("--graph", empty_neo4j.uri)
    kg("neo4j", "init", empty_neo4j.uri)
    words = ("import", samples / "imports" / "hetionet", "--json", *server)
    assert json.loads(kg(*words, "--dry-run", status=3))["taken"] == 5
    assert json.loads(kg(*words, status=3))["documents"] > 0
    assert json.loads(kg(*words, status=3))["documents"] == 0
    assert json.loads(kg("remove", "import:hetionet", "--json", *server))["documents"] > 0
