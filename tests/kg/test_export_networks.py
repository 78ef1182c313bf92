"""Property graphs in memory and in GraphML, and tensors: the same nodes and facts, in the shapes that others expect."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kg.errors import ExportError
from kg.export import write_graph
from kg.export.hetero import ATTRIBUTES, read_arrays, to_hetero
from kg.export.networks import to_networkx
from kg.export.selection import Selection
from kg.export.view import View
from kg.model import Status
from kg.stores.sqlite import SqliteStore, open_store
from odd_names import make_odd_desk

DRUGS = Selection(predicates=("interacts_with",))


def test_an_edge_is_a_fact(small_store: SqliteStore) -> None:
    pytest.importorskip("networkx", reason="needs NetworkX: pip install 'medkg[export]'")
    graph = to_networkx(small_store)
    facts = {fact.id: fact for fact in small_store.iter_facts()}
    assert {key for _, _, key in graph.edges(keys=True)} == facts.keys()
    for subject, object_, key, said in graph.edges(keys=True, data=True):
        fact = facts[key]
        assert (subject, object_) == (fact.subject.curie, fact.object.curie)
        assert (said["confidence"], said["status"]) == (fact.confidence, fact.status.value)
    assert set(graph.nodes) == {node.curie for node in small_store.iter_nodes()}
    assert graph.nodes["drugbank:DB00682"]["synonyms"] == "Coumadin\n华法令"
    assert set(dict(to_networkx(small_store, DRUGS).nodes(data="kind")).values()) == {"drug"}


@pytest.mark.parametrize("selection", [None, DRUGS])
def test_graphml_is_read_as_the_same_graph(
    selection: Selection | None, small_store: SqliteStore, tmp_path: Path
) -> None:
    networkx = pytest.importorskip("networkx", reason="needs NetworkX: pip install 'medkg[export]'")
    write_graph("graphml", small_store, tmp_path / "out", selection=selection)
    read = networkx.read_graphml(tmp_path / "out" / "graph.graphml", force_multigraph=True)
    expected = to_networkx(small_store, selection)
    assert dict(read.nodes(data=True)) == dict(expected.nodes(data=True))
    assert _edges(read) == _edges(expected)


def _edges(graph: Any) -> dict[str, tuple[str, str, dict[str, Any]]]:
    return {key: (one, other, said) for one, other, key, said in graph.edges(keys=True, data=True)}


def test_hostile_names_are_no_broken_xml(tmp_path: Path) -> None:
    desk = make_odd_desk(tmp_path)
    with open_store(str(desk.graph)) as store:
        counts = write_graph("graphml", store, tmp_path / "out")
    tree = etree.parse(tmp_path / "out" / "graph.graphml")
    names = {node.get("id") for node in tree.iter("{*}node")}
    assert len(names) == counts["nodes"]
    assert all({edge.get("source"), edge.get("target")} <= names for edge in tree.iter("{*}edge"))


def test_arrays_point_at_the_nodes_of_their_kinds(small_store: SqliteStore) -> None:
    with small_store.snapshot():
        arrays = read_arrays(View(small_store))
    facts = {fact.id: fact for fact in small_store.iter_facts()}
    width = len(ATTRIBUTES)
    for (subject_kind, predicate, object_kind), edges in arrays.edges.items():
        for place, id_ in enumerate(edges.facts):
            fact = facts.pop(id_)
            assert arrays.nodes[subject_kind][edges.subjects[place]] == fact.subject.curie
            assert arrays.nodes[object_kind][edges.objects[place]] == fact.object.curie
            assert predicate == fact.predicate
            said = list(edges.attributes[place * width : (place + 1) * width])
            assert said[0] == pytest.approx(fact.confidence)
            assert said[1:] == [float(status is fact.status) for status in Status]
    assert not facts


def test_tensors_are_those_of_the_arrays(small_store: SqliteStore, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'medkg[train]'")
    counts = write_graph("hetero", small_store, tmp_path / "out")
    saved = torch.load(tmp_path / "out" / "graph.pt", weights_only=True)
    names = json.loads((tmp_path / "out" / "names.json").read_text(encoding="utf-8"))
    assert saved["num_nodes"] == {kind: len(curies) for kind, curies in names["nodes"].items()}
    assert sum(edges["edge_index"].shape[1] for edges in saved["edges"].values()) == counts["edges"] == 14
    for edge in names["edges"]:
        tensors = saved["edges"][tuple(edge["type"])]
        assert tensors["edge_index"].shape == (2, len(edge["facts"]))
        assert tensors["edge_attr"].shape == (len(edge["facts"]), len(ATTRIBUTES))


def test_hetero_data_holds_together(small_store: SqliteStore) -> None:
    pytest.importorskip("torch_geometric", reason="needs PyTorch Geometric: pip install 'medkg[train]'")
    data = to_hetero(small_store, Selection(statuses=(Status.SUPPORTED,)))
    assert data.validate(raise_on_error=True)
    assert data["drug", "interacts_with", "drug"].edge_index.shape[0] == 2
    assert "drugbank:DB00682" in data["drug"].curie


def test_what_is_not_installed_is_named(small_store: SqliteStore, tmp_path: Path) -> None:
    try:
        import torch  # noqa: F401
    except ImportError:
        with pytest.raises(ExportError, match=r"medkg\[train\]"):
            write_graph("hetero", small_store, tmp_path / "out")
        with pytest.raises(ExportError, match=r"medkg\[train\]"):
            to_hetero(small_store)
        assert not (tmp_path / "out").exists()
