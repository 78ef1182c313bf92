"""An extraction as plain data for machines: what `kg extract --json` writes, one object a document."""

from __future__ import annotations

from typing import Any

from extractors.model import Extraction, Mention, Relation, Section


def to_record(extraction: Extraction, *, text: bool = False) -> dict[str, Any]:
    """The document, its sections, mentions and relations; offsets count characters of the text that `text` adds."""
    document = extraction.document
    record: dict[str, Any] = {
        "id": document.id,
        "title": document.title,
        "version": document.version,
        "effective": document.effective,
        "type": document.type,
        "source": document.source,
        "language": document.language,
        "country": document.country,
        "sections": [_section(section) for section in document.sections],
        "mentions": [_mention(mention, document.text) for mention in extraction.mentions],
        "relations": [_relation(relation, document.text) for relation in extraction.relations],
        "notes": list(extraction.notes),
    }
    if text:
        record["text"] = document.text
    return record


def _section(section: Section) -> dict[str, Any]:
    return {
        "code": section.code,
        "title": section.title,
        "kind": section.kind,
        "start": section.start,
        "end": section.end,
        "parent": section.parent,
        "level": section.level,
    }


def _mention(mention: Mention, text: str) -> dict[str, Any]:
    match = mention.match
    record: dict[str, Any] = {
        "start": mention.start,
        "end": mention.end,
        "text": text[mention.start : mention.end],
        "understood": mention.text,
        "kind": str(mention.kind),
        "concept": match.curie if match else None,
        "name": match.name if match else None,
        "score": match.score if match else None,
        "assertion": str(mention.assertion),
    }
    if mention.parts:
        record["parts"] = [list(part) for part in mention.parts]
    if mention.own:
        record["own"] = True
    return record


def _relation(relation: Relation, text: str) -> dict[str, Any]:
    return {
        "predicate": relation.predicate,
        "subject": _mention(relation.subject, text),
        "object": _mention(relation.object, text),
        "start": relation.start,
        "end": relation.end,
        "score": relation.score,
        "extractor": relation.extractor,
        "assertion": str(relation.assertion),
        "qualifiers": [{"name": name, "value": value} for name, value in relation.qualifiers],
    }
