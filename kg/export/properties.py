"""What plain property graphs keep of a concept and of a fact: texts, numbers, truths; lists are lines of a text."""

from __future__ import annotations

from kg.model import Fact, Node
from kg.stores.written import write_qualifiers

Properties = dict[str, str | int | float | bool]


def node_properties(node: Node) -> Properties:
    """Names, kind, synonyms (one a line), and whether it is aligned."""
    return {
        "name": node.name,
        "name_zh": node.name_zh,
        "kind": node.kind.value,
        "synonyms": "\n".join(node.synonyms),
        "aligned": node.aligned,
    }


def edge_properties(fact: Fact) -> Properties:
    """Predicate, confidence, status, support, countries (with commas between), qualifiers (as JSON)."""
    return {
        "predicate": fact.predicate,
        "confidence": fact.confidence,
        "status": fact.status.value,
        "documents": fact.documents,
        "evidence_count": fact.evidence_count,
        "countries": ",".join(fact.countries),
        "qualifiers": write_qualifiers(fact.qualifiers),
    }
