"""Documents, their texts, what they were read from, and their rows of evidence, as they are written to a server."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from extractors.model import Document
from kg.errors import StoreError
from kg.identity import fact_sides
from kg.model import Evidence
from kg.stores.keys import key_of
from kg.stores.neo4j.layout import input_key
from kg.stores.neo4j.sending import ROWS, ask, assignments, batches, send
from kg.stores.neo4j.server import Cypher
from kg.stores.parts import digest_of, head_of, write_parts
from kg.stores.summing import Triple
from kg.stores.written import names_of, origins_of, weight_of, write_qualifiers
from ontologies.standing import form_of

#: zlib's level, as in the embedded store.
_LEVEL = 4

#: Rows of one document that are sent together.
_PART = 1000

_HEAD = ("id", "version", "effective", "title", "type", "source", "language", "country", "content_hash", "stamp")
_FIND = """
UNWIND $rows AS id MATCH (d:Document {id: id}) RETURN d.id, d.version, d.digest, d.restricted, d.content_hash
"""
_SAVE = "UNWIND $rows AS row MERGE (d:Document {id: row.id}) SET d += row"
_SAVE_TEXT = "UNWIND $rows AS row MERGE (t:Text {document: row.document}) SET t += row"
_KNOW = "UNWIND $rows AS row MERGE (i:Input {key: row.key}) SET i += row"
_FORGET_INPUT = "MATCH (i:Input {content_hash: $content_hash}) DELETE i"
_DELETE = "MATCH (d:Document {id: $id}) DETACH DELETE d"
_DELETE_TEXT = "MATCH (t:Text {document: $id}) DELETE t"
_OWNED = """
UNWIND $rows AS id MATCH (d:Document {id: id})<-[:SAID_IN]-(e:Evidence)
RETURN id, e.id, e.subject, e.predicate, e.object, e.fact, e.said_score, e.section_title, e.start, e.end, e.score
"""
_ADD = """
UNWIND $rows AS of MATCH (d:Document {id: of[0]})
UNWIND of[1] AS row MERGE (e:Evidence {id: row[0]}) SET %s MERGE (e)-[:SAID_IN]->(d) RETURN count(*)
"""
_DROP = "UNWIND $rows AS id MATCH (e:Evidence {id: id}) DETACH DELETE e"
_MOVE = "UNWIND $rows AS row MATCH (e:Evidence {id: row.id}) SET e += row"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What tells whether a document is loaded as it stands."""

    version: int
    digest: str
    restricted: bool
    content_hash: str


@dataclass(frozen=True, slots=True)
class Owned:
    """What is known of a row of evidence that a document has: what it stands on, and what a new version may move."""

    triple: Triple
    fact: str
    moved: tuple[Any, ...]
    """Score before grounding, title of the section, start, end and score."""


def find_loaded(cypher: Cypher, documents: Iterable[str]) -> dict[str, Loaded]:
    """What is known of those of the documents that are loaded."""
    return {id_: Loaded(*rest) for id_, *rest in ask(cypher, _FIND, sorted(set(documents)))}


def find_owned(cypher: Cypher, documents: Iterable[str]) -> dict[str, dict[str, Owned]]:
    """The rows of evidence of documents, by document and id."""
    owned: dict[str, dict[str, Owned]] = {}
    for document, id_, subject, predicate, object_, fact, *moved in ask(cypher, _OWNED, sorted(set(documents))):
        owned.setdefault(document, {})[id_] = Owned(Triple(subject, predicate, object_), fact, tuple(moved))
    return owned


def save_documents(cypher: Cypher, documents: Iterable[Document], *, stamp: str, time: str) -> None:
    """Write documents with their texts, each as it is now."""
    documents = list(documents)
    send(cypher, _SAVE, [document_properties(document, stamp, time) for document in documents])
    send(cypher, _SAVE_TEXT, map(text_properties, documents))


def mark_known(cypher: Cypher, inputs: Iterable[str], stamp: str) -> None:
    """Remember that inputs, each by the hash of its content, were put under a stamp."""
    rows = [
        {"key": input_key(content_hash, stamp), "content_hash": content_hash, "stamp": stamp}
        for content_hash in sorted(inputs)
        if content_hash
    ]
    send(cypher, _KNOW, rows)


def delete_document(cypher: Cypher, id_: str, loaded: Loaded) -> None:
    """Take a document out, so that its input counts as unknown again; its evidence must be gone already."""
    cypher.run(_FORGET_INPUT, content_hash=loaded.content_hash)
    cypher.run(_DELETE_TEXT, id=id_)
    cypher.run(_DELETE, id=id_)


def add_rows(cypher: Cypher, rows: Iterable[Evidence]) -> None:
    """Write rows of evidence, each beside its document; raises `StoreError` where that is not there."""
    of: dict[str, list[list[Any]]] = {}
    statement = ""
    for row in rows:
        properties = row_properties(row)
        statement = statement or _ADD % assignments("e", properties)
        of.setdefault(row.document, []).append(list(properties.values()))
    for part, _ in batches(_parted(of), lambda part: len(part[1]), most=ROWS):
        if part and cypher.value(statement, rows=part) != sum(len(rows) for _, rows in part):
            there = find_loaded(cypher, of)
            missing = min(of.keys() - there.keys())
            raise StoreError(f"evidence names the document {missing!r}, which was not given: give it, and try again")


def drop_rows(cypher: Cypher, ids: Iterable[str]) -> None:
    """Take rows of evidence out."""
    send(cypher, _DROP, sorted(ids))


def move_rows(cypher: Cypher, rows: Iterable[Evidence]) -> None:
    """Give rows that a new version kept their place in it."""
    send(cypher, _MOVE, [_place(row) for row in rows])


def triple_of(row: Evidence) -> Triple:
    """Subject, predicate and object of a row's fact, as the fact keeps them."""
    subject, object_ = fact_sides(row.subject, row.predicate, row.object)
    return Triple(subject, row.predicate, object_)


def moved_of(row: Evidence) -> tuple[Any, ...]:
    """What a new version of its document may change of a row; see `Owned.moved`."""
    return row.said_score, row.section_title, row.start, row.end, row.score


def row_properties(row: Evidence) -> dict[str, Any]:
    """A row of evidence as its node keeps it, its id first: its sides, names and origins as its fact keeps them."""
    subject, object_ = fact_sides(row.subject, row.predicate, row.object)
    subject_name, object_name = names_of(row)
    subject_origin, object_origin = origins_of(row)
    return {
        "id": row.id,
        "key": key_of(row.id),
        "fact": row.fact_id,
        "subject": subject,
        "predicate": row.predicate,
        "object": object_,
        "document": row.document,
        "section": row.section,
        "quote": row.quote,
        "extractor": row.extractor,
        "assertion": row.assertion.value,
        "qualifiers": write_qualifiers(row.qualifiers),
        "subject_name": subject_name,
        "object_name": object_name,
        "subject_form": form_of(subject_name),
        "object_form": form_of(object_name),
        "subject_origin": subject_origin,
        "object_origin": object_origin,
        **_place(row),
    }


def _parted(of: Mapping[str, list[list[Any]]]) -> Iterable[tuple[str, list[list[Any]]]]:
    """Documents with their rows, those of large ones in parts."""
    for document, rows in of.items():
        for start in range(0, len(rows), _PART):
            yield document, rows[start : start + _PART]


def _place(row: Evidence) -> dict[str, Any]:
    return {
        "id": row.id,
        "section_title": row.section_title,
        "start": row.start,
        "end": row.end,
        "score": row.score,
        "said_score": row.said_score,
        "weight": weight_of(row.score, row.assertion),
    }


def document_properties(document: Document, stamp: str, time: str) -> dict[str, Any]:
    """A document as its node keeps it."""
    head = dict(zip(_HEAD, head_of(document, stamp), strict=True))
    return head | {
        "digest": digest_of(document, stamp).hex(),
        "loaded": time,
        "restricted": document.restricted,
    }


def text_properties(document: Document) -> dict[str, Any]:
    """The text and parts of a document as their node keeps them."""
    return {
        "document": document.id,
        "text": zlib.compress(document.text.encode(), _LEVEL),
        "parts": zlib.compress(write_parts(document), _LEVEL),
    }
