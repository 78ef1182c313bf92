"""A graph as a NetworkX object, in memory: a node a concept, an edge a fact, keyed by the fact's id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import ExportError
from kg.export.properties import edge_properties, node_properties
from kg.export.selection import Selection
from kg.export.view import View
from kg.roles import Store

if TYPE_CHECKING:
    from networkx import MultiDiGraph


def to_networkx(store: Store, selection: Selection | None = None) -> MultiDiGraph[str]:
    """The graph, or a part of it, as a `networkx.MultiDiGraph`; about 2 kB of memory for each fact.

    Nodes are CURIEs, edges have the ids of facts as keys; their properties are those of the GraphML export. Facts that
    are only denied are among them: ask `status`.

    Raises:
        ExportError: NetworkX is not installed.
        UnknownNameError: the selection names what the graph does not have.
    """
    try:
        from networkx import MultiDiGraph
    except ImportError as error:
        raise ExportError("a NetworkX object needs NetworkX: pip install 'medkg[export]'") from error
    graph: MultiDiGraph[str] = MultiDiGraph()
    with store.snapshot():
        view = View(store, selection)
        graph.graph["graph_version"] = store.get_meta()["graph_version"]
        graph.add_nodes_from((node.curie, node_properties(node)) for node in view.iter_nodes())
        graph.add_edges_from(
            (fact.subject.curie, fact.object.curie, fact.id, edge_properties(fact)) for fact in view.iter_facts()
        )
    return graph
