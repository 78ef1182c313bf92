"""Opening a graph on a real Neo4j server, making it ready, and what is said where that cannot be done."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import GraphChangedError, StoreError
from kg.neo4j_server.place import find_place
from kg.neo4j_server.settings import Ports
from kg.neo4j_server.state import State, write_state
from kg.stores import connect
from kg.stores.neo4j import Neo4jStore, open_store
from kg.stores.neo4j.address import Address, read_address
from kg.stores.neo4j.credentials import find_credentials
from kg.stores.neo4j.initialising import init_graph
from kg.stores.neo4j.schema import is_too_old
from kg.stores.neo4j.server import Cypher
from kg.stores.withholding import let_show, withhold
from kg_command import ROOT, Kg
from tests.graphs import ASPIRIN, BLEEDING, WARFARIN, contribution, evidence, said

VARIABLES = ("NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_PASSWORD_FILE")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment that says nothing of a server."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KG_HOME", str(tmp_path / "home"))
    return monkeypatch


@pytest.fixture
def url(neo4j_url: str) -> str:
    """The URL of an empty database, to which this process has the password."""
    return neo4j_url


@pytest.fixture
def store(url: str) -> Iterator[Neo4jStore]:
    with open_store(url, mode="create") as opened:
        yield opened


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("neo4j://host", Address("neo4j", "host", 7687)),
        ("bolt+s://host:1/drugs", Address("bolt+s", "host", 1, "drugs")),
        ("neo4j+ssc://[::1]:2/", Address("neo4j+ssc", "[::1]", 2)),
    ],
)
def test_a_url_names_a_server_and_a_database(url: str, address: Address) -> None:
    assert read_address(url) == address
    assert read_address(str(address)) == address


@pytest.mark.parametrize("url", ["neo4j://", "neo4j://h:port", "neo4j://h/a/b", "neo4j://h/a?x=1", "http://h/a"])
def test_another_url_is_refused_with_how_to_write_one(url: str) -> None:
    with pytest.raises(StoreError, match="neo4j://host:port/database"):
        read_address(url)


def test_a_password_in_a_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(StoreError, match="NEO4J_PASSWORD_FILE") as caught:
        connect("neo4j://me:secret@host/drugs")
    assert "secret" not in str(caught.value)


def test_who_we_are_stands_in_the_environment_or_in_a_file(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = read_address(f"neo4j://127.0.0.1:{other.getsockname()[1]}")
        with pytest.raises(StoreError, match="set NEO4J_PASSWORD"):
            find_credentials(address)
    bare.setenv("NEO4J_PASSWORD_FILE", str(tmp_path / "password"))
    with pytest.raises(StoreError, match="cannot be read"):
        find_credentials(address)
    (tmp_path / "password").write_text("from a file\n")
    assert find_credentials(address).password == "from a file"
    bare.setenv("NEO4J_PASSWORD", "from a variable")
    bare.setenv("NEO4J_USERNAME", "reader")
    found = find_credentials(address)
    assert (found.user, found.password) == ("reader", "from a variable")
    assert "variable" not in repr(found)


def test_a_server_that_is_not_there_is_named_at_once(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("NEO4J_PASSWORD", "any")
    for scheme in ("neo4j", "bolt"):
        with pytest.raises(StoreError, match=r"no Neo4j answers at .*:1 \(.*kg neo4j start"):
            connect(f"{scheme}://127.0.0.1:1")


@pytest.mark.parametrize("password", ["", "any"])
def test_a_server_of_ours_that_is_stopped_is_named(password: str, bare: pytest.MonkeyPatch) -> None:
    if password:
        bare.setenv("NEO4J_PASSWORD", password)
    with pytest.raises(StoreError, match=r"no Neo4j answers at neo4j://localhost:1 .* start one here"):
        connect("neo4j://localhost:1")
    place = find_place("trial")
    place.conf.mkdir(parents=True)
    write_state(place, State(1, Ports(1, None), "5.26.12"))
    with pytest.raises(StoreError, match="it is stopped; start it with `kg neo4j start --name trial`"):
        connect("neo4j://localhost:1")


@pytest.mark.parametrize("host", ["localhost", "no-such-host.invalid"])
def test_where_nobody_answers_no_password_is_asked_for(host: str, bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreError, match=f"no Neo4j answers at bolt://{host}:1 "):
        connect(f"bolt://{host}:1")


@pytest.mark.parametrize(("version", "old"), [("4.4.2", True), ("5.25.9", True), ("5.26.0", False), ("2025.06", False)])
def test_a_server_may_be_too_old(version: str, old: bool) -> None:
    assert is_too_old(version) == old


def test_a_wrong_password_is_told_without_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "not this one")
    with pytest.raises(StoreError, match="refuses user or password: set NEO4J_USERNAME") as caught:
        connect(url)
    assert "not this one" not in str(caught.value)


def test_tls_where_there_is_none_is_told(url: str) -> None:
    with pytest.raises(StoreError, match=r"through TLS .* write neo4j:// or bolt://"):
        connect(url.replace("bolt://", "bolt+s://").replace("neo4j://", "neo4j+s://"))


def test_a_database_that_is_not_there_is_told(url: str) -> None:
    with pytest.raises(StoreError, match="has no such database"):
        connect(f"{url}-of-somebody-else")


def test_a_graph_that_was_not_made_is_told_with_the_command_that_makes_it(url: str) -> None:
    for mode in ("r", "rw"):
        with pytest.raises(StoreError, match=f"kg neo4j init {url}"):
            open_store(url, mode=mode)
    open_store(url, mode="create").close()
    open_store(url).close()


def test_a_graph_of_a_newer_program_is_left_alone(url: str, store: Neo4jStore) -> None:
    store._server.write(lambda cypher: cypher.run("MERGE (m:Meta {name: 'schema_version'}) SET m.value = '99'"))
    for mode in ("r", "rw", "create"):
        with pytest.raises(StoreError, match="update medkg"):
            open_store(url, mode=mode)


def test_a_graph_that_was_opened_to_read_is_not_written(url: str, store: Neo4jStore) -> None:
    with open_store(url) as reader:
        with pytest.raises(StoreError, match="opened to read"):
            reader.set_meta("x", "y")
        with pytest.raises(StoreError, match="opened to read"):
            reader._server.read(lambda cypher: cypher.run("CREATE (:Concept)"))
    assert store.get_stats().nodes == 0


def test_making_it_ready_again_makes_nothing(url: str) -> None:
    init_graph(url)
    done = init_graph(url)
    assert (done.made, done.refused) == ((), "")
    with open_store(url) as store:
        assert store.check() == []
        store._server._writable = True
        store._server.define("DROP INDEX evidence_fact")
        assert store.check() == [f"the index evidence_fact is missing: `kg neo4j init {url}` makes it"]
    assert init_graph(url).made == ("evidence_fact",)


def test_what_the_documents_ask_in_cypher_goes_through_an_index(store: Neo4jStore) -> None:
    text = (ROOT / "docs" / "neo4j.md").read_text(encoding="utf-8")
    questions = [one.strip() for block in re.findall(r"```cypher\n(.*?)```", text, re.S) for one in block.split(";")]
    assert len(questions) > 3

    def plan_of(cypher: Cypher) -> str:
        return str(cypher.transaction.run(f"EXPLAIN {question}").consume().plan)

    for question in filter(None, questions):
        plan = store._server.read(plan_of)
        assert "Index" in plan or "CALL db.index" in question, question
        assert "ByLabelScan" not in plan and "AllNodesScan" not in plan, question


def test_an_index_in_the_place_of_a_constraint_is_found(url: str, store: Neo4jStore) -> None:
    store._server.define("DROP CONSTRAINT concept_curie")
    store._server.define("CREATE INDEX concept_curie FOR (n:Concept) ON (n.curie)")
    told = "concept_curie is a range index and should be a constraint: drop it in Cypher"
    try:
        assert [fault.startswith(told) for fault in store.check()] == [True]
        with pytest.raises(StoreError, match=told):
            init_graph(url)
    finally:
        store._server.define("DROP INDEX concept_curie")
    assert init_graph(url).made == ("concept_curie",)


def test_vectors_have_one_length(url: str) -> None:
    with open_store(url, mode="create") as store:
        store._server.define("DROP INDEX concept_vectors IF EXISTS")
    assert init_graph(url, vector_dimensions=8).made == ("concept_vectors",)
    assert init_graph(url, vector_dimensions=8).made == ()
    with pytest.raises(StoreError, match="8 dimensions, not 9"):
        init_graph(url, vector_dimensions=9)
    with open_store(url, mode="rw") as store:
        store.put([said("d:1", WARFARIN, "warns_of", BLEEDING)])
        store._server.write(lambda cypher: cypher.run("MATCH (n:Concept) SET n.vector = [1.0, 2.0]"))
        (fault,) = store.check()
        assert "6 concepts have vectors of another length than the 8 of concept_vectors" in fault


def test_a_server_without_roles_says_what_to_do_instead(url: str, kg: Kg) -> None:
    if init_graph(url).engine.is_enterprise:
        pytest.skip("needs Neo4j Community, which has no roles")
    done = json.loads(kg("neo4j", "init", url, "--service-user", "reader-of-tests", "--json", status=3))
    assert done["service_user"] is None
    assert "access mode READ" in done["refused"]


def test_the_doctor_looks_at_the_server(url: str, kg: Kg) -> None:
    assert "kg neo4j init" in kg("doctor", "--graph", url, "--json", status=1)
    kg("neo4j", "init", url)
    found = {one["subject"]: one for one in json.loads(kg("doctor", "--graph", url, "--json"))}
    assert found["server"]["finding"].startswith("Neo4j ")
    assert (found["graph"]["health"], found["store"]["finding"]) == ("ok", "consistent")


def test_a_snapshot_that_the_graph_changed_under_says_so_at_its_end(url: str, store: Neo4jStore) -> None:
    store.put([said("d:1", WARFARIN, "warns_of", BLEEDING)])
    with open_store(url) as reader:
        with pytest.raises(GraphChangedError, match="read it again"), reader.snapshot():
            before = reader.get_stats().facts
            store.put([said("d:2", ASPIRIN, "warns_of", BLEEDING)])
        with reader.snapshot():
            assert (before, reader.get_stats().facts) == (1, 2)


def test_a_read_that_the_graph_changed_under_is_done_again(url: str, store: Neo4jStore) -> None:
    seen: list[int] = []

    def count(cypher: Cypher) -> int:
        seen.append(cypher.value("MATCH (d:Document) RETURN count(d)"))
        if len(seen) < 3:
            store.put([said(f"d:{len(seen)}", WARFARIN, "warns_of", BLEEDING)])
        return seen[-1]

    with open_store(url) as reader:
        assert reader._server.read(count) == 2
    assert seen == [0, 1, 2]


def test_a_stream_may_be_left_before_its_end(store: Neo4jStore) -> None:
    store.put([said(f"d:{n}", WARFARIN, "warns_of", BLEEDING) for n in range(5)])
    rows = store.iter_evidence()
    first = next(rows)
    rows.close()  # type: ignore[attr-defined]
    assert next(store.iter_evidence()) == first
    both = zip(store.iter_evidence(), store.iter_changes(), strict=True)
    assert [row.document for row, change in both if change.document == row.document] == [f"d:{n}" for n in range(5)]


def test_what_is_withheld_is_seen_by_nobody_until_it_is_let_show(store: Neo4jStore, url: str) -> None:
    row = evidence(WARFARIN, "causes_adverse_event", BLEEDING, quote="He bled.")
    made = contribution(row)
    store.put([replace(made, document=replace(made.document, restricted=True))])
    meta = store.get_meta()

    def quotes() -> list[str]:
        with store.snapshot(restricted=True):
            return [row.quote for row in store.iter_evidence()]

    assert quotes() == ["He bled."]
    withhold(url, "one")
    withhold(url, "two")
    assert quotes() == [""]
    let_show(url, "one")
    assert quotes() == [""]
    assert store.get_meta() == meta
    let_show(url, "two")
    let_show(url, "two")
    assert quotes() == ["He bled."]
