"""Pages of facts: which index serves a question, and the SQL that walks it.

A page on a hub costs no more than one on a leaf: each predicate and status asked for is an arm, a range of an index in
the order of the page, and the arms are merged, one look-up for each fact given.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import apsw
import orjson

from kg.identity import fact_id
from kg.model import FactQuery, Status
from kg.predicates import PREDICATES
from kg.stores.keys import key_of
from kg.stores.sqlite.rows import FACT_COLUMNS, FACT_JOINS, fetch
from kg.stores.sqlite.schema import STATUS_CODES
from kg.stores.written import MILLION

#: Above every confidence and key: where the first page begins.
TOP = (1 << 31, (1 << 63) - 1)

_ORDER = "order by x.confidence desc, x.id desc"
_SIDES = ("subject", "object")


def _best(arm: str, rank: str, key: str) -> str:
    """SQL of the best fact of an arm after a place: a look-up or two in the index of the arm's side.

    Facts of one confidence are many, and SQLite does not carry a comparison of pairs into the row id of an index: so
    the rest of that confidence is asked for first, then what lies below it.
    """
    same = f"x.confidence = {rank} and x.id < {key} and {rank} >= :least order by x.id desc limit 1"
    below = f"x.confidence < {rank} and x.confidence >= :least {_ORDER} limit 1"
    sides = {
        "'subject'": f"x.subject = {arm}.node and",
        "'object'": f"x.object = {arm}.node and",
        "'other'": f"x.object = {arm}.node and x.subject <> {arm}.node and",
        "'any'": "",
    }
    best = "(select x.id from facts x where {} x.predicate = {arm}.predicate and x.status = {arm}.status and {})"
    whens = (
        f"when {name} then coalesce({best.format(where, same, arm=arm)}, {best.format(where, below, arm=arm)})"
        for name, where in sides.items()
    )
    return f"case {arm}.side {' '.join(whens)} end"


# The queue of a recursive query, being ordered, merges the arms: it gives the best fact of all and takes in the next
# of the same arm.
_PAGE = f"""
with recursive arm as materialized (
    select value ->> 0 as side, value ->> 1 as node, value ->> 2 as predicate, value ->> 3 as status
    from json_each(:arms)),
merged (side, node, predicate, status, confidence, id) as (
    select arm.*, f.confidence, f.id from arm cross join facts f on f.id = {_best("arm", ":rank", ":key")}
    union all
    select m.side, m.node, m.predicate, m.status, f.confidence, f.id
    from merged m cross join facts f on f.id = {_best("m", "m.confidence", "m.id")}
    order by 5 desc, 6 desc limit :count)
select {FACT_COLUMNS} from merged x cross join facts f on f.id = x.id {FACT_JOINS} {_ORDER}
"""
_LISTED = f"""
select {FACT_COLUMNS} from (
    select x.* from facts x where x.id in ({{source}})
    and (x.confidence, x.id) < (:rank, :key) and x.confidence >= :least
    and x.status in (select value from json_each(:statuses))
    and (:predicates = '' or x.predicate in (select value from json_each(:predicates)))
    and (:subject is null or x.subject = :subject
        or x.object = :subject and x.predicate in (select value from json_each(:symmetric)))
    and (:object is null or x.object = :object
        or x.subject = :object and x.predicate in (select value from json_each(:symmetric)))
    and (:about is null or x.subject = :about or x.object = :about)
    {_ORDER} limit :count) f
{FACT_JOINS} order by f.confidence desc, f.id desc
"""
_BY_IDS = _LISTED.format(source="select value from json_each(:ids)")
_BY_DOCUMENT = _LISTED.format(source="select fact from evidence where document = :document")
_BY_BOTH = _LISTED.format(
    source="select fact from evidence where document = :document intersect select value from json_each(:ids)"
)

# A loose scan: one step for each predicate in use, however many facts there are.
_PREDICATES_IN_USE = """
with recursive used (predicate) as (
    select min(predicate) from facts
    union all select (select min(predicate) from facts f where f.predicate > used.predicate) from used
    where used.predicate is not null)
select w.text, w.id from used join words w on w.id = used.predicate
"""


def plan_page(connection: apsw.Connection, query: FactQuery, after: tuple[int, int], count: int) -> tuple[str, Any]:
    """The SQL of a page and its bindings; an empty SQL where nothing in the graph can fit."""
    nodes = {name: _number(connection, "nodes", "curie", getattr(query, name)) for name in (*_SIDES, "about")}
    document = _number(connection, "documents", "name", query.document)
    if 0 in nodes.values() or document == 0:
        return "", {}
    used: dict[str, int] = dict(fetch(connection, _PREDICATES_IN_USE))
    asked = {name: used[name] for name in query.predicates or used if name in used}
    statuses = [STATUS_CODES[status] for status in query.statuses or tuple(Status)]
    bindings = {"rank": after[0], "key": after[1], "least": round(query.min_confidence * MILLION), "count": count}
    if query.ids or document or (query.subject and query.object):
        listed = _list_bindings(query, used, asked, statuses)
        return _list_sql(query), bindings | listed | nodes | {"document": document}
    arms = list(_arms(nodes, asked, statuses))
    return (_PAGE, bindings | {"arms": orjson.dumps(arms).decode()}) if arms else ("", {})


def _number(connection: apsw.Connection, table: str, column: str, name: str | None) -> int | None:
    """Number of a node or document; None where none is asked for, 0 where it is unknown."""
    if name is None:
        return None
    return connection.execute(f"select id from {table} where {column} = ?", (name,)).get or 0


def _arms(
    nodes: dict[str, int | None], asked: dict[str, int], statuses: list[int]
) -> Iterable[tuple[str, int | None, int, int]]:
    for name, predicate in asked.items():
        known = PREDICATES.get(name)
        for side, node in _sides(nodes, symmetric=known is not None and known.symmetric):
            for status in statuses:
                yield side, node, predicate, status


def _sides(nodes: dict[str, int | None], *, symmetric: bool) -> list[tuple[str, int | None]]:
    """Where an arm looks; `other` is the object's side without facts that the subject's side gives already."""
    node = nodes["about"] or nodes["subject"] or nodes["object"]
    if node and (nodes["about"] or symmetric):
        return [("subject", node), ("other", node)]
    return [(side, nodes[side]) for side in _SIDES if nodes[side]] or [("any", None)]


def _list_sql(query: FactQuery) -> str:
    by_ids = bool(query.ids or (query.subject and query.object))
    return (_BY_BOTH if by_ids else _BY_DOCUMENT) if query.document else _BY_IDS


def _list_bindings(
    query: FactQuery, used: dict[str, int], asked: dict[str, int], statuses: list[int]
) -> dict[str, str]:
    keys = [key_of(id_) for id_ in query.ids]
    if not keys and query.subject and query.object:
        keys = [key_of(fact_id(query.subject, name, query.object)) for name in asked]
    symmetric = [number for name, number in used.items() if name in PREDICATES and PREDICATES[name].symmetric]
    return {
        "ids": orjson.dumps(keys).decode(),
        "statuses": orjson.dumps(statuses).decode(),
        "predicates": orjson.dumps(list(asked.values())).decode() if query.predicates else "",
        "symmetric": orjson.dumps(symmetric).decode(),
    }
