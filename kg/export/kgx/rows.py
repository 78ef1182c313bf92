"""Nodes and edges as KGX has them, streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kg.export.biolink import CATEGORIES, OWN_RESOURCE, describe_fact, resource_of, write_id
from kg.export.documents import Documents
from kg.export.records import row_form
from kg.export.view import View
from kg.forms import fact_form, node_form
from kg.model import Evidence, Fact, Node

NODE_COLUMNS = ("id", "category", "name", "synonym", "provided_by", "medkg")
EDGE_COLUMNS = (
    "id", "subject", "predicate", "object", "category", "original_predicate", "negated", "knowledge_level",
    "agent_type", "primary_knowledge_source", "aggregator_knowledge_source", "publications", "has_confidence_score",
    "medkg",
)  # fmt: skip


def iter_nodes(view: View) -> Iterator[dict[str, Any]]:
    """The concepts."""
    return map(_node, view.iter_nodes())


def iter_edges(view: View) -> Iterator[dict[str, Any]]:
    """The facts, each with its evidence."""
    documents = Documents(view.store)
    for fact, rows in view.iter_stated():
        documents.learn(row.document for row in rows)
        yield _edge(fact, rows, documents)


def _node(node: Node) -> dict[str, Any]:
    names = dict.fromkeys((node.name_zh, *node.synonyms))
    return {
        "id": write_id(node.curie),
        "category": [CATEGORIES[node.kind]],
        "name": node.name,
        "synonym": [name for name in names if name],
        "provided_by": [OWN_RESOURCE],
        "medkg": node_form(node),
    }


def _edge(fact: Fact, rows: list[Evidence], documents: Documents) -> dict[str, Any]:
    edge = describe_fact(fact, rows)
    return {
        "id": fact.id,
        "subject": write_id(fact.subject.curie),
        "predicate": edge.predicate,
        "object": write_id(fact.object.curie),
        "category": [edge.category],
        "original_predicate": f"medkg:{fact.predicate}",
        "negated": edge.negated,
        "knowledge_level": edge.level,
        "agent_type": edge.agent,
        "primary_knowledge_source": _first(resource_of(documents[row.document].source) for row in rows),
        "aggregator_knowledge_source": [OWN_RESOURCE],
        "publications": [write_id(document) for document in dict.fromkeys(row.document for row in rows)],
        "has_confidence_score": fact.confidence,
        "medkg": fact_form(fact) | {"evidence": list(map(row_form, rows))},
    }


def _first(resources: Iterable[str]) -> str:
    return next(iter(resources), OWN_RESOURCE)
