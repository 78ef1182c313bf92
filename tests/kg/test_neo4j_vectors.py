"""Vectors of a model in the vector index of a real Neo4j server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.embed.errors import EmbeddingError
from kg.embed.serving_index import put_vectors
from kg.embed.shelf import Shelf
from kg.stores.neo4j import Neo4jStore, open_store
from small_graph import fill_small_graph
from small_model import AMIODARONE, BLEEDING, FIBRILLATION, WARFARIN


@pytest.fixture
def store(neo4j_url: str) -> Iterator[Neo4jStore]:
    with open_store(neo4j_url, mode="create") as opened:
        fill_small_graph(opened)
        yield opened


def test_vectors_are_put_and_asked_and_replaced(store: Neo4jStore) -> None:
    near = {WARFARIN: (2.0, 1.0), AMIODARONE: (2.0, 1.1), FIBRILLATION: (1.0, 2.0), BLEEDING: (-1.0, 0.0)}
    assert store.put_vectors(near.items(), dimensions=2, told="first") == 4
    assert store.get_meta()["vectors"] == "first"
    found = store.find_similar(WARFARIN, first=2)
    assert found is not None
    assert [curie for curie, _ in found] == [AMIODARONE, FIBRILLATION]
    assert found[1][1] == pytest.approx(0.8, abs=1e-3)
    ill = store.find_similar(WARFARIN, first=2, kinds=["disease", "finding"])
    assert ill is not None
    assert [curie for curie, _ in ill] == [FIBRILLATION, BLEEDING]
    longer = {WARFARIN: (1.0, 0.0, 0.0), FIBRILLATION: (0.0, 1.0, 0.0)}
    assert store.put_vectors(longer.items(), dimensions=3, told="second") == 2
    assert store.find_similar(AMIODARONE, first=2) is None
    turned = store.find_similar(WARFARIN, first=9)
    assert turned is not None
    assert [curie for curie, _ in turned] == [FIBRILLATION]
    assert turned[0][1] == pytest.approx(0.0, abs=1e-3)
    assert store.check() == []


def test_a_model_is_brought_to_a_server_of_the_same_version_alone(
    store: Neo4jStore, neo4j_url: str, modelled_graph: Path
) -> None:
    model = Shelf(modelled_graph).open()
    assert put_vectors(model, neo4j_url) == 9
    told = json.loads(store.get_meta()["vectors"])
    assert (told["name"], told["graph_version"]) == ("hand", model.about.graph_version)
    found = store.find_similar(AMIODARONE, first=2)
    assert found is not None
    assert [curie for curie, _ in found] == [one.name for one in model.neighbours.find(AMIODARONE, first=2)]
    store.remove("nmpa:H31022123")
    with pytest.raises(EmbeddingError, match="kg sync"):
        put_vectors(model, neo4j_url)


def test_a_folder_has_no_vector_index(modelled_graph: Path) -> None:
    with pytest.raises(EmbeddingError, match="no vector index"):
        put_vectors(Shelf(modelled_graph).open(), f"file://{modelled_graph}")
