"""XML from strangers, parsed without entities, document types, network or guesses at the encoding."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import Any

from lxml import etree

from extractors.errors import UnreadableError

#: Elements inside elements; the deepest label seen has 31.
MAX_DEPTH = 200

_CAREFUL: dict[str, Any] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": True,
    "remove_comments": True,
    "remove_pis": True,
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = frozenset({"utf-8", "ascii", "iso8859-1", "cp1252", "gb2312", "gbk", "gb18030", "big5"})
_DEEP = f"nests elements more than {MAX_DEPTH} deep, which no label does"
_TOO_DEEP = f"boolean({'/*' * (MAX_DEPTH + 1)})"
_UNASSIGNED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_START_TAG = re.compile(r"<([A-Za-z_][\w.-]*:)?([\w.-]+)([^>]*)")


def decode_xml(data: bytes) -> str:
    """The characters of an XML file: by its byte order mark, else as it declares, else UTF-8.

    Raises `UnreadableError` where the bytes are not what is declared.
    """
    encoding, why = _encoding_of(data)
    if codecs.lookup(encoding).name == "iso8859-1" and not _UNASSIGNED.search(data):
        # What calls itself Latin-1 is in practice Windows-1252 (WHATWG Encoding Standard, section 4.2).
        encoding = "cp1252"
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"is not in the encoding {encoding}, as {why}: byte {error.start:,} does not fit"
        ) from error


def _encoding_of(data: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, "its first bytes say"
    declared = _DECLARED.match(data)
    if not declared:
        return "utf-8", "XML is where it declares none"
    name = declared.group(1).decode("ascii")
    try:
        known = codecs.lookup(name).name in _ENCODINGS
    except LookupError:
        known = False
    if not known:
        raise UnreadableError(f"declares the encoding {name!r}, which is not one that labels are written in")
    return name, "it declares"


def root_of(head: bytes) -> tuple[str, str]:
    """Local name of the first element in `head` and the text of its start tag; empty where `head` is not XML."""
    try:
        text = head.decode(_encoding_of(head)[0], "replace")
    except UnreadableError:
        text = head.decode("latin-1")
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return "", ""
    first = _START_TAG.search(_COMMENT.sub("", text))
    return (first.group(2), first.group(3)) if first else ("", "")


def parse_xml(data: bytes) -> etree._Element:
    """The root element of `data`; comments and processing instructions are left out.

    Raises `UnreadableError` where it is not well-formed, declares a document type (and so, perhaps, entities that
    expand without end or read other files), or nests deeper than `MAX_DEPTH`.
    """
    body = _body_of(data)
    try:
        root = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        if "depth" in error.msg:
            raise UnreadableError(_DEEP) from error
        problem = " ".join(error.msg.split())
        raise UnreadableError(f"is not well-formed XML (cut off or damaged): {problem}") from error
    if root.xpath(_TOO_DEEP):
        raise UnreadableError(_DEEP)
    return root


def parse_xml_until(data: bytes) -> list[etree._Element]:
    """The elements below the root that are whole, of XML that is cut off or damaged behind them.

    Raises `UnreadableError` as `parse_xml` does, but for what is not well-formed.
    """
    parser = etree.XMLPullParser(events=("start", "end"), **_CAREFUL)
    depth, whole = 0, list[etree._Element]()
    with suppress(etree.XMLSyntaxError):
        parser.feed(_body_of(data))
    with suppress(etree.XMLSyntaxError):
        for event, element in parser.read_events():
            depth += 1 if event == "start" else -1
            if depth > MAX_DEPTH:
                raise UnreadableError(_DEEP)
            if event == "end" and depth == 1 and isinstance(element, etree._Element):
                whole.append(element)
    return whole


def _body_of(data: bytes) -> bytes:
    text = decode_xml(data)
    body = data.strip() if _encoding_of(data)[0].lower() == "utf-8" else _DECLARATION.sub("", text).encode("utf-8")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise UnreadableError("declares a document type or entities, which labels never need and attacks use")
    return body


def _parser() -> etree.XMLParser:
    return etree.XMLParser(**_CAREFUL)
