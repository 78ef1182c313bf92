"""What the reading of records makes: persons, providers, visits, events and notes, as rows.

Rows are patient-level data as the source has them, identifiers included. They live in memory only: what is kept has
gone through `extractors.deidentify` before. Ids are those of the source, unique within it (`Patient/42`).
Times are ISO 8601 as far as the source knows them: `2019`, `2019-03`, `2019-03-07`, `2019-03-07T14:30:00`; local time,
without offset. A source that has shifted or relative times (MIMIC, eICU) gives them as if they were dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeAlias

from extractors.model import Assertion, Section
from extractors.places import Place


class EventKind(StrEnum):
    """What sort of thing happened."""

    CONDITION = "condition"
    PROCEDURE = "procedure"
    MEDICATION = "medication"
    TEST = "test"
    """A laboratory value, a vital sign, an answer of a questionnaire."""
    ALLERGY = "allergy"
    IMMUNIZATION = "immunization"


class IdentifierType(StrEnum):
    """What sort of thing a direct identifier is (45 CFR 164.514(b)(2); GB/T 37964-2019)."""

    NAME = "name"
    DATE = "date"
    AGE = "age"
    PHONE = "phone"
    ADDRESS = "address"
    NATIONAL_ID = "national_id"
    """Social security number, 身份证, national patient number."""
    INSURANCE = "insurance"
    """Number of a health plan, 社保/医保."""
    MEDICAL_RECORD = "medical_record"
    """Number of a record, a visit, a specimen, a report."""
    PASSPORT = "passport"
    ACCOUNT = "account"
    """Number of a bank account, a card, a licence."""
    PLATE = "plate"
    DEVICE = "device"
    EMAIL = "email"
    URL = "url"
    IP = "ip"
    ORGANIZATION = "organization"
    """Hospital, ward, school, employer."""


class Identifier(NamedTuple):
    """A value that points at a person; it is hunted for in the notes of that person, then dropped."""

    type: IdentifierType
    value: str


class Coding(NamedTuple):
    """One code of a thing: by CURIE where the system is known, and always as the source writes it."""

    curie: str
    system: str
    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """What a test gave: a number with its unit (UCUM where the source has it), or words."""

    number: float | None = None
    unit: str = ""
    text: str = ""
    comparator: str = ""
    """`<`, `<=`, `>=` or `>`, where the number is a bound."""
    flag: str = ""
    """H, L, HH, LL, A, N ... as HL7 v2 table 0078 has them; empty where nothing is said."""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A patient; `sex` is female, male, other or empty; `birth` and `death` as far as known."""

    id: str
    sex: str = ""
    birth: str = ""
    death: str = ""
    identifiers: tuple[Identifier, ...] = ()
    """Of the patient and of relatives and contacts: names, numbers, addresses."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who gave the care: a clinician, or an organization; `specialty` in the source's words."""

    id: str
    specialty: str = ""
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """An encounter; `kind` is inpatient, outpatient, emergency, icu, home, virtual or empty."""

    id: str
    patient: str
    kind: str = ""
    start: str = ""
    end: str = ""
    provider: str = ""
    specialty: str = ""
    department: str = ""
    outcome: str = ""
    """Discharge disposition in the source's words; `died` where it says so."""
    part_of: str = ""
    """Id of the visit that this one is part of (a unit stay within an admission)."""


@dataclass(frozen=True, slots=True)
class Event:
    """A coded thing of a record: patient, visit, provider, concept, time.

    `name` is what the source calls it, also where it is coded. Several `codes` say the same in several systems.
    """

    id: str
    patient: str
    kind: EventKind
    name: str
    codes: tuple[Coding, ...] = ()
    start: str = ""
    end: str = ""
    visit: str = ""
    provider: str = ""
    category: str = ""
    """Role in the source's words: problem-list-item, admission, discharge, vital-signs, laboratory ..."""
    assertion: Assertion = Assertion.PRESENT
    value: Value | None = None
    dose: str = ""
    """Sig line of a medication, as written."""
    reasons: tuple[str, ...] = ()
    """Ids of the events it was ordered for."""
    reason_codes: tuple[Coding, ...] = ()
    """What it was ordered for, where that is said by code and not by link."""
    note: str = ""
    """Id of the note it was read in; empty for what the source itself has coded."""


@dataclass(frozen=True, slots=True)
class Note:
    """A text of a record; `sections` count characters of `text`, and are empty where the source marks none."""

    id: str
    patient: str
    text: str
    visit: str = ""
    time: str = ""
    title: str = ""
    language: str = "en"
    sections: tuple[Section, ...] = ()
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Retraction:
    """A row that the source took back (`entered-in-error`): whatever was kept under this id goes."""

    id: str
    patient: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that could not be read; neither field holds anything that the record says.

    One that was `kept` could be read, but not all of it may be there: the reason is a warning.
    """

    locator: str
    """Name of the file, and the line, row or index in it."""
    reason: str
    kept: bool = False


Row: TypeAlias = Person | Provider | Visit | Event | Note | Retraction


class RecordSource(Protocol):
    """A reader of one layout of records: one file in `extractors/sources/`, found by its module-level `RECORDS`."""

    name: str

    def claims(self, place: Place) -> bool:
        """Whether `place` is of this layout, judged by the names of its files and how their content begins."""
        ...

    def read(self, place: Place) -> Iterator[Row | Refused]:
        """The rows, streamed in an order that depends on the content alone; persons and providers before their notes.

        Raises `UnreadableError` with one sentence that quotes nothing of the records where nothing can be read.
        """
        ...

    def find_unread(self, place: Place) -> tuple[str, ...]:
        """What lies in `place` about patients and is left aside: the layout's own names of tables or types.

        Never names of files, which may be called after patients.
        """
        ...
