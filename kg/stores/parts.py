"""What a document is made of as a store keeps it: its words in one order, its parts as JSON, and a digest of all."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import orjson

from extractors.model import Cell, Coded, Document, Product, Qualifier, Section, Table
from kg.model import LoadedDocument
from ontologies.model import Kind


def head_of(document: Document, stamp: str) -> tuple[str | int, ...]:
    """What a store lists of a document, in one order, and the stamp it was loaded under."""
    return (
        document.id,
        document.version,
        document.effective,
        document.title,
        document.type,
        document.source,
        document.language,
        document.country,
        document.content_hash,
        stamp,
    )


def digest_of(document: Document, stamp: str) -> bytes:
    """16 bytes that change with anything that is kept of a document."""
    restricted = [b"restricted"] * document.restricted
    said = [repr(head_of(document, stamp)).encode() + document.text.encode(), write_parts(document), *restricted]
    return blake2b(b"\x1f".join(said), digest_size=16).digest()


def write_parts(document: Document) -> bytes:
    """Sections, tables, products and coded statements as JSON."""
    parts = (document.sections, document.tables, document.products, document.coded)
    return orjson.dumps(parts, default=list)


def read_document(listed: LoadedDocument, text: str, parts: bytes) -> Document:
    """The document as it was read, from what is listed of it, its text and its parts, either maybe empty."""
    return Document(
        id=listed.id,
        title=listed.title,
        text=text,
        version=listed.version,
        effective=listed.effective,
        type=listed.type,
        source=listed.source,
        language=listed.language,
        country=listed.country,
        content_hash=listed.content_hash,
        restricted=listed.restricted,
        **(read_parts(orjson.loads(parts)) if parts else {}),
    )


def read_parts(told: list[Any]) -> dict[str, Any]:
    """The parts of a document by their names, from what `write_parts` wrote, as JSON reads it."""
    sections, tables, products, coded = told
    return {
        "sections": tuple(Section(**part) for part in sections),
        "tables": tuple(_table(part) for part in tables),
        "products": tuple(Product(**part) for part in products),
        "coded": tuple(_coded(part) for part in coded),
    }


def _table(part: dict[str, Any]) -> Table:
    return Table(**part | {"cells": tuple(Cell(**cell) for cell in part["cells"])})


def _coded(part: dict[str, Any]) -> Coded:
    qualifiers = tuple(Qualifier(*qualifier) for qualifier in part["qualifiers"])
    return Coded(**part | {"kind": Kind(part["kind"]), "qualifiers": qualifiers})
