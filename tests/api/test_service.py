"""The service over HTTP: what it answers to good and bad requests, alive, ready."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extractors.model import Document
from kg.errors import StoreError
from kg.model import Contribution, FactQuery, Page
from kg.stores.sqlite import SqliteStore, open_store
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind

OURS = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "BAD_JSON"),
        (b"", 400, "BAD_JSON"),
        (b"[]", 400, "BAD_REQUEST"),
        (b'{"query": 7}', 400, "BAD_REQUEST"),
        (b'{"query": " "}', 400, "BAD_REQUEST"),
        (b'{"query": "{ meta { builtAt } }", "variables": []}', 200, None),
        (b'{"query": "{ meta { builtAt } }", "variables": [1]}', 400, "BAD_REQUEST"),
        (b'{"query": "{ meta { builtAt } }", "operationName": 1}', 400, "BAD_REQUEST"),
        (b'{"query": "' + b" " * 100_001 + b'"}', 413, "BODY_TOO_LARGE"),
    ],
)
def test_a_body_that_is_no_request_is_refused_as_json(client: Any, body: bytes, status: int, code: str | None) -> None:
    answer = client.post("/graphql", content=body, headers=OURS)
    assert answer.status_code == status
    assert [error["extensions"]["code"] for error in answer.json().get("errors", ())] == ([code] if code else [])


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken_so_that_no_foreign_page_can_ask(client: Any, content_type: str) -> None:
    answer = client.post("/graphql", content=b'{"query": "{ __typename }"}', headers={"content-type": content_type})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("query", "code"),
    [("{ concept(", "GRAPHQL_SYNTAX"), ("{ nothing }", "GRAPHQL_INVALID"), ("query ($x: Int!) { __typename }", None)],
)
def test_a_query_that_cannot_run_is_200_for_old_clients_and_400_for_new_ones(
    client: Any, query: str, code: str | None
) -> None:
    old = client.post("/graphql", json={"query": query})
    new = client.post("/graphql", json={"query": query}, headers={"accept": "application/graphql-response+json"})
    assert (old.status_code, new.status_code) == (200, 400)
    assert new.headers["content-type"].startswith("application/graphql-response+json")
    assert old.json() == new.json()
    assert "data" not in new.json()
    assert code is None or new.json()["errors"][0]["extensions"]["code"] == code


def test_an_operation_is_chosen_by_name(client: Any) -> None:
    body = {"query": "query A { a: __typename } query B { b: __typename }", "operationName": "B"}
    assert client.post("/graphql", json=body).json() == {"data": {"b": "Query"}}


class _Failing(SqliteStore):
    """A store whose facts cannot be read, for a reason no client should see."""

    def find_facts(self, query: FactQuery, *, first: int, after: str | None = None) -> Page:
        raise RuntimeError("secret: /var/lib/graph")


def test_what_went_wrong_inside_is_for_the_log_only(
    client_of: Any, small_graph: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_store(str(small_graph)) as store:
        client = client_of(small_graph, open_graph=lambda _: _Failing(store._db))
        answer = client.post("/graphql", json={"query": "{ facts(first: 1) { edges { id } } }"})
    error = answer.json()["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in answer.text
    assert error["extensions"]["number"] in caplog.text
    assert "secret: /var/lib/graph" in caplog.text


def test_the_service_is_alive_without_a_graph_and_says_why_it_is_not_ready(client_of: Any, tmp_path: Path) -> None:
    client = client_of(tmp_path / "none")
    assert client.get("/healthz").json() == {"status": "alive"}
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "no graph at" in ready.json()["reasons"][0]
    answer = client.post("/graphql", json={"query": "{ __typename }"})
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_READY"


def test_the_service_becomes_ready_when_the_graph_arrives(client_of: Any, tmp_path: Path) -> None:
    client = client_of(tmp_path / "graph")
    assert client.get("/readyz").status_code == 503
    open_store(str(tmp_path / "graph"), mode="create").close()
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_graph_of_another_lexicon_is_not_ready(client_of: Any, small_graph: Path) -> None:
    lexicon = Lexicon.of([Concept("drugbank:DB00682", "warfarin", Kind.DRUG, xrefs=("rxnorm:11289",))])
    assert client_of(small_graph).get("/readyz").status_code == 200
    ready = client_of(small_graph, lexicon=lexicon).get("/readyz")
    assert ready.status_code == 503
    assert "lexicon-1" in ready.json()["reasons"][0]


def test_a_build_beside_the_service_shows_in_the_next_answer(client_of: Any, tmp_path: Path) -> None:
    query = {"query": "{ meta { graphVersion counts { documents } } }"}
    with open_store(str(tmp_path), mode="create") as writer:
        client = client_of(tmp_path)
        before = client.post("/graphql", json=query).json()["data"]["meta"]
        writer.put([Contribution(Document("d:1", "A label", "text"), (), ())])
        after = client.post("/graphql", json=query).json()["data"]["meta"]
    assert (before["counts"]["documents"], after["counts"]["documents"]) == (0, 1)
    assert before["graphVersion"] != after["graphVersion"]


class _Written(SqliteStore):
    """A store beside which a document is put while a request reads it."""

    writer: SqliteStore

    def get_meta(self) -> dict[str, str]:
        self.writer.put([Contribution(Document("d:1", "A label", "text"), (), ())])
        return super().get_meta()


def test_one_request_sees_one_snapshot(client_of: Any, tmp_path: Path) -> None:
    with open_store(str(tmp_path), mode="create") as writer, open_store(str(tmp_path)) as reader:
        store = _Written(reader._db)
        store.writer = writer
        client = client_of(tmp_path, open_graph=lambda _: store)
        query = {"query": '{ search(text: "x", first: 1) { score } meta { counts { documents } } }'}
        first = client.post("/graphql", json=query).json()["data"]
        second = client.post("/graphql", json=query).json()["data"]
    assert first["meta"]["counts"]["documents"] == 0
    assert second["meta"]["counts"]["documents"] == 1


def test_a_graph_that_cannot_be_read_is_named_to_the_client(client_of: Any, tmp_path: Path) -> None:
    (tmp_path / "graph.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError):
        open_store(str(tmp_path))
    answer = client_of(tmp_path).post("/graphql", json={"query": "{ __typename }"})
    assert answer.status_code == 503


@pytest.mark.parametrize("id_", ["rxnorm:11289", "RXCUI:11289", "drugbank:DB00682"])
def test_ids_of_other_vocabularies_are_understood_with_a_lexicon(client_of: Any, small_graph: Path, id_: str) -> None:
    lexicon = Lexicon.of([Concept("drugbank:DB00682", "warfarin", Kind.DRUG, xrefs=("rxnorm:11289",))])
    query = """query ($id: ID!) { concept(id: $id) { id }
        facts(first: 1, subject: $id, predicates: [CONTRAINDICATED_IN]) { edges { subject { id } } } }"""
    body = {"query": query, "variables": {"id": id_}}
    data = client_of(small_graph, lexicon=lexicon).post("/graphql", json=body).json()["data"]
    assert data["concept"] == {"id": "drugbank:DB00682"}
    assert data["facts"]["edges"] == [{"subject": {"id": "drugbank:DB00682"}}]
