"""Variables of a wrong type are the client's mistake and are told as such."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kgql.app import create_app

INTEGER = "query($a: Int!) { facts(first: $a) { edges { cursor } } }"
KINDS = 'query($a: [ConceptKind!]) { search(text: "x", first: 1, kinds: $a) { score } }'


@pytest.mark.parametrize(("query", "value"), [(INTEGER, "x"), (INTEGER, 1.5), (INTEGER, None), (KINDS, ["NOPE"])])
def test_a_variable_of_a_wrong_type_is_named(small_graph: Path, query: str, value: object) -> None:
    with TestClient(create_app(small_graph)) as client:
        answer = client.post("/graphql", json={"query": query, "variables": {"a": value}}).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "$a" in answer["errors"][0]["message"]
