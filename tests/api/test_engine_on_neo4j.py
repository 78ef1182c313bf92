"""The service on a graph that a server keeps: a request that the graph changed under is answered from one state."""

from __future__ import annotations

import asyncio

import pytest

from kg.stores.neo4j import open_store
from kgql.execute import Engine, Request
from kgql.limits import Limits
from neo4j_server import Neo4jServer
from tests.graphs import ASPIRIN, BLEEDING, WARFARIN, said

QUERY = f"""{{ concept(id: "{BLEEDING.curie}") {{ facts(first: 9) {{ edges {{ node {{ name }} }} }} }} }}"""


def test_a_request_that_the_graph_changed_under_is_answered_anew(
    empty_neo4j: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in empty_neo4j.environment.items():
        monkeypatch.setenv(name, value)
    asked: list[str] = []
    with open_store(empty_neo4j.uri, mode="create") as writer, open_store(empty_neo4j.uri) as graph:
        writer.put([said("d:1", WARFARIN, "warns_of", BLEEDING)])

        def canonical(curie: str) -> str:
            """Writes to the graph in the middle of the first request."""
            if not asked:
                writer.put([said("d:2", ASPIRIN, "warns_of", BLEEDING)])
            asked.append(curie)
            return curie

        answer = asyncio.run(Engine(graph, limits=Limits(), canonical=canonical).answer(Request(QUERY)))
    edges = answer.body["data"]["concept"]["facts"]["edges"]
    assert {edge["node"]["name"] for edge in edges} == {"Warfarin", "Aspirin"}
    assert asked == [BLEEDING.curie] * 2
