"""What a statement gives back as the types of `kg.model`, and the columns to ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from extractors.model import Assertion
from kg.identity import with_ids
from kg.model import Evidence, Fact, LoadedDocument, Node, Status
from kg.stores.neo4j.layout import predicate_of
from kg.stores.written import MILLION, read_origin, read_qualifiers
from ontologies.model import Kind

_KINDS = {kind.value: kind for kind in Kind}
_STATUSES = {status.value: status for status in Status}
_ASSERTIONS = {assertion.value: assertion for assertion in Assertion}


def _columns(variable: str, names: str) -> str:
    return ", ".join(f"{variable}.{name}" for name in names.split())


def node_columns(variable: str) -> str:
    """The columns that `node_of` reads, in its order."""
    return _columns(variable, "curie name kind name_zh synonyms aligned")


def node_of(row: Sequence[Any]) -> Node:
    """A node from the columns of `node_columns`."""
    curie, name, kind, name_zh, synonyms, aligned = row
    return Node(curie, name, _KINDS[kind], name_zh or "", tuple(synonyms or ()), bool(aligned))


#: The columns that `fact_of` reads, in its order, of the relationship `r` from `s` to `o`.
FACT_COLUMNS = (
    "r.key, r.confidence, type(r), r.id, r.status, r.documents, r.evidence_count, r.countries, r.qualifiers, "
    f"{node_columns('s')}, {node_columns('o')}"
)
#: The relationships `r` between the concepts of the CURIEs `subject` and `object`. Both ends are looked up first: the
#: server by itself goes by how many facts a concept has on average, and looks over all those of a hub, each time.
BETWEEN = """
MATCH (s:Concept {curie: subject}), (o:Concept {curie: object})
USING INDEX s:Concept(curie) USING INDEX o:Concept(curie)
MATCH (s)-[r]->(o)
"""
#: Where `s` and `o` come from.
FACT_ENDS = "WITH r, startNode(r) AS s, endNode(r) AS o"


def fact_of(row: Sequence[Any]) -> Fact:
    """A fact from the columns of `FACT_COLUMNS`."""
    _, confidence, type_, id_, status, documents, evidence, countries, qualifiers = row[:9]
    subject, object_ = node_of(row[9:15]), node_of(row[15:21])
    predicate = predicate_of(type_)
    return Fact(
        id_,
        subject,
        predicate,
        object_,
        confidence,
        _STATUSES[status],
        documents,
        evidence,
        tuple(countries or ()),
        read_qualifiers(qualifiers or ""),
    )


def place_of(row: Sequence[Any]) -> tuple[int, int]:
    """Where a fact stands in the order of pages: its confidence in millionths, and its key."""
    return round(row[1] * MILLION), row[0]


# The words of a restricted document and their places stay on the server where the reader lacks the scope.
_SHOWN = "CASE WHEN d.restricted AND NOT $restricted THEN {} ELSE e.{} END"
_START, _END, _QUOTE = (_SHOWN.format(*one) for one in ((0, "start"), (0, "end"), ("''", "quote")))
#: The columns that `evidence_of` reads, in its order, of the evidence `e` and its document `d`; takes `$restricted`.
EVIDENCE_COLUMNS = (
    "e.id, e.fact, e.subject, e.predicate, e.object, e.document, d.version, e.section, e.section_title, "
    f"{_START}, {_END}, {_QUOTE}, e.extractor, e.score, e.assertion, e.qualifiers, d.country, e.subject_name, "
    "e.object_name, e.subject_origin, e.object_origin, e.said_score, d.restricted"
)


#: Which rows are given to who reads without the scope: of a fact in a restricted document one, as `evidence_of` has it.
TOLD = (
    "($restricted OR NOT d.restricted OR "
    "NOT EXISTS { MATCH (x:Evidence {fact: e.fact})-[:SAID_IN]->(d) WHERE x.key < e.key })"
)


def evidence_of(row: Sequence[Any], *, restricted: bool) -> Evidence:
    """An evidence row from the columns of `EVIDENCE_COLUMNS`.

    Without `restricted`, the scope of who reads, a row of a restricted document has the id of what is told of it: the
    same for all sentences that it may stand for.
    """
    assertion, qualifiers = row[14:16]
    subject_origin, object_origin = row[19:21]
    made = replace(
        Evidence(*row[:14]),
        assertion=_ASSERTIONS[assertion],
        qualifiers=read_qualifiers(qualifiers or ""),
        country=row[16],
        subject_name=row[17],
        object_name=row[18],
        subject_origin=read_origin(subject_origin or ""),
        object_origin=read_origin(object_origin or ""),
        said_score=row[21],
        restricted=bool(row[22]),
    )
    return made if restricted or not made.restricted else with_ids(made)


#: The columns of a `LoadedDocument`, in its order, of the document `d`.
LOADED_COLUMNS = _columns(
    "d", "id title version effective type source language country content_hash stamp loaded restricted"
)


def loaded_of(row: Sequence[Any]) -> LoadedDocument:
    """A document as the graph lists it, from the columns of `LOADED_COLUMNS`."""
    fields = [*row[:-1], bool(row[-1])]
    return LoadedDocument(*fields)


def quote_names(names: Iterable[str]) -> str:
    """Names of relationship types as a pattern takes them: `A|B`, each between backticks."""
    return "|".join("`{}`".format(name.replace("`", "``")) for name in names)
