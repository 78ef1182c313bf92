"""C-CDA documents parsed, and the data types of HL7 v3 in them: times, codes, identifiers, names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from lxml import etree

from extractors.errors import UnreadableError
from extractors.events import Coding
from extractors.rules import check_keys, read_rules
from extractors.sources.safe_xml import parse_xml
from ontologies.code_systems import find_curie

Element = etree._Element

_TIME = re.compile(r"\s*(\d{4})-?(\d{2})?-?(\d{2})?[T ]?(?:(\d{2}):?(\d{2})(?::?(\d{2}))?)?")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_RULES = {"entries", "elements", "categories", "statuses", "denials", "words", "systems", "visits", "numbers", "sex"}
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def parse_document(data: bytes) -> Element:
    """The root of a document, its elements without namespaces; raises `UnreadableError` that quotes nothing of it."""
    root = _parse(data)
    if root is None and _DOCTYPE.search(data):
        raise UnreadableError("declares a document type or entities, which records never need and attacks use")
    if root is None:
        raise UnreadableError("is not well-formed XML in the encoding it declares: export it again")
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    if root.tag != "ClinicalDocument":
        raise UnreadableError("is no ClinicalDocument")
    return root


def _parse(data: bytes) -> Element | None:
    try:
        return parse_xml(data)
    except UnreadableError:
        return None


def children(element: Element | None, path: str) -> list[Element]:
    """The elements under `element` on `path`; none where there is no element."""
    return element.findall(path) if element is not None else []


def child(element: Element | None, path: str) -> Element | None:
    """The first element under `element` on `path`."""
    return element.find(path) if element is not None else None


def attribute(element: Element | None, name: str) -> str:
    """An attribute's text without blanks at its ends; empty where there is none."""
    return " ".join(str(element.get(name) or "").split()) if element is not None else ""


def own_text(element: Element | None) -> str:
    """The text in an element, white space regular."""
    return " ".join("".join(str(part) for part in element.itertext()).split()) if element is not None else ""


def read_id(element: Element | None) -> str:
    """An identifier (II) as `root|extension`; empty where it says nothing."""
    root, extension = attribute(element, "root"), attribute(element, "extension")
    return f"{root}|{extension}" if root and extension else root or extension


def first_id(element: Element | None) -> str:
    """The first identifier of an element that says something."""
    return next((found for each in children(element, "id") if (found := read_id(each))), "")


def read_time(text: str) -> str:
    """A time (TS: YYYYMMDDhhmmss, or with hyphens) as ISO 8601 without offset; empty where the calendar has none such.

    Midnight is what systems write for a day without a time of day.
    """
    found = _TIME.match(text)
    if not found:
        return ""
    year, month, day, hour, minute, second = found.groups()
    try:
        clock = int(hour or 0), int(minute or 0), int(second or 0)
        moment = datetime(int(year), int(month or 1), int(day or 1), *clock)
    except ValueError:
        return ""
    if not day:
        return f"{year}-{month}" if month else str(year)
    return moment.isoformat() if any(clock) else moment.date().isoformat()


def read_interval(element: Element | None) -> tuple[str, str]:
    """Start and end of a time or an interval (TS, IVL_TS); a moment has no end."""
    if element is None:
        return "", ""
    moment = attribute(element, "value") or attribute(child(element, "center"), "value")
    low, high = attribute(child(element, "low"), "value"), attribute(child(element, "high"), "value")
    return read_time(low or moment), read_time(high)


def codings(element: Element | None) -> Iterator[Coding]:
    """The codes of a coded element (CD, CE) and its translations, each once, those without a code left out."""
    seen: set[tuple[str, str]] = set()
    for each in [element, *children(element, "translation"), *children(element, "translation/translation")]:
        coding = _coding(each)
        if coding and (coding.system, coding.code) not in seen:
            seen.add((coding.system, coding.code))
            yield coding


def _coding(element: Element | None) -> Coding | None:
    code = attribute(element, "code")
    if not code:
        return None
    system, name = attribute(element, "codeSystem"), attribute(element, "codeSystemName")
    known = find_curie(system, code) if system else ""
    by_name = _systems().get(re.sub(r"[^a-z0-9]", "", name.lower()), "")
    curie = known or (find_curie(by_name, code) if by_name else "")
    return Coding(curie, system or name, code, attribute(element, "displayName"))


@cache
def _systems() -> dict[str, str]:
    return dict(ccda_rules()["systems"])


@cache
def ccda_rules() -> Mapping[str, Any]:
    """The rules for C-CDA, their keys checked."""
    rules = read_rules("ccda")
    check_keys("ccda", "", rules, required=_RULES)
    return rules


def template_ids(element: Element) -> list[str]:
    """The templates that an element says it follows."""
    return [attribute(each, "root") for each in children(element, "templateId")]
