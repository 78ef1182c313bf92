"""FHIR's JSON written as its XML (hl7.org/fhir/R5/xml.html), to test that both are read alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

FHIR = "http://hl7.org/fhir"


def to_xml(resource: Mapping[str, Any]) -> bytes:
    """The resource as an XML file."""
    root = _resource(resource, {None: FHIR})
    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def _resource(resource: Mapping[str, Any], nsmap: Any = None) -> etree._Element:
    element = etree.Element(f"{{{FHIR}}}{resource['resourceType']}", nsmap=nsmap)
    _fill(element, {name: value for name, value in resource.items() if name != "resourceType"}, in_resource=True)
    return element


def _fill(element: etree._Element, values: Mapping[str, Any], *, in_resource: bool = False) -> None:
    for name, value in values.items():
        if not in_resource and (name == "id" or (name == "url" and element.tag.endswith("xtension"))):
            element.set(name, value)
            continue
        for item in value if isinstance(value, list) else [value]:
            _add(element, name, item)


def _add(parent: etree._Element, name: str, value: Any) -> None:
    if name == "div":
        parent.append(etree.fromstring(value))
        return
    child = etree.SubElement(parent, f"{{{FHIR}}}{name}")
    if isinstance(value, Mapping) and "resourceType" in value:
        child.append(_resource(value))
    elif isinstance(value, Mapping):
        _fill(child, value)
    else:
        child.set("value", str(value).lower() if isinstance(value, bool) else str(value))
