"""Answers from the graph: nodes, pages of facts, their evidence, facts that oppose each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import apsw
import orjson

from kg.model import Conflict, Evidence, Fact, FactQuery, Node, Page
from kg.stores.cursors import read_cursor, write_cursor
from kg.stores.facing import facing
from kg.stores.keys import key_of
from kg.stores.sqlite.database import Database
from kg.stores.sqlite.paging import TOP, plan_page
from kg.stores.sqlite.rows import (
    EVIDENCE_COLUMNS,
    EVIDENCE_JOINS,
    FACT_COLUMNS,
    FACT_JOINS,
    TOLD,
    evidence_of,
    fact_of,
    fetch,
    node_columns,
    node_of,
)
from kg.stores.sqlite.searching import find_nodes
from ontologies.model import Kind

_NODES = f"select {node_columns('n')} from json_each(?) j cross join nodes n on n.curie = j.value"
_FACTS = f"select {FACT_COLUMNS} from json_each(?) j cross join facts f on f.id = j.value {FACT_JOINS}"

# The ranking reads the covering index and numbers of documents alone; only the rows that are given are fetched.
_EVIDENCE = f"""
select {EVIDENCE_COLUMNS} from (
    select e.id, row_number() over (partition by e.fact order by abs(e.weight) desc, e.key) as place
    from json_each(:facts) j cross join evidence e on e.fact = j.value {{told}}) r
cross join evidence e on e.id = r.id {EVIDENCE_JOINS}
where r.place <= :first order by e.fact, r.place
"""
_ALL_EVIDENCE = _EVIDENCE.format(told="")
# Without the scope a restricted document has one row a fact, as `evidence_of` gives it.
_TOLD_EVIDENCE = _EVIDENCE.format(told=f"cross join documents d on d.id = e.document where {TOLD}")
_CONFLICTS = """
select rank, opposing, fact from conflicts where (rank, opposing) < (:rank, :key)
order by rank desc, opposing desc limit :count
"""


class Reading:
    """The `GraphReader` role of the embedded store."""

    _db: Database

    def get_nodes(self, curies: Sequence[str]) -> list[Node | None]:
        """The nodes by CURIE, in the order asked, None where unknown."""
        with self._db.read() as connection:
            rows = connection.execute(_NODES, (orjson.dumps(list(curies)).decode(),)).fetchall()
        found = {row[0]: node_of(row) for row in rows}
        return [found.get(curie) for curie in curies]

    def find_nodes(self, text: str, *, kinds: Sequence[Kind] = (), limit: int = 25) -> list[tuple[Node, float]]:
        """Nodes whose names fit `text` (whole, beginning, words, Chinese characters), best first, each with a score."""
        with self._db.read() as connection:
            return find_nodes(connection, text, kinds=kinds, limit=limit)

    def find_facts(self, query: FactQuery, *, first: int, after: str | None = None) -> Page:
        """A page of facts by descending confidence, ties by descending id."""
        start = read_cursor(after, question=query) if after is not None else TOP
        with self._db.read() as connection:
            sql, bindings = plan_page(connection, query, start, first + 1)
            rows = fetch(connection, sql, bindings) if sql else []
        facts = tuple(facing(fact_of(row), query) for row in rows[:first])
        more = len(rows) > first > 0
        cursor = write_cursor(rows[first - 1][2], rows[first - 1][0], question=query) if more else None
        return Page(facts, cursor)

    def get_evidence(self, fact_ids: Sequence[str], *, first: int) -> dict[str, list[Evidence]]:
        """Up to `first` evidence rows a fact, the most believed first; unknown facts have none."""
        found: dict[str, list[Evidence]] = {id_: [] for id_ in fact_ids}
        keys = orjson.dumps(sorted({key_of(id_) for id_ in fact_ids})).decode()
        ranked = _ALL_EVIDENCE if self._db.restricted else _TOLD_EVIDENCE
        with self._db.read() as connection:
            for row in connection.execute(ranked, {"facts": keys, "first": first}):
                evidence = evidence_of(row, restricted=self._db.restricted)
                found.setdefault(evidence.fact_id, []).append(evidence)
        return found

    def find_conflicts(self, *, first: int, after: str | None = None) -> tuple[list[Conflict], str | None]:
        """A page of opposing pairs of facts, the surest first, and the cursor of the next."""
        rank, key = read_cursor(after, question="conflicts") if after is not None else TOP
        with self._db.read() as connection:
            pairs = fetch(connection, _CONFLICTS, {"rank": rank, "key": key, "count": first + 1})
            facts = _facts_by_key(connection, (key for pair in pairs[:first] for key in pair[1:]))
        conflicts = [Conflict(facts[fact], facts[opposing]) for _, opposing, fact in pairs[:first]]
        more = len(pairs) > first > 0
        return conflicts, write_cursor(*pairs[first - 1][:2], question="conflicts") if more else None


def _facts_by_key(connection: apsw.Connection, keys: Iterable[int]) -> dict[int, Fact]:
    rows = fetch(connection, _FACTS, (orjson.dumps(list(set(keys))).decode(),))
    return {row[0]: fact_of(row) for row in rows}
