"""Answers from the graph: nodes, pages of facts, their evidence, facts that oppose each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kg.model import Conflict, Evidence, Fact, FactQuery, Node, Page
from kg.stores.cursors import read_cursor, write_cursor
from kg.stores.facing import facing
from kg.stores.keys import keys_of
from kg.stores.neo4j.paging import TOP, plan_page
from kg.stores.neo4j.rows import (
    BETWEEN,
    EVIDENCE_COLUMNS,
    FACT_COLUMNS,
    TOLD,
    evidence_of,
    fact_of,
    node_columns,
    node_of,
    place_of,
)
from kg.stores.neo4j.searching import find_nodes
from kg.stores.neo4j.server import Server
from ontologies.model import Kind

_NODES = f"UNWIND $curies AS curie MATCH (n:Concept {{curie: curie}}) RETURN {node_columns('n')}"
_EVIDENCE = f"""
UNWIND $ids AS fact
CALL (fact) {{
    MATCH (e:Evidence {{fact: fact}})-[:SAID_IN]->(d:Document) WHERE {TOLD}
    RETURN e, d ORDER BY abs(e.weight) DESC, e.key LIMIT $first
}}
RETURN {EVIDENCE_COLUMNS} ORDER BY e.fact, abs(e.weight) DESC, e.key
"""
_CONFLICTS = f"""
MATCH (c:Conflict) WHERE c.rank <= $rank AND c.opposing IS NOT NULL AND (c.rank < $rank OR c.opposing < $key)
WITH c, c.subject AS subject, c.object AS object ORDER BY c.rank DESC, c.opposing DESC LIMIT $count
{BETWEEN} WHERE r.key IN [c.fact, c.opposing]
RETURN c.rank, c.opposing, {FACT_COLUMNS} ORDER BY c.rank DESC, c.opposing DESC
"""


class Reading:
    """The `GraphReader` role of the store on a server."""

    _server: Server

    def get_nodes(self, curies: Sequence[str]) -> list[Node | None]:
        """The nodes by CURIE, in the order asked, None where unknown."""
        rows = self._server.read(lambda cypher: cypher.rows(_NODES, curies=list(dict.fromkeys(curies))))
        found = {row[0]: node_of(row) for row in rows}
        return [found.get(curie) for curie in curies]

    def find_nodes(self, text: str, *, kinds: Sequence[Kind] = (), limit: int = 25) -> list[tuple[Node, float]]:
        """Nodes whose names fit `text` (whole, beginning, words, Chinese characters), best first, each with a score."""
        return self._server.read(lambda cypher: find_nodes(cypher, text, kinds=kinds, limit=limit))

    def find_facts(self, query: FactQuery, *, first: int, after: str | None = None) -> Page:
        """A page of facts by descending confidence, ties by descending id."""
        start = read_cursor(after, question=query) if after is not None else TOP
        keys_of(query.ids)
        statement, parameters = plan_page(query, start, first + 1)
        rows = self._server.read(lambda cypher: cypher.rows(statement, **parameters))
        facts = tuple(facing(fact_of(row), query) for row in rows[:first])
        more = len(rows) > first > 0
        cursor = write_cursor(*place_of(rows[first - 1]), question=query) if more else None
        return Page(facts, cursor)

    def get_evidence(self, fact_ids: Sequence[str], *, first: int) -> dict[str, list[Evidence]]:
        """Up to `first` evidence rows a fact, the most believed first; unknown facts have none."""
        found: dict[str, list[Evidence]] = {id_: [] for id_ in fact_ids}
        keys_of(fact_ids)
        scope = self._server.restricted
        asked = {"ids": list(found), "first": first, "restricted": scope}
        for row in self._server.read(lambda cypher: cypher.rows(_EVIDENCE, **asked)):
            evidence = evidence_of(row, restricted=scope)
            found[evidence.fact_id].append(evidence)
        return found

    def find_conflicts(self, *, first: int, after: str | None = None) -> tuple[list[Conflict], str | None]:
        """A page of opposing pairs of facts, the surest first, and the cursor of the next."""
        rank, key = read_cursor(after, question="conflicts") if after is not None else TOP
        asked = {"rank": rank, "key": key, "count": first + 1}
        pairs = _pair(self._server.read(lambda cypher: cypher.rows(_CONFLICTS, **asked)))
        more = len(pairs) > first > 0
        conflicts = [Conflict(fact, opposing) for _, fact, opposing in pairs[:first]]
        return conflicts, write_cursor(*pairs[first - 1][0], question="conflicts") if more else None


def _pair(rows: Iterable[Sequence[Any]]) -> list[tuple[tuple[int, int], Fact, Fact]]:
    """From two rows a conflict to its place in the order, the fact and the opposing one."""
    pairs: dict[tuple[int, int], dict[bool, Fact]] = {}
    for rank, opposing, *row in rows:
        pairs.setdefault((rank, opposing), {})[row[0] == opposing] = fact_of(row)
    return [(place, both[False], both[True]) for place, both in pairs.items()]
