"""Texts in FHIR as notes: attachments of documents and reports, conclusions, and the sections of compositions."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree, html

from extractors.errors import UnreadableError
from extractors.events import Note, Refused, Retraction, Row
from extractors.rules import read_rules
from extractors.sections import kind_of_code, kind_of_heading
from extractors.sources.draft import Draft
from extractors.sources.fhir_codes import assertion_of, names_at
from extractors.sources.fhir_events import contained_providers, need_patient
from extractors.sources.fhir_index import Index
from extractors.sources.fhir_paths import Resource, codes_at, each, first_text, first_time, row_id
from extractors.sources.markup import Block, read_blocks

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
#: A text is Chinese where one in so many of its characters is: reports are full of numbers and Latin names.
_SHARE = 10
#: Sections inside sections of a composition.
_MAX_LEVEL = 20


def read_document(resource: Resource, index: Index, where: str) -> Iterator[Row | Refused]:
    """The note of a DocumentReference: its best format that can be read; one in a Binary follows when that is read."""
    note = _head(resource, index, ["date", "indexed", "content.attachment.creation"])
    if isinstance(note, Retraction):
        yield note
        return
    yield from contained_providers(resource, note.provider)
    yield from _attached(note, each(resource, "content.attachment"), index, where)


def read_report_notes(resource: Resource, index: Index, where: str) -> Iterator[Row | Refused]:
    """The conclusion of a DiagnosticReport and the report itself, where it is attached."""
    note = _head(resource, index, ["effectiveDateTime", "effectivePeriod.start", "issued"])
    if isinstance(note, Retraction):
        yield from (replace(note, id=f"{note.id}#{part}") for part in ("conclusion", "form"))
        return
    if said := first_text(resource, "conclusion"):
        yield _with_text(replace(note, id=f"{note.id}#conclusion"), said)
    forms = each(resource, "presentedForm")
    if forms:
        yield from _attached(replace(note, id=f"{note.id}#form"), forms, index, where)


def read_binary(resource: Resource, index: Index) -> Iterator[Row]:
    """The notes whose text a Binary holds; nothing for one that no document refers to."""
    for note, _ in index.attached.pop(row_id(resource), ()):
        yield _with_text(note, _decoded(resource, "data"))


def read_composition(resource: Resource, index: Index) -> Iterator[Row]:
    """The note of a Composition, with its sections; nothing for one without any text."""
    note = _head(resource, index, ["date"])
    if isinstance(note, Retraction):
        yield note
        return
    draft = Draft()
    for section in each(resource, "section"):
        _write_section(draft, section, 1)
    if draft.text.strip():
        yield from contained_providers(resource, note.provider)
        yield replace(_with_text(note, draft.text), sections=draft.sections)


def _head(resource: Resource, index: Index, times: list[str]) -> Note | Retraction:
    """A note without its text, or its retraction."""
    patient = index.find_at(resource, ["subject", "patient"], "Patient")
    if assertion_of(resource) is None:
        return Retraction(row_id(resource), patient)
    return Note(
        row_id(resource),
        need_patient(patient),
        "",
        index.find_at(resource, ["context.encounter", "context", "encounter"], "Encounter"),
        first_time(resource, times),
        first_text(resource, "title") or names_at(resource, "type", "code") or first_text(resource, "description"),
        first_text(resource, "language", "content.attachment.language").partition("-")[0].lower() or "en",
        provider=index.find_provider(resource, ["author", "performer", "resultsInterpreter"]),
    )


def _attached(note: Note, attachments: list[Any], index: Index, where: str) -> Iterator[Row | Refused]:
    """The text of the attachment in the best format; all are said to hold the same."""
    formats = read_rules("fhir")["attachments"]["read"]
    readable = [found for found in attachments if _format(found) in formats]
    for found in sorted(readable, key=lambda found: formats.index(_format(found))):
        if first_text(found, "data"):
            yield _with_text(note, _decoded(found, "data"))
            return
    for found in [*readable, *(found for found in attachments if not _format(found))]:
        if (name := index.find({"reference": first_text(found, "url")}, {})).startswith("Binary/"):
            index.attached.setdefault(name, []).append((note, where))
            return
    yield Refused(where, _why_not(attachments, bool(readable)))


def _why_not(attachments: list[Any], readable: bool) -> str:
    if readable:
        return "has its text at an address only; put it into the file"
    known = read_rules("fhir")["attachments"]["names"]
    names = sorted({known[name] for found in attachments if (name := _format(found)) in known})
    if names:
        return f"has its text as {', '.join(names)} only, which is not read; give it as plain text or HTML"
    return "has its text in no format that is read; give it as plain text or HTML"


def _format(attachment: Any) -> str:
    return first_text(attachment, "contentType").partition(";")[0].strip().lower()


def _decoded(attachment: Any, path: str) -> str:
    """The text of an attachment; raises `UnreadableError` where it is not what it says."""
    kind = first_text(attachment, "contentType")
    charset = _CHARSET.search(kind)
    try:
        data = base64.b64decode("".join(first_text(attachment, path).split()), validate=True)
        text = data.decode(charset[1] if charset else "utf-8").removeprefix("\ufeff")
    except (binascii.Error, ValueError, LookupError):
        raise UnreadableError("has an attachment that is not Base64 or not in the encoding it names") from None
    if _format(attachment) in ("text/html", "application/xhtml+xml"):
        draft = Draft()
        for block in _blocks(text):
            draft.write_block(block)
        return draft.text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _with_text(note: Note, text: str) -> Note:
    if not text.strip():
        raise UnreadableError("has an attachment without any text")
    chinese = len(_CHINESE.findall(text)) > len(text) / _SHARE
    return replace(note, text=text, language="zh" if chinese else note.language)


def _write_section(draft: Draft, section: Any, level: int) -> None:
    if level > _MAX_LEVEL:
        raise UnreadableError(f"has sections inside sections more than {_MAX_LEVEL} deep")
    title = first_text(section, "title") or names_at(section, "code")
    code = next(iter(codes_at(section, "code")), "")
    draft.open_section(title, code=code, kind=kind_of_code(code) or kind_of_heading(title), heading=title)
    for markup in each(section, "text.div"):
        for number, block in enumerate(_blocks(markup) if isinstance(markup, str) else ()):
            if number or block.text != title:
                draft.write_block(block)
    for inner in each(section, "section"):
        _write_section(draft, inner, level + 1)
    draft.close_section()


def _blocks(markup: str) -> list[Block]:
    """The lines and tables of HTML, read as browsers do: it is often not well-formed."""
    try:
        root = html.fromstring(markup, parser=html.HTMLParser(no_network=True, remove_comments=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    return list(read_blocks(root))
