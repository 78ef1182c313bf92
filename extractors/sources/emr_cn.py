"""Chinese medical records (病历): 入院记录, 出院记录, 病程记录, 手术记录, 门诊病历, as text, JSON or XML.

Parts and headings follow the rules for writing records (病历书写基本规范, 卫医政发〔2010〕11号).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from extractors.errors import UnreadableError
from extractors.events import Event, EventKind, Note, Refused, Row, Visit
from extractors.model import Section
from extractors.note_headings import find_note_sections
from extractors.places import Place
from extractors.record_times import read_record_time
from extractors.rules import read_rules
from extractors.sources.emr_cn_fields import Fields, first, read_fields, read_person, read_providers, read_visit
from extractors.sources.emr_cn_form import Form, forms_of_json, forms_of_xml, is_emr, is_json_emr, is_xml_emr, split_text
from extractors.sources.emr_cn_lists import read_items
from extractors.sources.record_files import decode_text, encoding_of, read_whole
from extractors.sources.safe_xml import root_of

_TABLES = (".csv", ".tsv", ".tab", ".toml")
_OTHERS = frozenset({"ClinicalDocument", "Bundle", "document", "html"})
_FOOT = re.compile(r"\n[^\n]{0,12}(?:签名|签字|记录者|记录人|医师|医生|日期|时间)[ \t\u3000]*[:：].*", re.S)


class EmrCn:
    """Reads Chinese records, one or several a file."""

    name = "emr_cn"

    def claims(self, place: Place) -> bool:
        """Whether `place` is a file whose text, keys or elements are at least two headings of a record."""
        member = place.members[0]
        if place.whole or member.name.lower().endswith(_TABLES):
            return False
        text = member.head.decode(encoding_of(member.head), "replace").removeprefix("\ufeff")
        form = _form_of(text)
        if form == "xml":
            return root_of(member.head)[0] not in _OTHERS and is_xml_emr(text)
        return "\0" not in text and (is_json_emr(text) if form == "json" else is_emr(text))

    def read(self, place: Place) -> Iterator[Row | Refused]:
        """The rows of each record: patient, doctors, visit, the note, and the diagnoses and operations that it lists."""
        reader = _Reader(place.members[0].name)
        try:
            forms = list(_forms(read_whole(place.members[0])))
        except UnreadableError as error:
            yield Refused(place.locator, str(error))
            return
        for form in forms:
            fault = form.fault or _fault(form)
            if fault:
                yield Refused(f"{place.locator}:{form.number}", fault)
            else:
                yield from reader.read(form)


RECORDS = EmrCn()


def _form_of(text: str) -> str:
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return "xml"
    return "json" if re.match(r"\{|\[\s*\{", start) else "text"


def _forms(data: bytes) -> Iterator[Form]:
    text = decode_text(data)
    form = _form_of(text)
    if form == "xml":
        return forms_of_xml(data)
    return forms_of_json(text) if form == "json" else split_text(text.replace("\r\n", "\n"))


def _fault(form: Form) -> str:
    if not find_note_sections(form.text, language="zh") and not form.title:
        return "has no heading of a record (主诉, 现病史, 诊断 ...)"
    return ""


class _Reader:
    """Makes rows of records; the heads of a file's first record hold for those that name no patient of their own."""

    def __init__(self, name: str) -> None:
        self._stem = name.rpartition("/")[2].partition(".")[0]
        self._head: Fields = {}
        self._seen: dict[str, int] = {}
        self._visits: list[Visit] = []

    def read(self, form: Form) -> Iterator[Row]:
        """The rows of one record."""
        sections = find_note_sections(form.text, language="zh")
        fields = read_fields(form.text, sections)
        if first(fields, "name", "patient_id", "record_id", "stay_id", "clinic_id", "national_id"):
            self._head = fields
        head = {**self._head, **fields}
        person = read_person(head, default=self._stem)
        yield from self._new(person)
        providers = list(read_providers(head, form.text))
        for provider in providers:
            yield from self._new(provider)
        doctor = next((each.id for each in reversed(providers)), "")
        visit = read_visit(head, person, form.title, doctor)
        if visit:
            visit = replace(visit, outcome=_outcome(form, sections))
            yield from self._new(visit)
        note = _note(form, sections, fields, person.id, visit, doctor)
        note = replace(note, id=self._counted(note.id))
        yield note
        yield from _events(note, visit)

    def _new(self, row: Row) -> Iterator[Row]:
        if row.id not in self._seen:
            self._seen[row.id] = 1
            yield row

    def _counted(self, key: str) -> str:
        self._seen[key] = self._seen.get(key, 0) + 1
        return key if self._seen[key] == 1 else f"{key}-{self._seen[key]}"


def _note(
    form: Form, sections: tuple[Section, ...], fields: Fields, patient: str, visit: Visit | None, doctor: str
) -> Note:
    own = read_record_time(form.text.lstrip()) or read_record_time(first(fields, "time"))
    is_discharge = form.title.startswith("出院")
    stay = (visit.end if is_discharge else visit.start) if visit else ""
    return Note(
        id=f"note/{sha256(form.text.encode()).hexdigest()[:24]}",
        patient=patient,
        text=form.text,
        visit=visit.id if visit else "",
        time=own or stay,
        title=form.title,
        language="zh",
        sections=sections,
        provider=doctor,
    )


def _outcome(form: Form, sections: tuple[Section, ...]) -> str:
    rules = read_rules("emr_cn")["outcomes"]
    texts = [_body(form.text, section) for section in sections if section.kind == "discharge_condition"]
    if form.title.startswith("死亡") or any(word in text[:20] for text in texts for word in rules["died"]):
        return "died"
    return next((word for text in texts for word in rules["words"] if word in text), "")


def _body(text: str, section: Section) -> str:
    """The text of a section without its heading, and without the signature below the last one."""
    body = text[section.start : section.end]
    return _FOOT.sub("", body[len(_head_of(body, section.title)) :])


def _head_of(body: str, title: str) -> str:
    position = 0
    for character in title:
        position = body.index(character, position) + 1
    rest = re.match(r"[ \t\u3000]*[】\]〕］》]?[ \t\u3000]*[:：]?", body[position:])
    return body[: position + (rest.end() if rest else 0)]


def _events(note: Note, visit: Visit | None) -> Iterator[Event]:
    categories = read_rules("emr_cn")["diagnoses"]["categories"]
    number = 0
    for section in note.sections:
        kind = EventKind.PROCEDURE if section.kind == "procedures" else EventKind.CONDITION
        if section.kind not in categories and kind is EventKind.CONDITION:
            continue
        for item in read_items(_body(note.text, section)):
            number += 1
            yield Event(
                id=f"{note.id}/{number}",
                patient=note.patient,
                kind=kind,
                name=item.name,
                codes=item.codes,
                start=_day(section.kind, note, visit),
                visit=note.visit,
                provider=note.provider,
                category=categories.get(section.kind, "operation"),
                assertion=item.assertion,
                note=note.id,
            )


def _day(kind: str, note: Note, visit: Visit | None) -> str:
    """The day a diagnosis was made: that of admission or discharge where it says so, else that of the note."""
    if visit and kind == "admission_diagnosis" and visit.start:
        return visit.start
    return (visit.end if visit and kind == "discharge_diagnosis" else "") or note.time
