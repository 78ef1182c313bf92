"""Chinese medical records (病历): 入院记录, 出院记录, 病程记录, 手术记录, 门诊病历, as text, JSON, XML or a table.

Parts and headings follow the rules for writing records (病历书写基本规范, 卫医政发〔2010〕11号).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

from extractors.errors import UnreadableError
from extractors.events import Event, EventKind, Note, Refused, Row, Visit
from extractors.model import Section
from extractors.note_headings import find_note_sections
from extractors.note_sections import kind_of_note_heading
from extractors.places import Place
from extractors.record_times import read_record_time
from extractors.sources.emr_cn_ends import find_missing_end
from extractors.sources.emr_cn_fields import (
    CLINICS,
    Fields,
    first,
    merged,
    read_fields,
    read_person,
    read_providers,
    read_visit,
    without_foot,
)
from extractors.sources.emr_cn_files import form_of, iter_groups
from extractors.sources.emr_cn_form import Form, emr_rules, is_emr, is_json_emr, is_table_emr, is_xml_emr
from extractors.sources.emr_cn_lists import Item, read_items
from extractors.sources.notes_rows import TABLES, heads_of
from extractors.sources.record_files import encoding_of
from extractors.sources.safe_xml import root_of

_OTHERS = frozenset({"ClinicalDocument", "Bundle", "document", "html"})
_SAME = re.compile(r"\s*[同与](入院|初步|术前|门诊)(?:诊断)?(?:相同|一致)?[。.\s]*$")
_AFTER_TITLE = re.compile(r"[ \t\u3000]*[】\]〕］》]?[ \t\u3000]*[:：]?")


class EmrCn:
    """Reads Chinese records, one or several a file."""

    name = "emr_cn"

    def claims(self, place: Place) -> bool:
        """Whether `place` is a file whose text, keys or elements are at least two headings of a record."""
        member = place.members[0]
        if place.whole or member.name.lower().endswith((*TABLES, ".toml")):
            return not place.whole and member.name.lower().endswith(TABLES) and is_table_emr(heads_of(member))
        text = member.head.decode(encoding_of(member.head), "replace").removeprefix("\ufeff")
        form = form_of(text)
        if form == "xml":
            return root_of(member.head)[0] not in _OTHERS and is_xml_emr(text)
        return "\0" not in text and (is_json_emr(text) if form == "json" else is_emr(text))

    def read(self, place: Place) -> Iterator[Row | Refused]:
        """The rows of each record: patient, doctors, visit, the note, and the diagnoses and operations that it lists.

        The records of a text file belong together: what one of them tells of the visit holds for the others. One that
        ends too early is read, and a warning says so.
        """
        member = place.members[0]
        reader = _Reader(member.name)
        try:
            for forms in iter_groups(member):
                sound = []
                for form in forms:
                    if fault := form.fault or _fault(form):
                        yield Refused(f"{place.locator}:{form.number}", fault)
                        continue
                    sound.append(form)
                    if form.written and (missing := find_missing_end(form)):
                        yield Refused(f"{place.locator}:{form.number}", missing, kept=True)
                yield from reader.read(sound)
        except UnreadableError as error:
            yield Refused(place.locator, str(error))

    def find_unread(self, place: Place) -> tuple[str, ...]:
        """Nothing: all text is kept as notes."""
        return ()


RECORDS = EmrCn()


def _fault(form: Form) -> str:
    if not find_note_sections(form.text, language="zh") and not form.title:
        return "has no heading of a record (主诉, 现病史, 诊断 ...)"
    return ""


class _Record(NamedTuple):
    form: Form
    sections: tuple[Section, ...]
    fields: Fields


def _is_other(group: Sequence[_Record], record: _Record) -> bool:
    """Whether a record names another patient than those before it."""
    for field in ("patient_id", "record_id", "stay_id", "clinic_id", "national_id", "name"):
        known = {value for each in group for value in each.fields.get(field, ())[:1]}
        value = first(record.fields, field)
        if known and value:
            return value not in known
    return False


def _is_other_day(first_form: Form, form: Form) -> bool:
    """Whether a record tells of another day at a clinic than the first of those before it."""
    kinds = emr_rules()["titles"]
    at_clinic = all(kinds.get(each.title, "") in CLINICS for each in (first_form, form))
    return at_clinic and bool(form.time) and form.time[:10] != first_form.time[:10]


def _title_and_time(group: Sequence[_Record]) -> tuple[str, str]:
    forms = [record.form for record in group]
    return next((form.title for form in forms if form.title), ""), forms[0].time


def _doctor(head: Fields, record: _Record, top: _Record) -> str:
    """The id of the last who signed a record, else of the hospital."""
    found = list(read_providers({**head, "doctor": record.fields.get("doctor", ())}, top.form.text))
    return found[-1].id if found else ""


class _Reader:
    """Makes rows of records, and remembers whom it has named."""

    def __init__(self, name: str) -> None:
        self._stem = name.rpartition("/")[2].partition(".")[0]
        self._seen: dict[str, int] = {}

    def read(self, forms: Sequence[Form]) -> Iterator[Row]:
        """The rows of records that belong together; another patient, or another day at the clinic, begins anew."""
        group: list[_Record] = []
        for form in forms:
            sections = find_note_sections(form.text, language="zh")
            record = _Record(form, sections, read_fields(form.text, sections))
            if group and _is_other(group, record):
                yield from self._rows(group)
                group = []
            elif group and _is_other_day(group[0].form, form):
                yield from self._rows(group)
                # The head stands once, before the first of the days.
                group, record = [], record._replace(fields={**group[0].fields, **record.fields})
            group.append(record)
        yield from self._rows(group) if group else ()

    def _rows(self, group: Sequence[_Record]) -> Iterator[Row]:
        head = merged(record.fields for record in group)
        person = read_person(head, default=self._stem)
        yield from self._new(person)
        for record in group:
            for provider in read_providers({**head, "doctor": record.fields.get("doctor", ())}, group[0].form.text):
                yield from self._new(provider)
        visit = read_visit(head, person, _doctor(head, group[-1], group[0]), _title_and_time(group))
        if visit:
            outcome = next((found for record in group if (found := _outcome(record))), "")
            visit = replace(visit, outcome=outcome)
            yield from self._new(visit)
        for record in group:
            note = _note(record, person.id, visit, _doctor(head, record, group[0]))
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


def _note(record: _Record, patient: str, visit: Visit | None, doctor: str) -> Note:
    form = record.form
    stay = (visit.end if form.title.startswith(("出院", "死亡")) else visit.start) if visit else ""
    return Note(
        id=f"note/{sha256(form.text.encode()).hexdigest()[:24]}",
        patient=patient,
        text=form.text,
        visit=visit.id if visit else "",
        time=form.time or read_record_time(first(record.fields, "time")) or stay,
        title=form.title,
        language="zh",
        sections=record.sections,
        provider=doctor,
    )


def _outcome(record: _Record) -> str:
    rules, text = emr_rules()["outcomes"], record.form.text
    texts = [_body(text, section) for section in record.sections if section.kind == "discharge_condition"]
    if record.form.title.startswith("死亡") or any(word in each[:20] for each in texts for word in rules["died"]):
        return "died"
    return next((str(word) for each in texts for word in rules["words"] if word in each), "")


def _body(text: str, section: Section) -> str:
    """The text of a section without its heading, and without the signature below the last one."""
    body = text[section.start : section.end]
    position = 0
    for character in section.title:
        position = body.index(character, position) + 1
    rest = _AFTER_TITLE.match(body, position)
    return without_foot(body[rest.end() if rest else position :])


def _events(note: Note, visit: Visit | None) -> Iterator[Event]:
    categories = emr_rules()["diagnoses"]["categories"]
    listed: dict[str, list[Item]] = {}
    number = 0
    for section in note.sections:
        kind = EventKind.PROCEDURE if section.kind == "procedures" else EventKind.CONDITION
        if section.kind not in categories and kind is EventKind.CONDITION:
            continue
        items = listed[section.kind] = _items(_body(note.text, section), listed)
        for item in items:
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


def _items(body: str, listed: Mapping[str, list[Item]]) -> list[Item]:
    """The items of a list, or those of the list that "同入院诊断" refers to."""
    if found := _SAME.match(body):
        kind = kind_of_note_heading(found[1].removesuffix("诊断") + "诊断")
        return listed.get(kind, [])
    return list(read_items(body))


def _day(kind: str, note: Note, visit: Visit | None) -> str:
    """The day a diagnosis was made: that of admission or discharge where it says so, else that of the note."""
    if visit and kind == "admission_diagnosis" and visit.start:
        return visit.start
    return (visit.end if visit and kind == "discharge_diagnosis" else "") or note.time
