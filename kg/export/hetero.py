"""A graph as tensors for PyTorch Geometric: node types are kinds of concepts, edge types are predicates between them.

All of it is in memory: 40 bytes for each fact and the CURIE of each concept.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from kg.errors import ExportError
from kg.export.records import write_about
from kg.export.selection import Selection
from kg.export.view import View
from kg.model import Fact, Status
from kg.roles import Store

if TYPE_CHECKING:
    from torch_geometric.data import HeteroData

EdgeType = tuple[str, str, str]

#: The columns of `edge_attr`: confidence, and 1 where the fact has that status.
ATTRIBUTES = ("confidence", *(status.value for status in Status))
_STATUSES = tuple(Status)


@dataclass(slots=True)
class Edges:
    """The facts of one edge type: places of their subjects and objects among the nodes of their kinds."""

    subjects: array[int] = field(default_factory=lambda: array("q"))
    objects: array[int] = field(default_factory=lambda: array("q"))
    attributes: array[float] = field(default_factory=lambda: array("f"))
    facts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Arrays:
    """Nodes by kind, each a CURIE in its place, and edges by type."""

    nodes: dict[str, list[str]] = field(default_factory=dict)
    edges: dict[EdgeType, Edges] = field(default_factory=dict)


def write(view: View, folder: Path) -> dict[str, int]:
    """Counts of nodes and edges, after graph.pt (plain tensors), names.json and meta.json are written."""
    arrays = read_arrays(view)
    _torch().save(_tensors(arrays), folder / "graph.pt")
    names = {
        "nodes": arrays.nodes,
        "edges": [{"type": list(type_), "facts": edges.facts} for type_, edges in arrays.edges.items()],
        "edge_attr": ATTRIBUTES,
    }
    (folder / "names.json").write_bytes(orjson.dumps(names) + b"\n")
    counts = {
        "nodes": sum(map(len, arrays.nodes.values())),
        "edges": sum(len(edges.facts) for edges in arrays.edges.values()),
    }
    return write_about(view, counts, folder)


def to_hetero(store: Store, selection: Selection | None = None) -> HeteroData:
    """The graph, or a part of it, as a `torch_geometric.data.HeteroData`.

    Each node type has `num_nodes` and `curie`, a list; each edge type (kind, predicate, kind) has `edge_index`
    (2 x edges), `edge_attr` (edges x 4, see `ATTRIBUTES`) and `fact`, a list of ids.

    Raises:
        ExportError: PyTorch or PyTorch Geometric is not installed.
        UnknownNameError: the selection names what the graph does not have.
    """
    try:
        from torch_geometric.data import HeteroData
    except ImportError as error:
        raise ExportError("HeteroData needs PyTorch Geometric: pip install 'medkg[train]'") from error
    with store.snapshot():
        arrays = read_arrays(View(store, selection))
    data = HeteroData()
    for kind, curies in arrays.nodes.items():
        data[kind].num_nodes = len(curies)
        data[kind].curie = curies
    for type_, tensors in _tensors(arrays)["edges"].items():
        data[type_].edge_index = tensors["edge_index"]
        data[type_].edge_attr = tensors["edge_attr"]
        data[type_].fact = arrays.edges[type_].facts
    return data


def read_arrays(view: View) -> Arrays:
    """Nodes and edges of what is selected, in the order of CURIEs and of facts."""
    arrays = Arrays()
    places: dict[str, int] = {}
    for node in view.iter_nodes():
        curies = arrays.nodes.setdefault(node.kind.value, [])
        places[node.curie] = len(curies)
        curies.append(node.curie)
    for fact in view.iter_facts():
        type_ = fact.subject.kind.value, fact.predicate, fact.object.kind.value
        edges = arrays.edges.setdefault(type_, Edges())
        edges.subjects.append(places[fact.subject.curie])
        edges.objects.append(places[fact.object.curie])
        edges.attributes.extend(_attributes(fact))
        edges.facts.append(fact.id)
    return arrays


def _attributes(fact: Fact) -> tuple[float, ...]:
    return fact.confidence, *(float(fact.status is status) for status in _STATUSES)


def _tensors(arrays: Arrays) -> dict[str, Any]:
    """Numbers of nodes by kind, and the tensors of each edge type."""
    import numpy as np

    torch = _torch()
    edges = {
        type_: {
            "edge_index": torch.from_numpy(np.stack([np.array(one.subjects), np.array(one.objects)])),
            "edge_attr": torch.from_numpy(np.array(one.attributes).reshape(-1, len(ATTRIBUTES))),
        }
        for type_, one in arrays.edges.items()
    }
    return {"num_nodes": {kind: len(curies) for kind, curies in arrays.nodes.items()}, "edges": edges}


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise ExportError("tensors need PyTorch: pip install 'medkg[train]'") from error
    return torch
