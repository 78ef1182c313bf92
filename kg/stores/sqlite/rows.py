"""Rows of the file as the types of `kg.model`, and the ids at its edge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import apsw

from extractors.model import Assertion
from kg.identity import evidence_id, fact_id
from kg.model import Evidence, Fact, Node
from kg.stores.sqlite.schema import STATUS_CODES
from kg.stores.written import MILLION, read_origin, read_qualifiers
from ontologies.model import Kind

_KINDS = {kind.value: kind for kind in Kind}
STATUSES = {code: status for status, code in STATUS_CODES.items()}
ASSERTIONS = tuple(Assertion)
ASSERTION_CODES = {assertion: code for code, assertion in enumerate(ASSERTIONS)}


def fetch(connection: apsw.Connection, sql: str, bindings: Any = ()) -> list[tuple[Any, ...]]:
    """All rows of a query, each column taken for what the schema says it is."""
    return connection.execute(sql, bindings).fetchall()


def fetch_each(connection: apsw.Connection, sql: str, bindings: Any = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a query one by one, for those too many to hold."""
    yield from connection.execute(sql, bindings)


def node_columns(alias: str) -> str:
    """The columns that `node_of` reads, in its order."""
    return ", ".join(f"{alias}.{name}" for name in ("curie", "name", "kind", "name_zh", "synonyms", "aligned"))


def node_of(row: Sequence[Any]) -> Node:
    """A node from the columns of `node_columns`."""
    curie, name, kind, name_zh, synonyms, aligned = row
    return Node(curie, name, _KINDS[kind], name_zh, tuple(synonyms.split("\n")) if synonyms else (), bool(aligned))


#: The columns that `fact_of` reads, in its order, and where they come from.
FACT_COLUMNS = (
    "f.id, p.text, f.confidence, f.status, f.documents, f.evidence, f.countries, coalesce(q.text, u.qualifiers, ''), "
    f"{node_columns('s')}, {node_columns('o')}"
)
FACT_JOINS = (
    "join words p on p.id = f.predicate join nodes s on s.id = f.subject join nodes o on o.id = f.object "
    "left join words q on q.id = f.qualifiers left join summaries u on u.fact = f.id"
)


def fact_of(row: Sequence[Any]) -> Fact:
    """A fact from the columns of `FACT_COLUMNS`."""
    _, predicate, confidence, status, documents, evidence, countries, qualifiers = row[:8]
    subject, object_ = node_of(row[8:14]), node_of(row[14:20])
    id_ = fact_id(subject.curie, predicate, object_.curie)
    return Fact(
        id_,
        subject,
        predicate,
        object_,
        confidence / MILLION,
        STATUSES[status],
        documents,
        evidence,
        tuple(sorted(countries.split(","))) if countries else (),
        read_qualifiers(qualifiers),
    )


#: The columns that `evidence_of` reads, in its order, and where they come from.
EVIDENCE_COLUMNS = (
    "s.curie, p.text, o.curie, d.name, d.version, d.country, coalesce(c.text, ''), coalesce(t.text, ''), "
    "e.start, e.end, e.quote, coalesce(x.text, ''), e.score, e.assertion, coalesce(q.text, ''), coalesce(m.text, ''), "
    "coalesce(n.text, ''), coalesce(g.text, ''), coalesce(h.text, ''), e.said, d.restricted"
)
EVIDENCE_JOINS = (
    "join facts f on f.id = e.fact join words p on p.id = f.predicate "
    "join nodes s on s.id = f.subject join nodes o on o.id = f.object "
    "join documents d on d.id = e.document left join words c on c.id = e.section left join words t on t.id = e.title "
    "left join words x on x.id = e.extractor left join words q on q.id = e.qualifiers "
    "left join words m on m.id = e.subject_name left join words n on n.id = e.object_name "
    "left join words g on g.id = e.subject_origin left join words h on h.id = e.object_origin"
)


#: Which rows are given to who reads without the scope: of a fact in a restricted document one, as `evidence_of` has it.
TOLD = (
    "(not d.restricted or e.key = "
    "(select min(x.key) from evidence x where x.fact = e.fact and x.document = e.document))"
)


def evidence_of(row: Sequence[Any], *, restricted: bool) -> Evidence:
    """An evidence row from the columns of `EVIDENCE_COLUMNS`; its ids are the hashes of what it says.

    Without `restricted`, the scope of who reads, a row of a restricted document comes without its quote and its place:
    no quote leaves the store but through here. All rows of a fact in such a document are then one row, with one id.
    """
    subject, predicate, object_, document, version, country, section, title = row[:8]
    start, end, quote, extractor, score, assertion, words, subject_name, object_name, *origins, said, kept = row[8:]
    fact, qualifiers = fact_id(subject, predicate, object_), read_qualifiers(words)
    if kept and not restricted:
        start, end, quote = 0, 0, ""
    assertion, (subject_origin, object_origin) = ASSERTIONS[assertion], map(read_origin, origins)
    called = {"names": (subject_name, object_name), "origins": (str(subject_origin or ""), str(object_origin or ""))}
    return Evidence(
        id=evidence_id(fact, document, section, quote, extractor, assertion, qualifiers, **called),
        fact_id=fact,
        subject=subject,
        predicate=predicate,
        object=object_,
        document=document,
        version=version,
        section=section,
        section_title=title,
        start=start,
        end=end,
        quote=quote,
        extractor=extractor,
        score=score,
        assertion=assertion,
        qualifiers=qualifiers,
        country=country,
        subject_name=subject_name,
        object_name=object_name,
        subject_origin=subject_origin,
        object_origin=object_origin,
        said_score=said,
        restricted=bool(kept),
    )
