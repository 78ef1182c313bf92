"""What stands in each table: the properties that a graph on a server has, of what is selected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

import orjson

from kg.credits import Licences
from kg.export.documents import Documents
from kg.export.neo4j_admin.files import Properties
from kg.export.view import View
from kg.model import Evidence, Fact, Node
from kg.stores.neo4j.chain import change_properties
from kg.stores.neo4j.concepts import concept_properties
from kg.stores.neo4j.deriving import conflict_properties, fact_row
from kg.stores.neo4j.dormant import sleeper_properties
from kg.stores.neo4j.layout import SCHEMA_VERSION, input_key, kind_label, type_of
from kg.stores.neo4j.storing import document_properties, row_properties, text_properties
from kg.stores.summing import Summed, Triple
from kg.stores.written import MILLION, write_qualifiers

#: Conflicts asked of the store at a time.
_PAGE = 1000


def iter_concepts(view: View) -> Iterator[Properties]:
    """The concepts, each with the label of its kind."""
    return map(_concept, view.iter_nodes())


def iter_evidence(view: View) -> Iterator[Properties]:
    """The rows of evidence, each with the way to its document."""
    return map(_evidence, view.iter_evidence())


def iter_documents(view: View) -> Iterator[Properties]:
    """The documents with their texts and parts; those of restricted ones are empty without the scope.

    The digest is that of what is exported.
    """
    for listed in view.iter_documents():
        document = view.store.get_document(listed.id)
        assert document is not None
        yield document_properties(document, listed.stamp, listed.loaded) | text_properties(document)


def iter_inputs(view: View) -> Iterator[Properties]:
    """What was put under which stamp; of a part of a graph nothing, so that a build puts it whole."""
    if not view.selection:
        for content_hash, stamp in view.store.iter_inputs():
            yield {"key": input_key(content_hash, stamp), "content_hash": content_hash, "stamp": stamp}


def iter_dormant(view: View) -> Iterator[Properties]:
    """The rows that sleep."""
    return map(sleeper_properties, view.iter_asleep())


def iter_facts(view: View) -> Iterator[Properties]:
    """The facts from subject to object, with the sources that say them and the licences they are under."""
    documents = Documents(view.store)
    for fact, rows in view.iter_stated():
        documents.learn(row.document for row in rows)
        yield _fact(fact, {(row.document, documents[row.document].source) for row in rows}, view.licences)


def iter_conflicts(view: View) -> Iterator[Properties]:
    """The pairs of facts that oppose each other, both of which are there."""
    after: str | None = None
    while True:
        conflicts, after = view.store.find_conflicts(first=_PAGE, after=after)
        for pair in conflicts:
            if view.holds_fact(pair.fact.id) and view.holds_fact(pair.opposing.id):
                rank = round(min(pair.fact.confidence, pair.opposing.confidence) * MILLION)
                yield conflict_properties((_triple(pair.opposing), _triple(pair.fact), rank))
        if after is None:
            return


def iter_retired(view: View) -> Iterator[Properties]:
    """The facts that are gone; none of a part of a graph, whose history is not told."""
    return iter(()) if view.selection else map(asdict, view.store.iter_retired())


def iter_quarantined(view: View) -> Iterator[Properties]:
    """The inputs that could not be read."""
    return iter(()) if view.selection else map(asdict, view.store.get_quarantine())


def iter_changes(view: View) -> Iterator[Properties]:
    """What puts and removals changed, numbered from 1."""
    if not view.selection:
        for number, diff in enumerate(view.store.iter_changes(), start=1):
            yield change_properties(number, diff)


def iter_meta(view: View) -> Iterator[Properties]:
    """The words about the whole; a part of a graph says so, and has a version of its own."""
    meta = view.store.get_meta() | {"schema_version": str(SCHEMA_VERSION)}
    if asked := view.selection.form():
        words = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
        meta["filter"] = words.decode()
        meta["graph_version"] = blake2b(meta["graph_version"].encode() + words, digest_size=16).hexdigest()
    return ({"name": name, "value": value} for name, value in meta.items())


def _concept(node: Node) -> Properties:
    return concept_properties(node) | {":LABEL": kind_label(node.kind)}


def _evidence(row: Evidence) -> Properties:
    return row_properties(row) | {":START_ID": row.id, ":END_ID": row.document}


def _fact(fact: Fact, said_in: set[tuple[str, str]], licences: Licences) -> Properties:
    ends = {":START_ID": fact.subject.curie, ":END_ID": fact.object.curie, ":TYPE": type_of(fact.predicate)}
    summed = Summed(
        round(fact.confidence * MILLION),
        fact.status,
        fact.documents,
        fact.evidence_count,
        fact.countries,
        write_qualifiers(fact.qualifiers),
        tuple(sorted({source for _, source in said_in if source})),
        licences.of_fact(fact.subject.curie, fact.object.curie, said_in),
    )
    written: dict[str, Any] = fact_row(_triple(fact), summed)["fact"]
    return ends | written


def _triple(fact: Fact) -> Triple:
    return Triple(fact.subject.curie, fact.predicate, fact.object.curie)
