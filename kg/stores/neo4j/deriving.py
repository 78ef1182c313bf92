"""Derives facts from evidence: what a fact says, which facts oppose each other, and which have nothing left to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from kg.credits import Licences
from kg.errors import StoreError
from kg.model import Status
from kg.stores.keys import key_of
from kg.stores.neo4j.layout import type_of
from kg.stores.neo4j.licensing import read_licences
from kg.stores.neo4j.sending import ROWS, ask, assignments, chunks, send
from kg.stores.neo4j.server import Cypher
from kg.stores.summing import Said, Summed, Triple, opposed_by, partners_of, sum_up
from kg.stores.written import MILLION

_Said = TypeVar("_Said")

#: Facts by their ids.
Facts = Mapping[str, Triple]

_EVIDENCE = """
UNWIND $rows AS fact MATCH (e:Evidence {fact: fact})-[:SAID_IN]->(d:Document)
RETURN fact, d.id, e.weight, e.qualifiers, d.country, d.source, d.restricted ORDER BY fact
"""
_SAVE = """
UNWIND $rows AS row
MATCH (s:Concept {curie: row[0]}) MATCH (o:Concept {curie: row[1]})
MERGE (s)-[r:`%s` {id: row[2]}]->(o) SET %s RETURN count(*)
"""
_FIND = "UNWIND $curies AS curie MATCH (c:Concept {curie: curie}) RETURN curie"
# Also what came and went in one transaction, and is named in the changes.
_RETIRE = """
UNWIND $rows AS row
MATCH (s:Concept {curie: row.subject}) MATCH (o:Concept {curie: row.object})
MERGE (gone:Retired {id: row.id})
SET gone += row, gone.subject_name = s.name, gone.object_name = o.name
WITH row, s, o MATCH (s)-[r:`%s` {id: row.id}]->(o) DELETE r
"""
_FORGET_CONFLICTS = """
UNWIND $rows AS key
CALL (key) { MATCH (c:Conflict {opposing: key}) RETURN c UNION MATCH (c:Conflict {fact: key}) RETURN c }
DELETE c
"""
_KEEP_CONFLICTS = "UNWIND $rows AS row MERGE (c:Conflict {opposing: row.opposing}) SET c += row"


def derive(cypher: Cypher, touched: Facts) -> None:
    """Bring the facts whose evidence changed in line with it; those without evidence go."""
    for chunk in chunks(_pairs(touched), ROWS // 4):
        _derive(cypher, {triple.id: triple for pair in chunk for triple in pair}, touched)


def _pairs(touched: Facts) -> list[list[Triple]]:
    """The touched facts, those whose status hangs on each other together; in one order, whoever writes."""
    together = {tuple(partners_of(triple)) for triple in touched.values()}
    return [list(triples) for triples in sorted(together)]


def _derive(cypher: Cypher, facts: Facts, touched: Facts) -> None:
    licences = read_licences(cypher)
    summed = {id_: sum_fact(facts[id_], rows, licences) for id_, rows in _evidence_of(cypher, facts).items()}
    gone = [(triple, id_) for id_, triple in facts.items() if id_ in touched and id_ not in summed]
    for predicate, rows in _by_predicate(gone).items():
        send(cypher, _RETIRE % type_of(predicate), [{"id": id_, **triple._asdict()} for triple, id_ in rows])
    conflicts = find_conflicts({facts[id_]: fact for id_, fact in summed.items()})
    opposed = [triple for triple in facts.values() if len(partners_of(triple)) > 1]
    send(cypher, _FORGET_CONFLICTS, [key_of(triple.id) for triple in opposed])
    keep_conflicts(cypher, conflicts)
    contested = {triple for one, other, _ in conflicts for triple in (one, other)}
    save_facts(cypher, ((facts[id_], contest(fact, facts[id_] in contested)) for id_, fact in summed.items()))


def _evidence_of(cypher: Cypher, facts: Facts) -> dict[str, list[Said]]:
    rows = ask(cypher, _EVIDENCE, facts)
    return {fact: [Said(*row) for _, *row in group] for fact, group in groupby(rows, key=itemgetter(0))}


def sum_fact(triple: Triple, rows: Sequence[Said], licences: Licences) -> Summed:
    """What the rows of a fact make of it, and what it is under."""
    said_in = ((row.document, row.source) for row in rows)
    return sum_up(rows)._replace(licences=licences.of_fact(triple.subject, triple.object, said_in))


def keep_conflicts(cypher: Cypher, conflicts: Iterable[tuple[Triple, Triple, int]]) -> None:
    """Write down which facts oppose which, and the lesser of their confidences."""
    send(cypher, _KEEP_CONFLICTS, map(conflict_properties, conflicts))


def find_conflicts(facts: Mapping[Triple, Summed]) -> list[tuple[Triple, Triple, int]]:
    """The facts that oppose one that is believed too, each with that one and the lesser of their confidences."""
    found = []
    for triple, fact in facts.items():
        denied = opposed_by(triple)
        other = facts.get(denied) if denied else None
        if denied and other and (rank := min(fact.confidence, other.confidence)) > 0:
            found.append((triple, denied, rank))
    return found


def contest(fact: Summed, opposed: bool) -> Summed:
    """The fact as it is told where another opposes it."""
    return fact._replace(status=Status.CONTESTED) if opposed and fact.status is Status.SUPPORTED else fact


def save_facts(cypher: Cypher, facts: Iterable[tuple[Triple, Summed]]) -> None:
    """Write facts; raises `StoreError` where a concept of one is not there."""
    for predicate, rows in _by_predicate(facts).items():
        for chunk in chunks(rows):
            saved = _save(cypher, predicate, [fact_row(*row) for row in chunk])
            if saved != len(chunk):
                raise _missing(cypher, [triple for triple, _ in chunk])


def _save(cypher: Cypher, predicate: str, facts: Sequence[Mapping[str, Any]]) -> int:
    """How many of the facts, which have one predicate, were written."""
    statement = _SAVE % (type_of(predicate), assignments("r", facts[0]["fact"], first=2))
    rows = [[fact["subject"], fact["object"], *fact["fact"].values()] for fact in facts]
    number: int = cypher.value(statement, rows=rows)
    return number


def _missing(cypher: Cypher, facts: Iterable[Triple]) -> StoreError:
    ends = {end for triple in facts for end in (triple.subject, triple.object)}
    there = {curie for (curie,) in cypher.rows(_FIND, curies=sorted(ends))}
    return StoreError(f"evidence names {min(ends - there)!r}, which was not given as a node: give it, and try again")


def fact_row(triple: Triple, fact: Summed) -> dict[str, Any]:
    """A fact as its relationship keeps it, its id first, and the CURIEs of its ends."""
    id_ = triple.id
    written = {
        "id": id_,
        "key": key_of(id_),
        "confidence": fact.confidence / MILLION,
        "status": fact.status.value,
        "documents": fact.documents,
        "evidence_count": fact.evidence,
        "countries": list(fact.countries),
        "qualifiers": fact.qualifiers,
        "sources": list(fact.sources),
        "licences": list(fact.licences),
    }
    return {"subject": triple.subject, "object": triple.object, "fact": written}


def conflict_properties(conflict: tuple[Triple, Triple, int]) -> dict[str, Any]:
    """A conflict as its node keeps it: what opposes, what it denies, and the lesser of their confidences."""
    opposing, denied, rank = conflict
    return {
        "opposing": key_of(opposing.id),
        "fact": key_of(denied.id),
        "rank": rank,
        "subject": denied.subject,
        "object": denied.object,
    }


def _by_predicate(facts: Iterable[tuple[Triple, _Said]]) -> dict[str, list[tuple[Triple, _Said]]]:
    predicates: dict[str, list[tuple[Triple, _Said]]] = defaultdict(list)
    for triple, said in facts:
        predicates[triple.predicate].append((triple, said))
    return predicates
