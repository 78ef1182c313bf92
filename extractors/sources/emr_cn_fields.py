"""What the head and the foot of a Chinese record tell of the patient, the visit and the doctors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256

from extractors.events import Identifier, IdentifierType, Person, Provider, Visit
from extractors.model import Section
from extractors.record_times import read_record_time
from extractors.sources.emr_cn_form import emr_rules

_GAP = r"[ \t\u3000\u00a0]*+"
_END = re.compile(r"[\n。；;|]|[ \t\u3000]{3,}")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,15}|[A-Za-z][A-Za-z .'\-]{1,40}")
_HOSPITAL = re.compile(
    r"^[ \t\u3000]*([\u4e00-\u9fff（）()A-Za-z\d]{2,30}?(?:医院|卫生院|卫生服务中心|医疗中心|诊所|门诊部))", re.M
)
#: A cell of a table written as text.
_BAR = re.compile(r"[ \t\u3000]*+\|[ \t\u3000]*+")
_PAGE = re.compile(r"第\s*\d+\s*页.*$")
#: Blanks that only set a short name as wide as a long one: 刘　洋.
_SPACED_NAME = re.compile(r"(?<=^[\u4e00-\u9fff])[ \u3000]+(?=[\u4e00-\u9fff]$)")
_OF_PATIENT = re.compile(r"^(?:患者|病人|其)(?:的|之)?(?=.)")
_BLANK = re.compile(r"^[_＿\-/—\s]*$|^(?:无|不详|未知|略|保密)$")
_SEX = {"男": "male", "女": "female"}
_SORTS = {
    "name": IdentifierType.NAME,
    "contact": IdentifierType.NAME,
    "teller": IdentifierType.NAME,
    "birth_place": IdentifierType.ADDRESS,
    "address": IdentifierType.ADDRESS,
    "employer": IdentifierType.ORGANIZATION,
    "phone": IdentifierType.PHONE,
    "national_id": IdentifierType.NATIONAL_ID,
    "insurance": IdentifierType.INSURANCE,
    "patient_id": IdentifierType.MEDICAL_RECORD,
    "record_id": IdentifierType.MEDICAL_RECORD,
    "stay_id": IdentifierType.MEDICAL_RECORD,
    "clinic_id": IdentifierType.MEDICAL_RECORD,
}
#: Kinds of visit that end on their day.
CLINICS = frozenset({"outpatient", "emergency"})


Fields = Mapping[str, tuple[str, ...]]


def read_fields(text: str, sections: Iterable[Section]) -> Fields:
    """The values of the fields in what stands before the first section and, with a colon, anywhere else, by field."""
    head = min((section.start for section in sections), default=len(text))
    marks = [found for found in _labels().finditer(text) if found["colon"] or found.start() < head]
    values: dict[str, list[str]] = {}
    for index, found in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(text)
        start = _BAR.match(text, found.end(), end)
        begin = start.end() if start else found.end()
        stop = _END.search(text, begin, end)
        value = text[begin : min(end, stop.start() if stop else end)].strip(" \t\u3000,，_")
        value = _PAGE.sub("", value)
        field = _field_of()[_plain(found["label"])]
        inside = found.start() < head or field == "doctor" or len(value) <= 30
        if value and inside and not _BLANK.match(value) and value not in values.setdefault(field, []):
            values[field].append(value)
    return {field: tuple(found) for field, found in values.items() if found}


@cache
def _field_of() -> dict[str, str]:
    return {label.lower(): field for field, labels in emr_rules()["fields"].items() for label in labels}


def _plain(label: str) -> str:
    return re.sub(r"\s", "", label).lower()


@cache
def _labels() -> re.Pattern[str]:
    names = "|".join(_GAP.join(label) for label in sorted(_field_of(), key=len, reverse=True))
    return re.compile(rf"(?<![\u4e00-\u9fffA-Za-z])(?P<label>{names})(?:{_GAP}(?P<colon>[:：])|(?=[ \t\u3000|]))", re.I)


def without_foot(text: str) -> str:
    """The text of a section up to where a doctor signs or the day of the record stands."""
    ends = (found.start() for found in _labels().finditer(text) if found["colon"] and _is_foot(found["label"]))
    return text[: next(ends, len(text))]


def _is_foot(label: str) -> bool:
    return _field_of()[_plain(label)] in {"doctor", "time"}


def merged(fields: Iterable[Fields]) -> Fields:
    """All values of several heads, each once."""
    values: dict[str, dict[str, None]] = {}
    for each in fields:
        for field, found in each.items():
            values.setdefault(field, {}).update(dict.fromkeys(found))
    return {field: tuple(found) for field, found in values.items()}


def first(fields: Fields, *names: str) -> str:
    """The first value of the first of these fields that has one."""
    return next((fields[name][0] for name in names if fields.get(name)), "")


def read_person(fields: Fields, *, default: str) -> Person:
    """The patient; known by a number, else by name with birth or age, else by `default` (where the record lies)."""
    number = first(fields, "patient_id", "record_id", "stay_id", "national_id", "clinic_id")
    national = first(fields, "national_id")
    birth = read_record_time(first(fields, "birth"))
    if not birth and re.fullmatch(r"\d{17}[\dXx]", national):
        birth = read_record_time(national[6:14])
    name = first(fields, "name")
    key = number or (_digest(name, birth or first(fields, "age"), first(fields, "phone")) if name else default)
    identifiers = tuple(dict.fromkeys(_identifiers(fields)))
    return Person(f"patient/{key}", _SEX.get(first(fields, "sex")[:1], ""), birth, "", identifiers)


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:24]


def _identifiers(fields: Fields) -> Iterator[Identifier]:
    for field, sort in _SORTS.items():
        for value in fields.get(field, ()):
            value = _name_in(value) if sort is IdentifierType.NAME else value
            if len(value) > (3 if sort is IdentifierType.MEDICAL_RECORD else 1):
                yield Identifier(sort, value)


@cache
def _next_label() -> re.Pattern[str]:
    """Blanks and the label of another field, which need no colon: 联系人：王芳 电话138."""
    labels = sorted(filter(lambda label: len(label) > 1, _field_of()), key=len, reverse=True)
    return re.compile(rf"[ \t\u3000]+(?:{'|'.join(map(re.escape, labels))})(?=\W|\d|$)", re.I)


def _name_in(value: str) -> str:
    """The name that a field begins with, its blanks taken out; empty where it only says who that is (患者女儿)."""
    value = _next_label().split(value, maxsplit=1)[0]
    found = _NAME.match(re.sub(r"(?<=[\u4e00-\u9fff])[ \u3000](?=[\u4e00-\u9fff])", "", value))
    nobody = not found or _OF_PATIENT.sub("", found[0]) in emr_rules()["tellers"]["nobody"]
    return "" if nobody or not found else found[0]


def read_providers(fields: Fields, text: str) -> Iterator[Provider]:
    """The hospital, then the doctors who are named."""
    hospital = first(fields, "hospital") or (found[1] if (found := _HOSPITAL.search(text[:200])) else "")
    wards = tuple(Identifier(IdentifierType.ORGANIZATION, ward) for ward in fields.get("ward", ()) if len(ward) > 1)
    if hospital:
        place = Identifier(IdentifierType.ORGANIZATION, hospital)
        yield Provider(f"provider/{_digest(hospital)}", "", (place, *wards))
    for value in fields.get("doctor", ()):
        value = _SPACED_NAME.sub("", value)
        for name in re.split(r"[/、，,\s]+", value):
            if (found := re.fullmatch(r"[\u4e00-\u9fff·]{2,4}|[A-Z][A-Za-z .]{2,30}", name)) and found[
                0
            ] not in _field_of():
                specialty = first(fields, "department")
                named = Identifier(IdentifierType.NAME, found[0])
                yield Provider(f"provider/{_digest(hospital, found[0])}", specialty, (named,))


def read_visit(fields: Fields, person: Person, doctor: str, title_and_time: tuple[str, str]) -> Visit | None:
    """The stay or the consultation, where the record gives a number or a day for it.

    At a clinic each day is a visit of its own, whatever numbers are given; a stay is known by its number.
    """
    title, written_at = title_and_time
    start, end = read_record_time(first(fields, "start")), read_record_time(first(fields, "end"))
    kind = emr_rules()["titles"].get(title, "") or ("inpatient" if first(fields, "stay_id") else "")
    at_clinic = kind in CLINICS
    number = first(fields, "clinic_id" if at_clinic else "stay_id")
    time = start or (written_at or read_record_time(first(fields, "time")) if at_clinic else "")
    if at_clinic and written_at:
        time = written_at
    if not number and not time:
        return None
    day = time[:10] if at_clinic or not number else ""
    key = "-".join(filter(None, (number, first(fields, "stay"), day)))
    department = first(fields, "department")
    return Visit(
        id=f"{person.id}/visit/{key}",
        patient=person.id,
        kind=kind,
        start=time,
        end=end,
        provider=doctor,
        specialty=department,
        department=department,
    )
