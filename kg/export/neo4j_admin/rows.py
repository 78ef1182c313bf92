"""What stands in each table: the properties that a graph on a server has, of what is selected."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

import orjson

from kg.export.neo4j_admin.files import Properties
from kg.export.sources import Sources
from kg.export.view import View
from kg.model import Asleep, Evidence, Fact, Node
from kg.stores.keys import key_of
from kg.stores.neo4j.layout import SCHEMA_VERSION, input_key, kind_label, type_of
from kg.stores.parts import digest_of, write_parts
from kg.stores.wording import search_text
from kg.stores.written import MILLION, names_of, origins_of, weight_of, write_qualifiers
from ontologies.standing import form_of

#: zlib's level, as in the stores.
_LEVEL = 4
#: Conflicts asked of the store at a time.
_PAGE = 1000


def iter_concepts(view: View) -> Iterator[Properties]:
    """The concepts, each with the label of its kind."""
    return map(_concept, view.iter_nodes())


def iter_evidence(view: View) -> Iterator[Properties]:
    """The rows of evidence, each with the way to its document."""
    return map(_evidence, view.iter_evidence())


def iter_documents(view: View) -> Iterator[Properties]:
    """The documents with their texts and parts, compressed; those of restricted ones are empty without the scope.

    The digest is that of what is exported.
    """
    for listed in view.iter_documents():
        document = view.store.get_document(listed.id)
        assert document is not None
        text, parts = (zlib.compress(data, _LEVEL) for data in (document.text.encode(), write_parts(document)))
        whole = {"document": listed.id, "text": text, "parts": parts}
        yield asdict(listed) | whole | {"digest": digest_of(document, listed.stamp).hex()}


def iter_inputs(view: View) -> Iterator[Properties]:
    """What was put under which stamp; of a part of a graph nothing, so that a build puts it whole."""
    if not view.selection:
        for content_hash, stamp in view.store.iter_inputs():
            yield {"key": input_key(content_hash, stamp), "content_hash": content_hash, "stamp": stamp}


def iter_dormant(view: View) -> Iterator[Properties]:
    """The sleeping rows of the documents."""
    return (_dormant(asleep) for asleep in view.store.iter_asleep() if view.holds_document(asleep.row.document))


def iter_facts(view: View) -> Iterator[Properties]:
    """The facts from subject to object, with the sources that say them."""
    sources = Sources(view.store)
    for fact, rows in view.iter_stated():
        sources.learn(row.document for row in rows)
        yield _fact(fact) | {"sources": sorted({sources[row.document] for row in rows} - {""})}


def iter_conflicts(view: View) -> Iterator[Properties]:
    """The pairs of facts that oppose each other, both of which are there."""
    after: str | None = None
    while True:
        conflicts, after = view.store.find_conflicts(first=_PAGE, after=after)
        for pair in conflicts:
            if view.holds_fact(pair.fact.id) and view.holds_fact(pair.opposing.id):
                yield {
                    "opposing": key_of(pair.opposing.id),
                    "fact": key_of(pair.fact.id),
                    "rank": round(min(pair.fact.confidence, pair.opposing.confidence) * MILLION),
                    "subject": pair.fact.subject.curie,
                    "object": pair.fact.object.curie,
                }
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
            yield asdict(diff) | {"number": number}


def iter_meta(view: View) -> Iterator[Properties]:
    """The words about the whole; a part of a graph says so, and has a version of its own."""
    meta = view.store.get_meta() | {"schema_version": str(SCHEMA_VERSION)}
    if asked := view.selection.form():
        words = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
        meta["filter"] = words.decode()
        meta["graph_version"] = blake2b(meta["graph_version"].encode() + words, digest_size=16).hexdigest()
    return ({"name": name, "value": value} for name, value in meta.items())


def _concept(node: Node) -> Properties:
    words, whole = search_text(node.name, node.name_zh, "\n".join(node.synonyms))
    return asdict(node) | {"search_words": words, "search_whole": whole, ":LABEL": kind_label(node.kind)}


def _evidence(row: Evidence) -> Properties:
    (subject_name, object_name), (subject_origin, object_origin) = names_of(row), origins_of(row)
    said: dict[str, Any] = {name: getattr(row, name) for name in _SAID}
    return said | {
        ":START_ID": row.id,
        ":END_ID": row.document,
        "key": key_of(row.id),
        "fact": row.fact_id,
        "qualifiers": write_qualifiers(row.qualifiers),
        "weight": weight_of(row.score, row.assertion),
        "subject_name": subject_name,
        "object_name": object_name,
        "subject_form": form_of(subject_name),
        "object_form": form_of(object_name),
        "subject_origin": subject_origin,
        "object_origin": object_origin,
    }


_SAID = (
    "id", "subject", "predicate", "object", "document", "section", "section_title", "start", "end", "quote",
    "extractor", "score", "said_score", "assertion",
)  # fmt: skip


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        ":START_ID": fact.subject.curie,
        ":END_ID": fact.object.curie,
        ":TYPE": type_of(fact.predicate),
        "id": fact.id,
        "key": key_of(fact.id),
        "confidence": fact.confidence,
        "status": fact.status.value,
        "documents": fact.documents,
        "evidence_count": fact.evidence_count,
        "countries": fact.countries,
        "qualifiers": write_qualifiers(fact.qualifiers),
    }


def _dormant(asleep: Asleep) -> Properties:
    row, node = asleep.row, asleep.node
    return {
        "key": row.id,
        "document": row.document,
        "curie": node.curie,
        "node": _json(node),
        "row": _json(row),
        "subject_form": form_of(row.subject_name),
        "object_form": form_of(row.object_name),
    }


def _json(thing: Evidence | Node) -> str:
    return orjson.dumps(thing, default=list).decode()
