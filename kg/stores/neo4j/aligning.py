"""Moves what hangs on a name from one concept to another, in a graph on a server.

The rows of a name are found by the normal forms that they keep of their names, those about a concept through its facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.model import Diff, Evidence, Node, Touched
from kg.roles import Settle
from kg.stores.neo4j.concepts import Concepts
from kg.stores.neo4j.dormant import find_dormant, keep_dormant, wake
from kg.stores.neo4j.replacing import Change, checked_triple
from kg.stores.neo4j.rows import EVIDENCE_COLUMNS, evidence_of, node_columns, node_of
from kg.stores.neo4j.sending import ask
from kg.stores.neo4j.server import Cypher
from kg.stores.neo4j.storing import add_rows, drop_rows
from kg.stores.neo4j.writing import Writing
from kg.stores.settling import Gathered, Moving, Support, supports_of, tell_moves

_SIDES = {"subject": "(c)-[r]->()", "object": "(c)<-[r]-()"}
_BY_FORM = "MATCH (e:Evidence) WHERE e.{side}_form IN $forms AND e.{side}_name <> ''"
_BY_CONCEPT = """
UNWIND $curies AS curie MATCH (c:Concept {{curie: curie}}) MATCH {pattern}
MATCH (e:Evidence) WHERE e.fact = r.id AND e.{side}_name <> ''
"""
_FOUND = " UNION ".join(
    f"{find.format(side=side, pattern=pattern)} RETURN e"
    for find in (_BY_FORM, _BY_CONCEPT)
    for side, pattern in _SIDES.items()
)
_ROWS = f"""
CALL () {{ {_FOUND} }}
MATCH (e)-[:SAID_IN]->(d:Document)
MATCH (s:Concept {{curie: e.subject}}) MATCH (o:Concept {{curie: e.object}})
RETURN {node_columns("s")}, {node_columns("o")}, {EVIDENCE_COLUMNS} ORDER BY e.document, e.key
"""
_SUPPORTED = """
UNWIND $rows AS row MATCH (e:Evidence {fact: row[0]}) WHERE e.document = row[1]
RETURN DISTINCT row[0], row[1]
"""
_THERE = "UNWIND $rows AS id MATCH (e:Evidence {id: id}) RETURN id"


class Aligning(Writing):
    """The writing side of the `Alignments` role of the store on a server."""

    def realign(self, touched: Touched, settle: Settle, *, dry_run: bool = False) -> list[Diff]:
        """What changed in each document after every row that is touched stands where `settle` puts it.

        All in one transaction, facts derived anew. `kept` counts the facts on which a moved row stood and which its
        document still supports. With `dry_run` the diffs alone.
        """

        def work(cypher: Cypher) -> list[Diff]:
            moved = _find_rows(cypher, touched).settle(settle)
            before, change = _find_supported(cypher, moved), Change()
            _move_rows(cypher, change, moved)
            diffs = list(tell_moves(moved, before, _find_supported(cypher, moved), self._clock()))
            change.log += map(repr, diffs)
            change.changes += [diff for diff in diffs if diff.added or diff.retracted]
            if not dry_run:
                self._finish(cypher, change, None)
            return diffs

        return self._server.write(work, keep=not dry_run)


def _find_rows(cypher: Cypher, touched: Touched) -> Gathered:
    """The rows with the names or about the concepts that are touched; whole, since they stay on the server."""
    found = Gathered()
    asked = {"forms": sorted(touched.forms), "curies": sorted(touched.curies), "restricted": True}
    for row in cypher.each(_ROWS, **asked):
        evidence = evidence_of(row[12:], restricted=True)
        found.stands(evidence.id, evidence, node_of(row[:6]), node_of(row[6:12]))
    for key, sleeper, node in find_dormant(cypher, touched):
        found.sleeps(key, sleeper, node)
    return found


def _find_supported(cypher: Cypher, moved: Iterable[Moving]) -> set[Support]:
    """Of the facts that the rows stood on and will stand on, those that their document supports now."""
    pairs = [list(pair) for pair in sorted(supports_of(moved))]
    return {(fact, document) for fact, document in ask(cypher, _SUPPORTED, pairs)}


def _move_rows(cypher: Cypher, change: Change, moved: Sequence[Moving]) -> None:
    drop_rows(cypher, [str(number) for row in moved for number in row.gone])
    wake(cypher, [key for row in moved for key in row.asleep])
    keep_dormant(cypher, [row.after.asleep for row in moved if row.after.asleep])
    fresh = {one.id: one for row in moved for one in row.fresh}
    there = {id_ for (id_,) in ask(cypher, _THERE, fresh)}
    fresh = {id_: row for id_, row in fresh.items() if id_ not in there}
    _save_nodes(cypher, fresh.values(), {node.curie: node for row in moved for node in row.after.nodes})
    add_rows(cypher, fresh.values())
    left = [row for one in moved for row in one.left]
    change.facts.update((row.fact_id, checked_triple(row)) for row in (*left, *fresh.values()))
    change.ends.update(curie for row in left for curie in (row.subject, row.object))


def _save_nodes(cypher: Cypher, rows: Iterable[Evidence], nodes: dict[str, Node]) -> None:
    curies = dict.fromkeys(curie for row in rows for curie in (row.subject, row.object))
    concepts = Concepts()
    concepts.look_up(cypher, curies)
    for curie in curies:
        concepts.save(nodes[curie])
    concepts.write(cypher)
