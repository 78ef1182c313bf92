"""The graph's records as plain dictionaries, as every `--json` and the exports write them; documented in docs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from extractors.model import Qualifier
from kg.model import Conflict, Evidence, Fact, LoadedDocument, Node

Form = dict[str, Any]


def node_form(node: Node) -> Form:
    """CURIE, names, kind, synonyms, and whether it is aligned to a terminology."""
    return {
        "curie": node.curie,
        "name": node.name,
        "name_zh": node.name_zh,
        "kind": node.kind.value,
        "synonyms": list(node.synonyms),
        "aligned": node.aligned,
    }


def fact_form(fact: Fact) -> Form:
    """Id, both sides by CURIE and name, predicate, confidence, status, support, qualifiers."""
    return {
        "id": fact.id,
        "subject": fact.subject.curie,
        "subject_name": fact.subject.name,
        "predicate": fact.predicate,
        "object": fact.object.curie,
        "object_name": fact.object.name,
        "confidence": round(fact.confidence, 6),
        "status": fact.status.value,
        "documents": fact.documents,
        "evidence_count": fact.evidence_count,
        "countries": list(fact.countries),
        "qualifiers": qualifier_forms(fact.qualifiers),
    }


def evidence_form(row: Evidence) -> Form:
    """Everything of an evidence row, names as it writes them; offsets count characters of the document's text."""
    return {
        "id": row.id,
        "fact": row.fact_id,
        "subject": row.subject,
        "subject_name": row.subject_name,
        "predicate": row.predicate,
        "object": row.object,
        "object_name": row.object_name,
        "document": row.document,
        "version": row.version,
        "section": row.section,
        "section_title": row.section_title,
        "start": row.start,
        "end": row.end,
        "quote": row.quote,
        "restricted": row.restricted,
        "extractor": row.extractor,
        "score": round(row.score, 6),
        "assertion": row.assertion.value,
        "qualifiers": qualifier_forms(row.qualifiers),
        "country": row.country,
    }


def document_form(document: LoadedDocument) -> Form:
    """Everything of a document but its text."""
    return {
        "id": document.id,
        "title": document.title,
        "version": document.version,
        "effective": document.effective,
        "type": document.type,
        "source": document.source,
        "language": document.language,
        "country": document.country,
        "content_hash": document.content_hash,
        "restricted": document.restricted,
    }


def conflict_form(conflict: Conflict) -> Form:
    """Both facts of a conflict."""
    return {"fact": fact_form(conflict.fact), "opposing": fact_form(conflict.opposing)}


def qualifier_forms(qualifiers: Iterable[Qualifier]) -> list[Form]:
    """Name and value of each qualifier."""
    return [{"name": name, "value": value} for name, value in qualifiers]
