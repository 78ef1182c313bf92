"""A model of the small graph whose vectors were written by hand, so that what it expects can be worked out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from kg.embed.places import replacing
from kg.embed.shelf import Shelf
from kg.embed.trained import About, write_about, write_matrices
from kg.embed.vectors import Vectors
from kg.predicates import PREDICATES
from kg.stores import connect

WARFARIN, AMIODARONE, CLARITHROMYCIN = "drugbank:DB00682", "drugbank:DB01118", "drugbank:DB01211"
FIBRILLATION, BLEEDING, NAUSEA, RASH, PREGNANCY = (
    "icd10cm:I48.91",
    "HP:0001892",
    "HP:0002018",
    "HP:0000988",
    "mesh:D011247",
)

#: Of the heart, of the stomach, of the skin.
_CONCEPTS = {
    WARFARIN: (2.0, 0.5, 0.5),
    AMIODARONE: (3.0, 0.2, 0.1),
    CLARITHROMYCIN: (0.1, 3.0, 1.0),
    "drugbank:DB00945": (1.0, 1.0, 0.2),
    FIBRILLATION: (2.0, 0.0, 0.0),
    BLEEDING: (1.0, 0.5, 0.2),
    NAUSEA: (0.0, 2.0, 0.0),
    RASH: (0.0, 0.0, 2.0),
    PREGNANCY: (0.1, 0.1, 0.1),
}
_PREDICATES = {"indicated_for": (1.0, 0.1, 0.1), "causes_adverse_event": (0.1, 1.0, 1.0)}

ABOUT = About(
    name="hand",
    model="distmult",
    graph_version="",
    graph="",
    trained="2026-11-01T12:00:00+00:00",
    medkg="source",
    command="kg embed train --model distmult",
    device="cpu",
    seed=0,
    seconds=0.5,
    vectors=len(_CONCEPTS),
    dimensions=3,
    settings={"rank": 3},
    split={"manner": "by hand", "train": 12, "valid": 2, "test": 2},
    scores={"test": {"mrr": 0.5, "hits1": 0.25, "hits3": 0.5, "hits10": 1.0, "count": 4.0}},
    curve=({"epoch": 1.0, "loss": 2.0}, {"epoch": 2.0, "loss": 1.0, "mrr": 0.5}),
    calibrations={"*": {"slope": 1.0, "intercept": 0.0, "facts": 2}},
    scoring="distmult",
)


def make_any_model(graph: Path) -> Path:
    """The folder of a model with a vector by chance for every concept and predicate of a graph, which is served."""
    store = connect(graph)
    nodes, version = list(store.iter_nodes()), store.get_meta()["graph_version"]
    store.close()
    draw = np.random.default_rng(0)
    matrix = draw.normal(size=(len(nodes), 8)).astype(np.float32)
    vectors = Vectors(
        tuple(node.curie for node in nodes), matrix, version, "distmult", tuple(node.kind.value for node in nodes)
    )
    turned = draw.normal(size=(len(PREDICATES), 8)).astype(np.float32)
    return _write(graph, vectors, Vectors(tuple(PREDICATES), turned, version, "distmult"), "any")


def make_small_model(graph: Path, *, graph_version: str | None = None, name: str = "hand") -> Path:
    """The folder of the model, which is served; `graph_version` where it is to be of another graph."""
    store = connect(graph)
    version = store.get_meta()["graph_version"] if graph_version is None else graph_version
    kinds = tuple(node.kind.value for node in store.get_nodes(list(_CONCEPTS)) if node)
    store.close()
    vectors = Vectors(tuple(_CONCEPTS), np.array(list(_CONCEPTS.values()), np.float32), version, "distmult", kinds)
    relations = Vectors(tuple(_PREDICATES), np.array(list(_PREDICATES.values()), np.float32), version, "distmult")
    return _write(graph, vectors, relations, name)


def add_strangers(graph: Path, curie: str, *, count: int) -> None:
    """Give the small model as many codes that the graph does not have, all nearer to `curie` than its concepts."""
    shelf = Shelf(graph)
    trained = shelf.open()
    known, relations = trained.vectors, trained.relations
    assert relations is not None
    near = known.matrix[known.names.index(curie)] * np.linspace(1.1, 2, count, dtype=np.float32)[:, None]
    names = (*known.names, *(f"x:{at}" for at in range(count)))
    kinds = (*known.kinds, *["other"] * count)
    wider = replace(known, names=names, matrix=np.concatenate([known.matrix, near]), kinds=kinds)
    with replacing(trained.folder) as folder:
        write_matrices(folder, wider, relations)
        write_about(replace(trained.about, vectors=len(names)), folder)


def _write(graph: Path, vectors: Vectors, relations: Vectors, name: str) -> Path:
    shelf = Shelf(graph)
    with replacing(shelf.place(name)) as folder:
        write_matrices(folder, vectors, relations)
        counts = {"vectors": len(vectors.names), "dimensions": vectors.matrix.shape[1]}
        about = replace(ABOUT, name=name, graph_version=vectors.graph_version, graph=str(graph), **counts)
        write_about(about, folder)
    shelf.serve(name)
    return shelf.place(name)
