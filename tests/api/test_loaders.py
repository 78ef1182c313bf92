"""A level of a query costs one call of each kind to the store, however wide it is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kg.model import Evidence, LoadedDocument, Node
from kg.stores.sqlite import SqliteStore, open_store
from kgql.execute import Engine, Request
from kgql.limits import Limits


class CountingStore(SqliteStore):
    """A real store that counts what it is asked."""

    calls: Counter[str]

    def get_nodes(self, curies: Sequence[str]) -> list[Node | None]:
        self.calls["get_nodes"] += 1
        return super().get_nodes(curies)

    def get_evidence(self, fact_ids: Sequence[str], *, first: int) -> dict[str, list[Evidence]]:
        self.calls["get_evidence"] += 1
        return super().get_evidence(fact_ids, first=first)

    def get_loaded(self, ids: Sequence[str]) -> list[LoadedDocument | None]:
        self.calls["get_loaded"] += 1
        return super().get_loaded(ids)


@pytest.fixture
def store(small_graph: Path) -> Iterator[CountingStore]:
    with open_store(str(small_graph)) as opened:
        counting = CountingStore(opened._db)
        counting.calls = Counter()
        yield counting


def test_one_call_of_each_kind_serves_a_level(store: CountingStore) -> None:
    query = """{ concepts(ids: ["drugbank:DB00682", "drugbank:DB01211", "HP:0002018", "HP:0001892"]) {
        facts(first: 50) { edges { evidence(first: 5) { quote document { title } } } } } }"""
    answer = asyncio.run(Engine(store, limits=Limits()).answer(Request(query)))
    edges = [edge for concept in answer.body["data"]["concepts"] for edge in concept["facts"]["edges"]]
    assert len(edges) > 15
    assert all(row["document"]["title"] for edge in edges for row in edge["evidence"])
    assert store.calls == {"get_nodes": 1, "get_evidence": 1, "get_loaded": 1}


def test_different_lengths_of_evidence_share_a_call_and_keep_their_length(store: CountingStore) -> None:
    query = """{ a: facts(first: 9, about: "icd10cm:I48.91") { edges { one: evidence(first: 1) { id } } }
        b: facts(first: 9, about: "icd10cm:I48.91") { edges { two: evidence(first: 2) { id } } } }"""
    data = asyncio.run(Engine(store, limits=Limits()).answer(Request(query))).body["data"]
    one, two = data["a"]["edges"][0]["one"], data["b"]["edges"][0]["two"]
    assert (len(one), len(two)) == (1, 2)
    assert one == two[:1]
    assert store.calls == {"get_nodes": 1, "get_evidence": 1}


def test_a_text_is_parsed_and_validated_once(store: CountingStore) -> None:
    engine = Engine(store, limits=Limits())
    query = "query ($id: ID!) { concept(id: $id) { name } }"
    for id_ in ("drugbank:DB00682", "drugbank:DB01211", "HP:0002018"):
        asyncio.run(engine.answer(Request(query, {"id": id_})))
    assert (engine.prepare.cache_info().misses, engine.prepare.cache_info().hits) == (1, 2)
