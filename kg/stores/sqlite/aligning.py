"""The names that documents write, and moving what hangs on a name from one concept to another.

The rows of a name are found through the nodes that `uses` has for it and the facts of those: `facts_by_subject` or
`facts_by_object`, then `evidence_by_fact`, which holds the names; no index of evidence by name is needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import apsw
import orjson

from kg.model import Diff, Evidence, NameUse, Node, Touched
from kg.roles import Settle
from kg.stores.keys import key_of
from kg.stores.settling import Gathered, Moving, Support, supports_of, tell_moves
from kg.stores.sqlite.counting import count_names
from kg.stores.sqlite.dormant import dormant_names, find_dormant, keep_dormant, wake
from kg.stores.sqlite.journal import log_change
from kg.stores.sqlite.rows import EVIDENCE_COLUMNS, EVIDENCE_JOINS, evidence_of, fetch, node_columns, node_of
from kg.stores.sqlite.writing import Change, Writing
from ontologies.collector import collector_paused
from ontologies.standing import form_of

_SIDES = ("subject", "object")
# The rows of a name and fact in a restricted document are one row: how many there are is not told.
_EACH_SIDE = """
select f.{side} as node, e.{side}_name as name, e.fact, e.document, e.id, e.key, e.weight
from {{source}} cross join evidence e on e.fact = f.id cross join documents d on d.id = e.document
where e.{side}_name > 0 and (not d.restricted or e.key = (select min(x.key) from evidence x
    where x.fact = e.fact and x.document = e.document and x.{side}_name = e.{side}_name))
"""
_OF = " union all ".join(
    _EACH_SIDE.format(side=side).format(source=f"json_each(:nodes) j cross join facts f on f.{side} = j.value")
    for side in _SIDES
)
_NAMES = f"""
select w.text, {node_columns("n")}, u.facts, u.evidence, u.documents from (
    select node, name, count(distinct fact) as facts, count(*) as evidence, count(distinct document) as documents
    from ({_OF}) group by node, name) u
join words w on w.id = u.name join nodes n on n.id = u.node order by u.facts desc, u.evidence desc, w.text, n.curie
"""
_EXAMPLES = f"""
select {EVIDENCE_COLUMNS} from (
    select id, key, weight from ({_OF}) where name = :name order by abs(weight) desc, key limit :first) r
cross join evidence e on e.id = r.id {EVIDENCE_JOINS} order by abs(r.weight) desc, r.key
"""
# The nodes of a name are few; the rows of a name under one of them are found in the index alone.
_FIND_BY_NAME = """
select e.id from json_each(:forms) j cross join uses u on u.form = j.value
cross join facts f on f.{side} = u.node cross join evidence e on e.fact = f.id where e.{side}_name = u.name
"""
_FIND_BY_NODE = """
select e.id from json_each(:curies) j cross join nodes n on n.curie = j.value
cross join facts f on f.{side} = n.id cross join evidence e on e.fact = f.id where e.{side}_name > 0
"""
_FOUND = " union ".join(find.format(side=side) for find in (_FIND_BY_NAME, _FIND_BY_NODE) for side in _SIDES)
_ROWS = f"""
select e.id, e.document, {node_columns("s")}, {node_columns("o")}, {EVIDENCE_COLUMNS}
from evidence e {EVIDENCE_JOINS} where e.id in ({_FOUND}) order by e.document, e.id
"""
_SUPPORTED = """
select distinct e.fact, e.document from json_each(?) j
cross join evidence e on e.fact = j.value ->> 0 and e.document = j.value ->> 1
"""
_NODES_OF = "select distinct u.node from json_each(?) j cross join uses u on u.form = j.value"
_THERE = "select 1 from evidence where document = ? and key = ?"


class Aligning(Writing):
    """The `Alignments` role of the embedded store."""

    def iter_names(
        self, *, curies: Collection[str] = (), forms: Collection[str] = (), dormant: bool = False
    ) -> Iterator[NameUse]:
        """Every name with its concept, most facts first.

        Where any are given, those of these concepts alone, and those with one of these normal forms. With `dormant`
        also, at the end, the names in rows that sleep since both of their sides are one concept.
        """
        touched = Touched(frozenset(forms), frozenset(curies))
        with self._db.read() as connection:
            if not touched:
                yield from count_names(connection)
            nodes = {number for curie in curies if (number := self._nodes.number(curie))}
            nodes.update(node for (node,) in fetch(connection, _NODES_OF, (_json(forms),)))
            for row in fetch(connection, _NAMES, {"nodes": _json(nodes)}) if touched else ():
                use = NameUse(row[0], node_of(row[1:7]), *row[7:])
                if use.node.curie in curies or form_of(use.name) in forms:
                    yield use
            if dormant:
                yield from dormant_names(connection, touched)

    def find_examples(self, name: str, curie: str, *, first: int) -> list[Evidence]:
        """Up to `first` evidence rows in which `name` was aligned to `curie`, best score first."""
        with self._db.read() as connection:
            asked = {"nodes": f"[{self._nodes.number(curie) or 0}]", "name": self._words.find(name), "first": first}
            rows = fetch(connection, _EXAMPLES, asked)
            return [evidence_of(row, restricted=self._db.restricted) for row in rows]

    def realign(self, touched: Touched, settle: Settle, *, dry_run: bool = False) -> list[Diff]:
        """What changed in each document after every row that is touched stands where `settle` puts it.

        All in one transaction, facts derived anew. `kept` counts the facts on which a moved row stood and which its
        document still supports. With `dry_run` the diffs alone.
        """
        with collector_paused(), self._transaction(rehearsed=dry_run) as (connection, change):
            found = _find_rows(connection, touched)
            moved = found.rows.settle(settle)
            supported = found.supported(connection, moved)
            self._move_rows(connection, change, moved, found.documents)
            diffs = list(tell_moves(moved, supported, found.supported(connection, moved), self._clock()))
            for diff in diffs:
                change.log.append(repr(diff))
                if diff.added or diff.retracted:
                    log_change(connection, diff)
            return diffs

    def _move_rows(
        self, connection: apsw.Connection, change: Change, moved: Sequence[Moving], documents: Mapping[str, int]
    ) -> None:
        connection.executemany("delete from evidence where id=?", ((number,) for row in moved for number in row.gone))
        wake(connection, (number for row in moved for number in row.asleep))
        slept = ((documents[row.document], row.after.asleep) for row in moved if row.after.asleep)
        keep_dormant(connection, slept)
        fresh = {(documents[row.document], key_of(one.id)): one for row in moved for one in row.fresh}
        fresh = {key: row for key, row in fresh.items() if connection.execute(_THERE, key).get is None}
        self._save_nodes(fresh.values(), {node.curie: node for row in moved for node in row.after.nodes})
        self._add_rows(connection, fresh)
        left = [row for one in moved for row in one.left]
        change.facts.update(key_of(row.fact_id) for row in (*left, *fresh.values()))
        ends = {curie for row in left for curie in (row.subject, row.object)}
        change.ends.update(number for curie in ends if (number := self._nodes.number(curie)))

    def _save_nodes(self, rows: Iterable[Evidence], nodes: dict[str, Node]) -> None:
        for curie in dict.fromkeys(curie for row in rows for curie in (row.subject, row.object)):
            self._nodes.save(nodes[curie])


def _json(values: Iterable[str] | Iterable[int]) -> str:
    return orjson.dumps(sorted(values)).decode()


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows that are touched, and the numbers of their documents."""

    rows: Gathered = field(default_factory=Gathered)
    documents: dict[str, int] = field(default_factory=dict)

    def supported(self, connection: apsw.Connection, moved: Iterable[Moving]) -> set[Support]:
        """Of the facts that the rows stood on and will stand on, those that their document supports now."""
        ids = {(key_of(fact), self.documents[name]): (fact, name) for fact, name in supports_of(moved)}
        pairs = orjson.dumps(list(ids)).decode()
        return {ids[fact, document] for fact, document in fetch(connection, _SUPPORTED, (pairs,))}


def _find_rows(connection: apsw.Connection, touched: Touched) -> _Found:
    """The rows with the names or about the concepts that are touched, by document and in the order of its text."""
    asked = {"forms": _json(touched.forms), "curies": _json(touched.curies)}
    found = _Found()
    for number, document, *rest in fetch(connection, _ROWS, asked):
        # Whole, since a row's id is made of its quote; they stay in the store.
        row = evidence_of(rest[12:], restricted=True)
        found.documents[row.document] = document
        found.rows.stands(number, row, node_of(rest[:6]), node_of(rest[6:12]))
    for sleeper in find_dormant(connection, touched):
        found.documents[sleeper.row.document] = sleeper.document
        found.rows.sleeps(sleeper.number, sleeper.row, sleeper.node)
    return found
