"""The resources in a file of FHIR, whatever its form: bundle, NDJSON or one resource, in JSON or XML, of any size."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence, Set
from typing import IO, Any, NamedTuple

import orjson

from extractors.errors import UnreadableError
from extractors.events import Refused
from extractors.places import DAMAGE, Member, why_unreadable
from extractors.sources.fhir_json import (
    iter_bundle_entries,
    iter_lines,
    read_whole,
    top_level_type,
)
from extractors.sources.fhir_paths import Resource, each, first_text, text_of
from extractors.sources.fhir_xml import iter_xml_entries, read_xml_resource
from extractors.sources.safe_xml import root_of

#: Bundles inside bundles.
MAX_BUNDLES = 4
_DEEP = 100
_NO_OBJECT = "is no JSON object"
#: Bytes up to which a bundle is parsed as a whole, which is five times as fast as entry by entry.
SMALL = 4 << 20
_URN = re.compile(r"urn:(?:uuid|oid):", re.IGNORECASE)
_SPACE = b"\xef\xbb\xbf \t\r\n"


class Entry(NamedTuple):
    """A resource, where it stands, and the address it was given there; `deleted` is one that is to go."""

    locator: str
    address: str
    resource: Resource
    deleted: str = ""


class Form(NamedTuple):
    """How a file is written: `bundle`, `lines` or `resource`, in JSON or XML, and the first type of resource in it."""

    kind: str
    type: str
    xml: bool = False


def form_of(head: bytes) -> Form | None:
    """The form of a file that begins with `head`, or None where it is no FHIR."""
    if not head.lstrip(_SPACE).startswith(b"{"):
        name, tag = root_of(head)
        known = "http://hl7.org/fhir" in tag
        return Form("bundle" if name == "Bundle" else "resource", name, xml=True) if known else None
    kind = top_level_type(head)
    if not kind:
        return next((Form("lines", later) for line in _later_lines(head) if (later := top_level_type(line))), None)
    first, newline, rest = head.lstrip(_SPACE).partition(b"\n")
    lines = first.rstrip().endswith(b"}") or not newline or rest.startswith(b"{") or b"\n{" in rest
    if kind == "Bundle" and not (newline and lines):
        return Form("bundle", kind)
    return Form("lines" if lines else "resource", kind)


def _later_lines(head: bytes) -> list[bytes]:
    """Lines that begin an object, after one that is broken."""
    return [line for line in head.splitlines()[1:100] if line.startswith(b"{")]


def iter_entries(member: Member, place: str, *, types: Set[str] | None = None) -> Iterator[Entry | Refused]:
    """The resources of `member` in order, and what cannot be read; with `types`, at least those of these types."""
    reached = ""
    try:
        with member.open() as stream:
            for reached, value in _values(stream, form_of(member.head), types):
                where = f"{place}: {reached}"
                yield from _entries(value, where, 0) if isinstance(value, dict) else [Refused(where, value)]
    except UnreadableError as error:
        yield Refused(f"{place}: after {reached}" if reached else place, str(error))
    except DAMAGE as error:
        yield Refused(f"{place}: after {reached}" if reached else place, why_unreadable(error))


def _values(stream: IO[bytes], form: Form | None, types: Set[str] | None) -> Iterator[tuple[str, Any]]:
    """Where each entry of a file stands, and the entry, or in words why it is none."""
    if form is None and not stream.read(1):
        return
    if form is None:
        raise UnreadableError("is no FHIR resource, or no longer one")
    words = None if types is None else (b"\\u00", *(f'"{name}"'.encode() for name in sorted(types)))
    if form.kind == "lines":
        yield from _lines(stream, words)
    elif form.kind == "resource":
        data = read_whole(stream)
        value = read_xml_resource(data) if form.xml else _parsed(data)
        yield "resource", {"resource": value} if isinstance(value, dict) else value
    else:
        entries = iter_xml_entries(stream, types) if form.xml else _bundle(stream, words)
        for number, entry in enumerate(entries, 1):
            if entry is not None:
                yield f"entry {number}", entry


def _lines(stream: IO[bytes], words: Sequence[bytes] | None) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(iter_lines(stream), 1):
        if line is None:
            yield f"line {number}", "is longer than a resource may be"
        elif line.strip(_SPACE) and _may_hold(line, words):
            value = _parsed(line)
            yield f"line {number}", {"resource": value} if isinstance(value, dict) else value


def _bundle(stream: IO[bytes], words: Sequence[bytes] | None) -> Iterator[Any]:
    """The entries of a bundle: parsed at once where it is small and sound, else one by one; None for one left out."""
    start = stream.read(SMALL)
    if len(start) < SMALL:
        whole = _parsed(start)
        if isinstance(whole, dict):
            yield from (entry if isinstance(entry, dict) else _NO_OBJECT for entry in each(whole, "entry"))
            return
    for raw in iter_bundle_entries(start, stream):
        yield _parsed(raw) if _may_hold(raw, words) else None


def _may_hold(raw: bytes, words: Sequence[bytes] | None) -> bool:
    return words is None or any(word in raw for word in words)


def _parsed(raw: bytes) -> Any:
    """The object in `raw`, or in words why there is none: the parser's own words quote the record."""
    try:
        value = orjson.loads(raw.strip(_SPACE))
    except orjson.JSONDecodeError:
        return "is not well-formed JSON in UTF-8 (cut off or damaged)"
    return value if isinstance(value, dict) else _NO_OBJECT


def _entries(entry: Resource, where: str, depth: int) -> Iterator[Entry | Refused]:
    resource = entry.get("resource")
    if not isinstance(resource, dict):
        yield from _without_resource(entry, where)
    elif resource.get("resourceType") != "Bundle":
        address = first_text(entry, "fullUrl")
        known = isinstance(resource.get("resourceType"), str)
        yield Entry(where, address, _with_id(resource, address)) if known else Refused(where, "has no resourceType")
    elif depth == MAX_BUNDLES:
        yield Refused(where, f"lies in more than {MAX_BUNDLES} bundles inside each other")
    else:
        for number, inner in enumerate(each(resource, "entry"), 1):
            if isinstance(inner, dict):
                yield from _entries(inner, f"{where}: entry {number}", depth + 1)


def _with_id(resource: Resource, address: str) -> Resource:
    """A resource with an id: its own, else what its address ends with, else a hash of its content."""
    if text_of(resource.get("id")):
        return resource
    name = _URN.sub("", address, count=1) if _URN.match(address) else address.rstrip("/").rpartition("/")[2]
    if not name:
        name = hashlib.sha256(_content(resource, 0).encode("utf-8", "replace")).hexdigest()[:32]
    return {**resource, "id": name}


def _content(value: Any, depth: int) -> str:
    """What a resource says as one text, in the same words for JSON and XML; as deep as any that is sound."""
    if isinstance(value, dict) and depth < _DEEP:
        return "".join(f"{name}{{{_content(inner, depth + 1)}}}" for name, inner in sorted(value.items()))
    if isinstance(value, list) and depth < _DEEP:
        return ",".join([_content(inner, depth + 1) for inner in value])
    return text_of(value)


def _without_resource(entry: Resource, where: str) -> Iterator[Entry | Refused]:
    """A deletion; nothing for the answer of a server; else the entry is broken."""
    if first_text(entry, "request.method").upper() == "DELETE":
        yield Entry(where, "", {}, first_text(entry, "request.url"))
    elif not each(entry, "response"):
        yield Refused(where, "has no resource")
