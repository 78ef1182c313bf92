"""What each document brings to a graph, read back whole, so that another graph can be given the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kg.model import Asleep, Contribution
from kg.stores.neo4j.documents import DOCUMENT, Documents, document_of
from kg.stores.neo4j.rows import EVIDENCE_COLUMNS, evidence_of, node_columns, node_of
from kg.stores.neo4j.server import Cypher
from kg.stores.sleeping import read_sleeper, read_sleepers_node

_ROWS = f"MATCH (d:Document {{id: $id}})<-[:SAID_IN]-(e:Evidence) RETURN {EVIDENCE_COLUMNS} ORDER BY e.key"
_NODES = f"UNWIND $curies AS curie MATCH (n:Concept {{curie: curie}}) RETURN {node_columns('n')}"
_ASLEEP = """
MATCH (s:Dormant) WHERE $id IS NULL OR s.document = $id
OPTIONAL MATCH (d:Document {id: s.document}) RETURN s.row, s.node, coalesce(d.restricted, false)
"""


class Contributing(Documents):
    """The part of `kg.roles.Exportable` that gives documents with what they say."""

    def iter_asleep(self) -> Iterator[Asleep]:
        """All rows that sleep since both of their sides are one concept."""
        with self._server.stream() as cypher:
            yield from _list_asleep(cypher, None, restricted=self._server.restricted)

    def get_contribution(self, document: str) -> Contribution | None:
        """What a document brings to the graph as it stands, or None where it is not loaded."""
        scope = self._server.restricted
        return self._server.read(lambda cypher: _contribution(cypher, document, restricted=scope))


def _contribution(cypher: Cypher, id_: str, *, restricted: bool) -> Contribution | None:
    asked = {"id": id_, "restricted": restricted}
    found = cypher.rows(DOCUMENT, **asked)
    if not found:
        return None
    rows = tuple(evidence_of(row, restricted=restricted) for row in cypher.rows(_ROWS, **asked))
    curies = sorted({curie for row in rows for curie in (row.subject, row.object)})
    nodes = tuple(map(node_of, cypher.rows(_NODES, curies=curies)))
    return Contribution(document_of(found[0]), nodes, rows, tuple(_list_asleep(cypher, id_, restricted=restricted)))


def _list_asleep(cypher: Cypher, document: str | None, *, restricted: bool) -> Iterator[Asleep]:
    """The rows as who reads may see them: without the scope those of restricted documents have no quote."""
    for text, node, hidden in cypher.each(_ASLEEP, id=document):
        row = read_sleeper(text)
        told = replace(row, quote="", start=0, end=0) if hidden and not restricted else row
        yield Asleep(told, read_sleepers_node(node))
