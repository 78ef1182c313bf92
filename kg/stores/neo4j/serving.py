"""Reads that belong together, for serving; and reads of everything, for exports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kg.model import Evidence, Fact, FactQuery, Node, Retired
from kg.stores.cursors import write_cursor
from kg.stores.keys import KEY_MASK, key_of
from kg.stores.neo4j.rows import (
    BETWEEN,
    EVIDENCE_COLUMNS,
    FACT_COLUMNS,
    FACT_ENDS,
    TOLD,
    evidence_of,
    fact_of,
    node_columns,
    node_of,
)
from kg.stores.neo4j.server import Server
from kg.stores.written import MILLION

#: Facts that the server puts in order at a time: few enough for the memory of a transaction on a small server.
SORTED_AT_ONCE = 250_000

_NODES = f"MATCH (n:Concept) WHERE n.curie IS NOT NULL RETURN {node_columns('n')} ORDER BY n.curie"
_COUNT = "MATCH (:Concept)-[r]->(:Concept) RETURN count(r)"
_FACTS = f"""
MATCH (:Concept)-[r]->(:Concept) WHERE r.key >= $from AND ($to IS NULL OR r.key < $to)
{FACT_ENDS} ORDER BY r.key RETURN {FACT_COLUMNS}
"""
# Documents in the order of their index, the rows of each sorted by themselves.
_EVIDENCE = f"""
MATCH (d:Document) WHERE d.id IS NOT NULL WITH d ORDER BY d.id
CALL (d) {{ MATCH (e:Evidence)-[:SAID_IN]->(d) WHERE {TOLD} RETURN e ORDER BY e.key }}
RETURN {EVIDENCE_COLUMNS}
"""
_INPUTS = "MATCH (i:Input) WHERE i.key IS NOT NULL RETURN i.content_hash, i.stamp ORDER BY i.key"
_RETIRED = f"""
MATCH (f:Retired) WITH f, f.subject AS subject, f.object AS object WHERE NOT EXISTS {{ {BETWEEN} WHERE r.id = f.id }}
RETURN f.id, f.subject, f.predicate, f.object, f.subject_name, f.object_name
"""


class Serving:
    """The `Snapshots` and `Memory` roles of the store on a server, all nodes, facts and evidence."""

    _server: Server

    @contextmanager
    def snapshot(self, *, restricted: bool = False) -> Iterator[None]:
        """Everything read inside sees one state of the graph, and with `restricted` the words of all documents.

        Raises `GraphChangedError` at its end where the graph was written to meanwhile: the server has no snapshots.
        """
        with self._server.snapshot(restricted=restricted):
            yield

    def write_cursor(self, fact: Fact, query: FactQuery) -> str:
        """The cursor that stands after `fact` in the answer to `query`."""
        return write_cursor(round(fact.confidence * MILLION), key_of(fact.id), question=query)

    def iter_nodes(self) -> Iterator[Node]:
        """All nodes, by CURIE."""
        with self._server.stream() as cypher:
            yield from map(node_of, cypher.each(_NODES))

    def iter_facts(self) -> Iterator[Fact]:
        """All facts, by id's beginning: the same order whatever order they were loaded in.

        The server looks over all of them once for each range of ids that it sorts.
        """
        with self._server.stream() as cypher:
            parts = 1 + cypher.value(_COUNT) // SORTED_AT_ONCE
            ends = [part * (KEY_MASK + 1) // parts for part in range(parts + 1)]
            # The greatest key is the greatest integer there is: no integer lies above it.
            for low, high in zip(ends, [*ends[1:-1], None], strict=False):
                yield from map(fact_of, cypher.each(_FACTS, **{"from": low, "to": high}))

    def iter_evidence(self) -> Iterator[Evidence]:
        """All evidence rows, by document and key; without the scope a restricted one has one row a fact."""
        with self._server.stream() as cypher:
            scope = self._server.restricted
            for row in cypher.each(_EVIDENCE, restricted=scope):
                yield evidence_of(row, restricted=scope)

    def iter_inputs(self) -> Iterator[tuple[str, str]]:
        """Content hash and stamp of every input that counts as known."""
        with self._server.stream() as cypher:
            yield from ((content_hash, stamp) for content_hash, stamp in cypher.each(_INPUTS))

    def iter_retired(self) -> Iterator[Retired]:
        """The facts that are gone."""
        with self._server.stream() as cypher:
            for row in cypher.each(_RETIRED):
                yield Retired(*row)
