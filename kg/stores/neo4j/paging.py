"""Pages of facts: the Cypher that finds them, by what is asked for.

From a concept the server looks over its relationships of the asked types and keeps the best, which takes 30 ms for a
concept of 17,000 facts. Without a concept each type and status is an arm, a range of an index in the order of the
page. Facts by id, pair or document are found from their evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kg.identity import fact_id
from kg.model import FactQuery, Status
from kg.predicates import PREDICATES
from kg.stores.neo4j.layout import type_of
from kg.stores.neo4j.rows import BETWEEN, FACT_COLUMNS, FACT_ENDS, quote_names
from kg.stores.written import MILLION

#: Above every confidence and key: where the first page begins.
TOP = (1 << 31, (1 << 63) - 1)

_SYMMETRIC = tuple(name for name, predicate in PREDICATES.items() if predicate.symmetric)

_ORDER = "ORDER BY r.confidence DESC, r.key DESC LIMIT $count"
_FITS = (
    "(r.confidence < $rank OR r.confidence = $rank AND r.key < $key) AND r.confidence >= $least "
    "AND r.status IN $statuses"
)
_PAGE = "{found} WITH DISTINCT r " + f"{_ORDER} {FACT_ENDS} RETURN {FACT_COLUMNS} {_ORDER.partition(' LIMIT')[0]}"

# Index-backed: the server takes an order from an index whose properties it has in the question, in their order.
_RANGE = "ORDER BY r.status DESC, r.confidence DESC, r.key DESC LIMIT $count"
_BELOW = "r.confidence < $rank AND r.confidence >= $least AND r.key IS NOT NULL"
_SAME = "r.confidence = $rank AND r.key < $key"
_ARM = (
    f"CALL () {{{{ MATCH ()-[r:{{type}}]->() WHERE r.status = '{{status}}' AND {{fits}} RETURN r {_RANGE} }}}} RETURN r"
)

_LISTED = f"""{BETWEEN}
WHERE r.id = fact AND {_FITS} AND ($types IS NULL OR type(r) IN $types)
AND ($subject IS NULL OR s.curie = $subject OR o.curie = $subject AND type(r) IN $symmetric)
AND ($object IS NULL OR o.curie = $object OR s.curie = $object AND type(r) IN $symmetric)
AND ($about IS NULL OR s.curie = $about OR o.curie = $about)
"""
#: From ids of facts (`$ids`) to the ends of each, `fact`, `subject` and `object`: any of its evidence has them.
ENDS_OF_IDS = """
UNWIND $ids AS fact
CALL (fact) { MATCH (e:Evidence {fact: fact}) RETURN e.subject AS subject, e.object AS object LIMIT 1 }
"""
_BY_DOCUMENT = """
MATCH (:Document {id: $document})<-[:SAID_IN]-(e:Evidence) WHERE $ids IS NULL OR e.fact IN $ids
WITH DISTINCT e.fact AS fact, e.subject AS subject, e.object AS object
"""


def plan_page(query: FactQuery, after: tuple[int, int], count: int) -> tuple[str, dict[str, Any]]:
    """The Cypher of a page and its parameters."""
    statuses = [status.value for status in query.statuses or tuple(Status)]
    rank, key = after
    bounds = {"rank": rank / MILLION, "key": key, "least": round(query.min_confidence * MILLION) / MILLION}
    parameters = {**bounds, "count": count, "statuses": statuses}
    if query.ids or query.document or (query.subject and query.object):
        found = (_BY_DOCUMENT if query.document else ENDS_OF_IDS) + _LISTED
        return _PAGE.format(found=found), parameters | _listed(query)
    if node := query.about or query.subject or query.object:
        return _PAGE.format(found=_at_node(query)), parameters | {"node": node}
    return _PAGE.format(
        found=_anywhere(query.predicates or tuple(PREDICATES), statuses, first=after == TOP)
    ), parameters


def _listed(query: FactQuery) -> dict[str, Any]:
    ids: Sequence[str] = query.ids
    if not ids and query.subject and query.object:
        ids = [fact_id(query.subject, name, query.object) for name in query.predicates or tuple(PREDICATES)]
    return {
        "ids": list(ids) if ids or not query.document else None,
        "types": list(map(type_of, query.predicates)) or None,
        "symmetric": list(map(type_of, _SYMMETRIC)),
        "subject": query.subject,
        "object": query.object,
        "about": query.about,
        "document": query.document,
    }


def _at_node(query: FactQuery) -> str:
    """The facts of one concept: `$node` on either side, or on one side and for symmetric facts on the other too."""
    arms = [(query.predicates, "-")] if query.about else list(_sides(query))
    matches = (_from_node(predicates, arrow) for predicates, arrow in arms)
    return "CALL () { " + " UNION ALL ".join(matches) + " }"


def _sides(query: FactQuery) -> Iterable[tuple[Sequence[str], str]]:
    outward = bool(query.subject)
    yield query.predicates, ">" if outward else "<"
    symmetric = [name for name in _SYMMETRIC if not query.predicates or name in query.predicates]
    if symmetric:
        yield symmetric, "<" if outward else ">"


def _from_node(predicates: Sequence[str], arrow: str) -> str:
    types = f":{quote_names(map(type_of, predicates))}" if predicates else ""
    left, right = ("<-" if arrow == "<" else "-"), ("->" if arrow == ">" else "-")
    return f"MATCH (:Concept {{curie: $node}}){left}[r{types}]{right}(:Concept) WHERE {_FITS} RETURN r {_ORDER}"


def _anywhere(predicates: Iterable[str], statuses: Iterable[str], *, first: bool) -> str:
    """The facts of all concepts; a page that goes on looks for the rest of its confidence, too."""
    fits = [_BELOW] if first else [_SAME, _BELOW]
    arms = (
        _ARM.format(type=quote_names([type_of(name)]), status=status, fits=one)
        for name in predicates
        for status in statuses
        for one in fits
    )
    return "CALL () { " + " UNION ALL ".join(arms) + " }"
