"""Vectors of a model in the vector index of a Neo4j server, for whoever asks in Cypher."""

from __future__ import annotations

import json

from kg.embed.errors import EmbeddingError
from kg.embed.trained import Trained
from kg.stores import connect


def put_vectors(trained: Trained, url: str) -> int:
    """How many concepts of the graph at `url` have a vector of the model now; those of another model are gone.

    Raises:
        EmbeddingError: the graph there is of another version than the one that the model was trained on.
        StoreError: no Neo4j server answers there.
    """
    from kg.stores.neo4j import Neo4jStore

    store = connect(url, mode="rw")
    try:
        if not isinstance(store, Neo4jStore):
            raise EmbeddingError(f"{url} has no vector index: name a file, or the URL of a Neo4j server")
        if stale := trained.tell_stale(store.get_meta()["graph_version"]):
            raise EmbeddingError(f"{stale}, or bring the graph there level with `kg sync`")
        about, vectors = trained.about, trained.vectors
        told = {"name": about.name, "model": about.model, "graph_version": about.version}
        rows = zip(vectors.names, vectors.matrix.tolist(), strict=True)
        return store.put_vectors(rows, dimensions=about.dimensions, told=json.dumps(told))
    finally:
        store.close()
