"""FHIR in XML, streamed: each entry of a bundle in the form that its JSON would have."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import IO, Any

from lxml import etree

from extractors.errors import UnreadableError
from extractors.sources.safe_xml import parse_xml

FHIR = "http://hl7.org/fhir"
_ENTRY = f"{{{FHIR}}}entry"
_DIV = "{http://www.w3.org/1999/xhtml}div"
_BROKEN = "is cut off, or its XML is damaged or too large from here on"
#: Bytes of a file that are looked through for a document type, which stands before the first element.
_PROLOGUE = 1 << 20


def iter_xml_entries(stream: IO[bytes], types: Set[str] | None = None) -> Iterator[dict[str, Any]]:
    """The entries of the bundle in `stream`, one at a time; with `types`, those of other types have their id only.

    Raises `UnreadableError` where it is not well-formed or declares a document type: what came before has been given.
    Parsed within libxml2's limits of depth, expansion and length of a value (10 MB).
    """
    depth = 0
    try:
        for event, element in _events(stream):
            depth += 1 if event == "start" else -1
            if event == "end" and not depth:
                yield _entry(element, types)
                _forget(element)
    except (etree.XMLSyntaxError, UnicodeError):
        raise UnreadableError(_BROKEN) from None


def read_xml_resource(data: bytes) -> dict[str, Any]:
    """The one resource in `data`; raises `UnreadableError` where it is none."""
    try:
        return _resource(parse_xml(data))
    except UnreadableError:
        raise UnreadableError("is not well-formed XML, or declares entities, which no record needs") from None


def _events(stream: IO[bytes]) -> Iterator[tuple[str, etree._Element]]:
    """Starts and ends of entries; raises where the file declares a document type."""
    parser = etree.iterparse(
        stream,
        events=("start", "end"),
        tag=_ENTRY,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    for event, element in parser:
        if event == "start" and element.getroottree().docinfo.doctype:
            raise UnreadableError("declares a document type, which no record needs and attacks use")
        yield event, element


def _forget(entry: etree._Element) -> None:
    """Free an entry that has been read, and what stands before it."""
    entry.clear()
    parent = entry.getparent()
    while parent is not None and entry.getprevious() is not None:
        del parent[0]


def _entry(element: etree._Element, types: Set[str] | None) -> dict[str, Any]:
    holder = element.find(f"{{{FHIR}}}resource")
    resource = None if holder is None else next(holder.iterchildren(tag=etree.Element), None)
    if types is None or resource is None or _name(resource) in {"Bundle", *types}:
        return _object(element)
    own, address = resource.find(f"{{{FHIR}}}id"), element.find(f"{{{FHIR}}}fullUrl")
    return {
        "fullUrl": None if address is None else address.get("value"),
        "resource": {"resourceType": _name(resource), "id": None if own is None else own.get("value")},
    }


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2]


def _object(element: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {name: value for name, value in element.attrib.items() if name in ("id", "url")}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = _name(child)
        value = _value(child, name)
        earlier = found.get(name)
        if earlier is None:
            found[name] = value
        elif isinstance(earlier, list):
            earlier.append(value)
        else:
            found[name] = [earlier, value]
    return found


def _value(element: etree._Element, name: str) -> Any:
    if element.tag == _DIV:
        return etree.tostring(element, encoding="unicode", with_tail=False)
    if name in ("resource", "contained"):
        return next((_resource(child) for child in element if isinstance(child.tag, str)), {})
    value = element.get("value")
    return _object(element) if value is None else value


def _resource(element: etree._Element) -> dict[str, Any]:
    return {**_object(element), "resourceType": _name(element)}
