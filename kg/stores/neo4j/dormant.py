"""Rows of evidence that sleep on a server, found by their names and by the concept that both of their sides are."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from kg.model import Asleep, Evidence, Node, Touched
from kg.stores.neo4j.sending import send
from kg.stores.neo4j.server import Cypher
from kg.stores.sleeping import read_sleeper, read_sleepers_node, standing_at, write_sleeper
from ontologies.standing import form_of

_KEEP = "UNWIND $rows AS row MERGE (s:Dormant {key: row.key}) SET s += row"
_FORGET = "UNWIND $rows AS document MATCH (s:Dormant {document: document}) DELETE s"
_WAKE = "UNWIND $rows AS key MATCH (s:Dormant {key: key}) DELETE s"
_FIND = """
CALL () {
    MATCH (s:Dormant) WHERE s.subject_form IN $forms RETURN s
    UNION MATCH (s:Dormant) WHERE s.object_form IN $forms RETURN s
    UNION MATCH (s:Dormant) WHERE s.curie IN $curies RETURN s }
RETURN s.key, s.curie, s.row, s.node ORDER BY s.document, s.key
"""


def keep_dormant(cypher: Cypher, rows: Iterable[Asleep]) -> None:
    """Put rows to sleep."""
    send(cypher, _KEEP, map(sleeper_properties, rows))


def find_dormant(cypher: Cypher, touched: Touched) -> Iterator[tuple[str, Evidence, Node]]:
    """The sleeping rows with one of those names, or both of whose sides are one of those concepts, with their keys."""
    asked = {"forms": sorted(touched.forms), "curies": sorted(touched.curies)}
    for key, curie, row, node in cypher.rows(_FIND, **asked):
        yield key, standing_at(read_sleeper(row), curie), read_sleepers_node(node)


def wake(cypher: Cypher, keys: Iterable[Hashable]) -> None:
    """Take rows out of those that sleep."""
    send(cypher, _WAKE, keys)


def forget_dormant(cypher: Cypher, documents: Iterable[str]) -> None:
    """Let go of the sleeping rows of documents: they left, or new versions came in their place."""
    send(cypher, _FORGET, sorted(documents))


def sleeper_properties(asleep: Asleep) -> dict[str, Any]:
    """A sleeping row as its node keeps it."""
    row, node = asleep.row, asleep.node
    return {
        "key": row.id,
        "document": row.document,
        "curie": node.curie,
        "node": write_sleeper(node),
        "row": write_sleeper(row),
        "subject_form": form_of(row.subject_name),
        "object_form": form_of(row.object_name),
    }
