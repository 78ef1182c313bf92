"""C-CDA documents (R1.1, R2.1; HL7 CCD and HITSP C32): the header, the coded entries, and each section as a note.

Templates: HL7 Implementation Guide for CDA R2, Consolidated CDA Templates (hl7.org/cda/us/ccda).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from extractors.errors import UnreadableError
from extractors.events import Note, Refused, Row, Visit
from extractors.places import Place
from extractors.sources.ccda_entries import Entries
from extractors.sources.ccda_header import (
    Providers,
    document_title,
    header_numbers,
    named_persons,
    read_person,
    read_visit,
)
from extractors.sources.ccda_narrative import Narrative, top_sections
from extractors.sources.ccda_xml import Element, attribute, child, own_text, parse_document, read_time
from extractors.sources.record_files import read_whole
from extractors.sources.safe_xml import root_of


class Ccda:
    """Reads C-CDA documents, one a file."""

    name = "ccda"

    def claims(self, place: Place) -> bool:
        """Whether `place` is a file whose first element is ClinicalDocument."""
        return not place.whole and root_of(place.members[0].head)[0] == "ClinicalDocument"

    def read(self, place: Place) -> Iterator[Row | Refused]:
        """The rows of the document, or why it cannot be read."""
        try:
            data = read_whole(place.members[0])
            root = parse_document(data)
            yield from _read_document(root, sha256(data).hexdigest()[:24])
            if _is_scanned(root):
                yield Refused(place.locator, "has a body that is a file (PDF, picture) and no text: convert it to text")
        except UnreadableError as error:
            yield Refused(place.locator, str(error))

    def find_unread(self, place: Place) -> tuple[str, ...]:
        """Nothing: all text is kept as notes."""
        return ()


RECORDS = Ccda()


def _read_document(root: Element, document: str) -> Iterator[Row]:
    person = read_person(root)
    if not person.id:
        raise UnreadableError("names no patient: its recordTarget has neither an identifier nor a name")
    numbers = tuple(dict.fromkeys((*person.identifiers, *header_numbers(root), *named_persons(root))))
    providers = Providers(root, document)
    visit = read_visit(root, person.id, providers)
    yield replace(person, identifiers=numbers)
    yield from providers.rows()
    if visit:
        yield visit
    entries = Entries(person.id, providers, visit)
    narratives = [(section, Narrative(section)) for section in top_sections(root)]
    for section, narrative in narratives:
        yield from entries.read(section, narrative)
    author = providers.id_of(root)
    plain = child(root, "component/nonXMLBody/text")
    if plain is not None and not _is_scanned(root) and own_text(plain):
        narratives.append((plain, Narrative.of_text(plain, document_title(root))))
    for number, (_, narrative) in enumerate(narratives, 1):
        if narrative.has_text:
            yield _note(narrative, root, f"{document}/{number}", person.id, visit, author)


def _is_scanned(root: Element) -> bool:
    """Whether the body is a file in Base64, or lies elsewhere."""
    body = child(root, "component/nonXMLBody/text")
    return attribute(body, "representation") == "B64" or child(body, "reference") is not None


def _note(narrative: Narrative, root: Element, key: str, patient: str, visit: Visit | None, author: str) -> Note:
    language = attribute(child(root, "languageCode"), "code").lower().replace("_", "-").partition("-")[0]
    return Note(
        id=f"note/{key}",
        patient=patient,
        text=narrative.text,
        visit=visit.id if visit else "",
        time=read_time(attribute(child(root, "effectiveTime"), "value")),
        title=narrative.title or document_title(root),
        language={"eng": "en", "zho": "zh", "chi": "zh"}.get(language, language) or "en",
        sections=narrative.draft.sections,
        provider=author,
    )
