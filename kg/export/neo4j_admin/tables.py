"""The tables of an import: which columns each has, and where its rows come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kg.export.neo4j_admin import rows
from kg.export.neo4j_admin.files import Properties, Table
from kg.export.view import View
from kg.stores.neo4j import layout

Records = Callable[[View], Iterator[Properties]]

_CONCEPTS = Table(
    "concepts",
    layout.CONCEPT.name,
    (
        "curie:ID(Concept)", "kind", "name", "name_zh", "synonyms:string[]", "aligned:boolean", "search_words",
        "search_whole", ":LABEL",
    ),
)  # fmt: skip
_EVIDENCE = Table(
    "evidence",
    layout.EVIDENCE.name,
    (
        "id:ID(Evidence)", "key:long", "fact", "subject", "predicate", "object", "document", "section",
        "section_title", "start:long", "end:long", "quote", "extractor", "score:double", "said_score:double",
        "assertion", "qualifiers", "weight:long", "subject_name", "object_name", "subject_form", "object_form",
        "subject_origin", "object_origin",
    ),
)  # fmt: skip
_DOCUMENTS = Table(
    "documents",
    layout.DOCUMENT.name,
    (
        "id:ID(Document)", "version:long", "effective", "title", "type", "source", "language", "country",
        "content_hash", "stamp", "digest", "loaded", "restricted:boolean",
    ),
)  # fmt: skip
_TEXTS = Table("texts", layout.TEXT.name, ("document", "text:byte[]", "parts:byte[]"))
_INPUTS = Table("inputs", layout.INPUT.name, ("key", "content_hash", "stamp"))
_DORMANT = Table(
    "dormant", layout.DORMANT.name, ("key", "document", "curie", "node", "row", "subject_form", "object_form")
)
_CONFLICTS = Table("conflicts", layout.CONFLICT.name, ("opposing:long", "fact:long", "rank:long", "subject", "object"))
_RETIRED = Table(
    "retired", layout.RETIRED.name, ("id", "subject", "predicate", "object", "subject_name", "object_name")
)
_QUARANTINED = Table("quarantined", layout.QUARANTINED.name, ("locator", "reason", "time", "content_hash"))
_CHANGES = Table(
    "changes",
    layout.CHANGE.name,
    (
        "number:long", "time", "document", "old_version:long", "new_version:long", "added:string[]",
        "retracted:string[]", "kept:long",
    ),
)  # fmt: skip
_META = Table("meta", layout.META.name, ("name", "value"))
_FACTS = Table(
    "facts",
    "",
    (
        ":START_ID(Concept)", ":END_ID(Concept)", ":TYPE", "id", "key:long", "confidence:double", "status",
        "documents:long", "evidence_count:long", "countries:string[]", "qualifiers", "sources:string[]",
        "licences:string[]",
    ),
)  # fmt: skip
_SAID = Table("said", layout.SAID_IN, (":START_ID(Evidence)", ":END_ID(Document)"))

#: Tables that are written together, a row into each → where the rows come from. The order is that of the files.
TABLES: dict[tuple[Table, ...], Records] = {
    (_CONCEPTS,): rows.iter_concepts,
    (_EVIDENCE, _SAID): rows.iter_evidence,
    (_DOCUMENTS, _TEXTS): rows.iter_documents,
    (_INPUTS,): rows.iter_inputs,
    (_DORMANT,): rows.iter_dormant,
    (_CONFLICTS,): rows.iter_conflicts,
    (_RETIRED,): rows.iter_retired,
    (_QUARANTINED,): rows.iter_quarantined,
    (_CHANGES,): rows.iter_changes,
    (_META,): rows.iter_meta,
    (_FACTS,): rows.iter_facts,
}

#: The tables whose counts are told.
TOLD = (_CONCEPTS, _FACTS, _EVIDENCE, _DOCUMENTS)
