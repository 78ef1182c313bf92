"""What neo4j-admin imports from an export is the store itself: the same answers, and what an online load writes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractors.model import Assertion, Qualifier
from kg.export import write_graph
from kg.export.neo4j_admin.command import read_command, write_command
from kg.export.neo4j_admin.files import Table, Writer
from kg.export.selection import Selection
from kg.model import Contribution, FactQuery
from kg.neo4j_server.control import start_server, stop_server
from kg.neo4j_server.place import Place
from kg.roles import Store
from kg.stores import connect
from kg.stores.neo4j import open_store as open_neo4j
from kg.stores.sqlite import SqliteStore, open_store
from kg.syncing import sync
from kg_command import ROOT
from neo4j_server import SMALL, Neo4jServer
from odd_names import HOSTILE
from ontologies.model import Kind
from small_graph import make_small_graph
from tests.graphs import ASPIRIN, BLEEDING, EMBOLISM, UNKNOWN, WARFARIN, contribution, evidence, stand

Asked = Callable[[Store], Any]


def _all_sorts(folder: Path) -> Path:
    """A graph with all that there may be: odd names, restricted words, sleeping rows, facts that are gone."""
    make_small_graph(folder)
    odd = replace(UNKNOWN, curie=f"local:finding/{HOSTILE}", name=HOSTILE, synonyms=('"', "a;b", "\\"))
    asleep = evidence(BLEEDING, "has_phenotype", UNKNOWN, document="d:asleep", names=("bleeding", "purple toe"))
    note = evidence(WARFARIN, "causes_adverse_event", BLEEDING, document="d:note", quote="He bled.")
    rows = [
        evidence(WARFARIN, "causes_adverse_event", odd, quote=f'"{HOSTILE}', names=("warfarin", HOSTILE)),
        evidence(ASPIRIN, "interacts_with", WARFARIN, names=("aspirin", "warfarin"), score=1 / 3),
        replace(evidence(ASPIRIN, "indicated_for", EMBOLISM, qualifiers=(Qualifier("dose", "1|2"),)), said_score=0.9),
        evidence(ASPIRIN, "not_indicated_for", EMBOLISM, quote="not", score=0.7),
        evidence(ASPIRIN, "causes_adverse_event", BLEEDING, assertion=Assertion.NEGATED),
    ]
    with open_store(str(folder), mode="rw") as store:
        nodes = (WARFARIN, ASPIRIN, EMBOLISM, BLEEDING, UNKNOWN, odd)
        store.put(
            [contribution(*rows, nodes=nodes), contribution(asleep, document="d:asleep", nodes=nodes)], stamp="one"
        )
        store.put([_restricted(contribution(note, document="d:note", nodes=nodes))], stamp="two")
        gone = evidence(WARFARIN, "indicated_for", BLEEDING, document="d:gone")
        store.put([contribution(gone, document="d:gone", nodes=nodes)], stamp="one")
        store.remove("d:gone")
        stand(store, {"purple toe": BLEEDING})
        store.quarantine(HOSTILE, 'no text, no "table"')
    return folder


def _restricted(given: Contribution) -> Contribution:
    return replace(given, document=replace(given.document, restricted=True))


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _all_sorts(tmp_path_factory.mktemp("sorts") / "graph")


@pytest.fixture
def store(graph: Path) -> Iterator[SqliteStore]:
    with open_store(str(graph)) as store:
        yield store


@pytest.fixture(scope="module")
def imported_neo4j(graph: Path, neo4j_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """A server with the graph, restricted words included, imported by the script of its export."""
    folder = tmp_path_factory.mktemp("imported")
    with open_store(str(graph)) as store:
        write_graph("neo4j-admin", store, folder / "out", restricted=True)
    place = Place(folder / "neo4j" / "imported", neo4j_program)
    _import(folder / "out", place)
    running, _ = start_server(place, SMALL, say=lambda _: None)
    os.environ["NEO4J_PASSWORD"] = running.read_password()
    try:
        open_neo4j(running.uri, mode="create").close()
        yield Neo4jServer(running.uri, running.user, running.read_password())
    finally:
        del os.environ["NEO4J_PASSWORD"]
        stop_server(place, say=lambda _: None)


def _import(out: Path, place: Place) -> None:
    """Run an export's script with the tool of a local server."""
    environment = {
        **os.environ,
        "KG_HOME": str(place.folder.parent.parent),
        "KG_CACHE": str(place.cache),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "graphql"))),
        "NEO4J_ADMIN": f"{sys.executable} -m kg neo4j admin --name {place.name} --heap 512m --",
    }
    words = ["sh", str(out / "import.sh"), "neo4j", "--overwrite-destination"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, cwd=out.parent)
    assert done.returncode == 0, done.stdout + done.stderr


QUESTIONS: dict[str, Asked] = {
    "nodes": lambda store: list(store.iter_nodes()),
    "facts": lambda store: list(store.iter_facts()),
    "evidence": lambda store: list(store.iter_evidence()),
    "documents": lambda store: store.list_documents(first=100),
    "texts": lambda store: [store.get_document(one.id) for one in store.list_documents(first=100)],
    "known": lambda store: list(store.iter_inputs()),
    "asleep": lambda store: sorted(store.iter_asleep(), key=lambda asleep: asleep.row.id),
    "retired": lambda store: sorted(store.iter_retired(), key=lambda fact: fact.id),
    "changes": lambda store: list(store.iter_changes()),
    "names of facts": lambda store: store.name_facts(fact.id for fact in store.iter_retired()),
    "quarantine": lambda store: store.get_quarantine(),
    "meta": lambda store: {name: value for name, value in store.get_meta().items() if name != "schema_version"},
    "stats": lambda store: store.get_stats(),
    "conflicts": lambda store: store.find_conflicts(first=100)[0],
    "names": lambda store: list(store.iter_names(dormant=True)),
    "page": lambda store: store.find_facts(FactQuery(about=WARFARIN.curie), first=3),
    "search": lambda store: store.find_nodes("华法林"),
    "search in two scripts": lambda store: store.find_nodes("warf", kinds=[Kind.DRUG]),
    "soundness": lambda store: store.check(),
}


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("question", QUESTIONS)
def test_what_was_imported_answers_alike(
    question: str, restricted: bool, store: SqliteStore, imported_neo4j: Neo4jServer
) -> None:
    ask = QUESTIONS[question]
    with closing(connect(imported_neo4j.uri)) as server, server.snapshot(restricted=restricted):
        answer = ask(server)
    with store.snapshot(restricted=restricted):
        assert answer == ask(store)


#: What says when and in which order something was written, and the list of it.
_WHEN = {"loaded", "stamp", "digest"}
_LISTS = {"Change", "Meta", "Input", "Retired", "Quarantined"}


def test_an_online_load_writes_the_same(
    store: SqliteStore, imported_neo4j: Neo4jServer, empty_neo4j: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", empty_neo4j.password)
    with open_neo4j(empty_neo4j.uri, mode="create") as online:
        sync(store, online, restricted=True)
    assert _dump(imported_neo4j) == _dump(empty_neo4j)


def _dump(server: Neo4jServer) -> list[str]:
    """All nodes and relationships with their properties, but for what tells of times."""
    with server.connect() as driver:
        nodes = driver.execute_query("MATCH (n) RETURN labels(n) AS labels, properties(n) AS said").records
        joined = driver.execute_query(
            "MATCH (a)-[r]->(b) RETURN coalesce(a.curie, a.id) AS a, type(r) AS r, properties(r) AS said,"
            " coalesce(b.curie, b.id) AS b"
        ).records
    kept = [(sorted(row["labels"]), _lasting(row["said"])) for row in nodes if not _LISTS & set(row["labels"])]
    return sorted(map(repr, [*kept, *((row["a"], row["r"], row["b"], _lasting(row["said"])) for row in joined)]))


def _lasting(said: dict[str, Any]) -> list[tuple[str, Any]]:
    """The properties, without empty lists, which neo4j-admin has no words for."""
    return sorted((name, value) for name, value in said.items() if name not in _WHEN and value != [])


@pytest.mark.parametrize("name", ["neo4j-admin", "neo4j-admin-gz"])
def test_without_the_scope_no_restricted_word_is_written(name: str, store: SqliteStore, tmp_path: Path) -> None:
    write_graph(name, store, tmp_path / "out")
    files = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir() if path.suffix == ".csv")
    assert b"He bled" not in files
    assert name.endswith("gz") or b"Nausea and rash" in files


def test_a_part_of_a_graph_has_a_version_of_its_own_and_no_history(store: SqliteStore, tmp_path: Path) -> None:
    counts = write_graph("neo4j-admin", store, tmp_path / "out", selection=Selection(predicates=("indicated_for",)))
    whole = (store.get_meta()["graph_version"]).encode()
    said = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*-0001.csv")}
    assert whole not in said["meta-0001.csv"]
    assert counts["facts"] == len(said["facts-0001.csv"].splitlines())
    for table in ("changes", "retired", "quarantined", "inputs"):
        assert said[f"{table}-0001.csv"] == b""


def test_a_table_has_parts(tmp_path: Path) -> None:
    table = Table("things", "Thing", ("id:ID(Thing)", "number:long", "names:string[]", "bytes:byte[]", "none"))
    with Writer(tmp_path, table, packed=False, part=2) as writer:
        for number in range(5):
            row = {"id": 'a "b"', "number": number, "names": ("x", "y\x1fz"), "bytes": b"\x00\x7f\xff", "none": None}
            writer.write(row)
    last = '"a ""b""",4,"x\x1fy z",0\x1f127\x1f-1,\n'
    assert (writer.count, writer.longest) == (5, len(last))
    parts = [path.read_text() for path in sorted(tmp_path.glob("things-0*.csv"))]
    assert [part.count("\n") for part in parts] == [2, 2, 1]
    assert parts[2] == last


def test_the_tool_is_told_of_fields_that_are_longer_than_it_reads(tmp_path: Path) -> None:
    table = Table("things", "Thing", ("id:ID(Thing)",))
    with Writer(tmp_path, table, packed=True) as writer:
        writer.write({"id": "a" * (5 << 20)})
    write_command(tmp_path, {table: writer}, packed=True)
    command = read_command(tmp_path)
    assert command is not None
    assert "--read-buffer-size=6m" in command
    assert r"'--nodes=Thing=things-header.csv,things-\d+.csv\.gz'" in command
