"""FHIR resources from XML and JSON in one shape: a name, a value, and children by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from lxml import etree, html

from extractors.errors import UnreadableError
from extractors.sources.markup import local_name
from extractors.sources.safe_xml import parse_xml

FHIR = "http://hl7.org/fhir"

#: Objects inside objects; published bundles stay below 40.
MAX_DEPTH = 120


@dataclass(frozen=True, slots=True)
class Node:
    """An element of a FHIR resource: `type` is the resource's type where it is one, `markup` its XHTML."""

    value: str = ""
    type: str = ""
    children: Mapping[str, list[Node]] = field(default_factory=dict)
    markup: etree._Element | None = None

    def each(self, path: str) -> list[Node]:
        """All nodes at a dotted path, in order."""
        nodes = [self]
        for name in path.split("."):
            nodes = [child for node in nodes for child in node.children.get(name, [])]
        return nodes

    def first(self, *paths: str) -> str:
        """The first value that is not empty at the first of the dotted paths that has one, else an empty string."""
        return next((node.value for path in paths for node in self.each(path) if node.value), "")

    def resources(self) -> Iterator[Node]:
        """The resources of a bundle's entries, without those of bundles inside it."""
        for holder in self.each("entry.resource"):
            yield (
                holder if holder.type else next((node for nodes in holder.children.values() for node in nodes), holder)
            )


def read_bundle(data: bytes) -> Node:
    """The bundle in `data`, XML or JSON.

    Raises `UnreadableError` where it is broken, nests too deeply, or is no bundle.
    """
    node = _read_json(data) if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else _of_xml(parse_xml(data))
    if node.type != "Bundle":
        raise UnreadableError(f"is a FHIR {node.type or 'file'} and not a Bundle: give the whole bundle")
    return node


def _read_json(data: bytes) -> Node:
    try:
        value = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise UnreadableError(f"is not well-formed JSON (cut off or damaged): {error}") from error
    return _of_json(value, 0)


def _of_json(value: Any, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise UnreadableError(f"nests objects more than {MAX_DEPTH} deep")
    if not isinstance(value, dict):
        return Node("" if value is None else str(value).lower() if isinstance(value, bool) else str(value))
    children: dict[str, list[Node]] = {}
    for key, item in value.items():
        items = item if isinstance(item, list) else [item]
        children[key] = [_div(x) if key == "div" else _of_json(x, depth + 1) for x in items]
    return Node(type=str(value.get("resourceType", "")), children=children)


def _div(value: Any) -> Node:
    """The XHTML of a narrative, read as HTML is: JSON bundles write names such as &nbsp; that XML does not know."""
    try:
        return Node(markup=html.fromstring(str(value), parser=html.HTMLParser(no_network=True, remove_comments=True)))
    except etree.ParserError:
        return Node()


def _of_xml(element: etree._Element) -> Node:
    if local_name(element) == "div":
        return Node(markup=element)
    children: dict[str, list[Node]] = defaultdict(list)
    for child in element:
        if isinstance(child.tag, str):
            children[child.tag.rpartition("}")[2]].append(_of_xml(child))
    name = element.tag.rpartition("}")[2]
    return Node(element.get("value") or "", name if name[:1].isupper() else "", children)
