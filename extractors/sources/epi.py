"""EU electronic product information (ePI): FHIR bundles in XML or JSON.

EMA ePI API specification (type 1: sections; type 2: coded parts too); section numbers of the QRD templates.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from extractors.errors import UnreadableError
from extractors.model import Document
from extractors.rules import read_rules
from extractors.sections import kind_of_heading
from extractors.sources.draft import Draft
from extractors.sources.epi_fhir import FHIR, Node, read_bundle
from extractors.sources.epi_product import product_name, write_products
from extractors.sources.fhir_kinds import is_product_information
from extractors.sources.markup import Block, read_blocks
from extractors.sources.safe_xml import root_of

_JSON_BUNDLE = re.compile(rb'"resourceType"\s*:\s*"Bundle"')
_EU_NUMBER = re.compile(r"\bEU/\d/\d{2}/\d{3,4}")
_NUMBER = re.compile(r"^\s*(\d{1,2}(?:\.\d{1,2})*)\.?\s")
_SUMMARY = "SUMMARY OF PRODUCT CHARACTERISTICS"
_LEAFLET = "PACKAGE LEAFLET"


class Epi:
    """Reads EU electronic product information."""

    name = "epi"

    def claims(self, head: bytes) -> bool:
        """Whether `head` begins a FHIR bundle, and not one of a patient's record."""
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return _JSON_BUNDLE.search(head[:4096]) is not None and is_product_information(head)
        name, tag = root_of(head)
        return name == "Bundle" and FHIR in tag and is_product_information(head)

    def read(self, data: bytes) -> Iterator[Document]:
        """One document for each composition: a bundle holds the summary for the physician and often the leaflet."""
        bundle = read_bundle(data)
        found = list(_compositions(bundle, ()))
        _check(bundle, found)
        digest = hashlib.sha256(data).hexdigest()
        name = next((name for each in found if (name := _name(each))), "")
        documents = [_document(each, name, digest) for each in found]
        country = _country(documents, bundle)
        for index, document in enumerate(documents):
            earlier = sum(1 for other in documents[:index] if other.id == document.id)
            suffix = f"/{earlier + 1}" if earlier else ""
            yield replace(document, id=document.id + suffix, country=country)


SOURCE = Epi()


class _Found(NamedTuple):
    """A composition, the bundle that holds it and every resource beside it or around it."""

    composition: Node
    bundle: Node
    resources: tuple[Node, ...]


def _compositions(bundle: Node, outer: tuple[Node, ...]) -> Iterator[_Found]:
    resources = (*bundle.resources(), *outer)
    for resource in bundle.resources():
        if resource.type == "Composition":
            yield _Found(resource, bundle, resources)
        elif resource.type == "Bundle":
            yield from _compositions(resource, resources)


def _check(bundle: Node, found: Sequence[_Found]) -> None:
    types = {resource.type for resource in bundle.resources()} | {r.type for f in found for r in f.resources}
    subjects = [f.composition.first("subject.reference") for f in found]
    if "Patient" in types or any("Patient/" in subject for subject in subjects):
        raise UnreadableError(
            "is a FHIR bundle of a patient's record, and not product information: it is not read here"
        )
    if not found:
        held = ", ".join(sorted(types - {""})[:5]) or "nothing"
        raise UnreadableError(f"is a FHIR bundle without a Composition of product information; it holds {held}")


def _document(found: _Found, name: str, digest: str) -> Document:
    composition, resources = found.composition, found.resources
    kind = _type(composition)
    language = (composition.first("language") or found.bundle.first("language") or "en").partition("-")[0].lower()
    draft = Draft()
    products, coded = write_products(draft, resources, name)
    for section in composition.each("section"):
        _write_section(draft, section, kind, language)
    if not draft.text.strip():
        raise UnreadableError("is product information without any text")
    effective = _date(composition.first("date") or found.bundle.first("timestamp"))
    return Document(
        id=_id(found, digest),
        title=", ".join(filter(None, [name, composition.first("title")])),
        text=draft.text,
        sections=draft.sections,
        tables=tuple(draft.tables),
        products=tuple(products),
        coded=tuple(coded),
        version=_version(found, effective),
        effective=effective,
        type=kind,
        source=Epi.name,
        language=language,
        content_hash=digest,
    )


def _write_section(draft: Draft, section: Node, kind: str, language: str) -> None:
    title = " ".join(section.first("title", "code.text", "code.coding.display").split())
    draft.open_section(title, kind=_section_kind(section, title, kind, language), heading=title)
    for index, block in enumerate(_blocks(section)):
        if index or block.text != title:
            draft.write_block(block)
    for inner in section.each("section"):
        _write_section(draft, inner, kind, language)
    draft.close_section()


def _blocks(section: Node) -> Iterator[Block]:
    for div in section.each("text.div"):
        if div.markup is not None:
            yield from read_blocks(div.markup)


def _section_kind(section: Node, title: str, kind: str, language: str) -> str:
    """The role of a section by its code, by its number in the QRD template, or in English by its heading."""
    rules = read_rules("epi")
    for coding in section.each("code.coding"):
        if known := rules["codes"].get(coding.first("code")):
            return str(known)
    numbers = rules["smpc"] if kind == _SUMMARY else rules["leaflet"] if kind == _LEAFLET else {}
    numbered = _NUMBER.match(title)
    if numbered and numbered[1] in numbers:
        return str(numbers[numbered[1]])
    return kind_of_heading(title) if language == "en" else ""


def _type(composition: Node) -> str:
    types = read_rules("epi")["types"]
    codes = (coding.first("code") for coding in composition.each("type.coding"))
    known = next((str(types[code]) for code in codes if code in types), "")
    return known or composition.first("type.coding.display", "type.text").upper() or "PRODUCT INFORMATION"


def _name(found: _Found) -> str:
    """The product's name from its resource, or from section 1 of a summary where there is none."""
    if named := product_name(found.resources):
        return named
    composition = found.composition
    for section in [*composition.each("section"), *composition.each("section.section")]:
        if _section_kind(section, section.first("title"), _type(composition), "") == "product_data":
            lines = (block.text for block in _blocks(section) if block.text != section.first("title"))
            return next(lines, "").rstrip(".")
    return ""


def _id(found: _Found, digest: str) -> str:
    value = found.bundle.first("identifier.value", "id") or found.composition.first("identifier.value", "id")
    return f"epi:{value or digest[:16]}"


def _version(found: _Found, effective: str) -> int:
    """The number that orders versions: that of the server, that of the composition, or the date as YYYYMMDD."""
    given = found.bundle.first("meta.versionId"), found.composition.first("version"), effective.replace("-", "")
    return next((int(value) for value in given if value.isdecimal() and len(value) < 19 and int(value) > 0), 1)


def _date(value: str) -> str:
    if not value:
        return ""
    try:
        return date.fromisoformat(value[:10] if len(value) >= 10 else (value + "-01-01")[:10]).isoformat()
    except ValueError as error:
        raise UnreadableError(f"gives the date {value[:40]!r}, which the calendar does not have") from error


def _country(documents: Sequence[Document], bundle: Node) -> str:
    """EU for a central authorisation, else the country of the authority that is named, else EU."""
    authorizations = (r for r in bundle.resources() if r.type == "RegulatedAuthorization")
    regions = (r.first("region.coding.code", "region.text").upper() for r in authorizations)
    if named := next((region for region in regions if re.fullmatch("[A-Z]{2}", region)), ""):
        return named
    text = "\n".join(document.text for document in documents)
    if _EU_NUMBER.search(text):
        return "EU"
    authorities = read_rules("epi")["authorities"].items()
    return next((country for country, words in authorities if any(word in text for word in words)), "EU")
