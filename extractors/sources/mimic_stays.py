"""Patients, stays and notes of MIMIC tables; a function's parameters are the columns that it reads.

Where MIMIC-III and MIMIC-IV name a column otherwise, both names stand beside each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from extractors.events import Note, Person, Provider, Refused, Retraction, Row, Visit
from extractors.rules import check_keys, read_rules
from extractors.table_rows import find_key, find_needed, find_text, find_time, need_columns
from extractors.tables import Table

_SEXES = {"F": "female", "M": "male"}


class Stay(NamedTuple):
    """When an admission began and ended."""

    start: str
    end: str


class MimicStays:
    """Makes rows of the tables that say who was where, and remembers when each admission was."""

    def __init__(self) -> None:
        self._rules = read_mimic_rules()
        self._services: dict[str, str] = {}
        self._stays: dict[str, Stay] = {}

    def read_services(self, tables: Mapping[str, Table], refused: list[Refused]) -> None:
        """Learn from SERVICES under which specialty each admission began; what cannot be read goes to `refused`."""
        first: dict[str, tuple[str, str]] = {}
        columns = ("hadm_id", "transfertime", "curr_service")
        if "services" in tables:
            need_columns(tables["services"], columns)
            for hadm, time, service in tables["services"].select(columns, refused):
                first[hadm] = min(first.get(hadm, (time, service)), (time, service))
        names = self._rules["services"]
        self._services = {hadm: names.get(service, service) for hadm, (_, service) in first.items()}

    def get_stay(self, hadm_id: str) -> Stay:
        """When an admission was; empty where ADMISSIONS does not say."""
        return self._stays.get(hadm_id.removesuffix(".0"), Stay("", ""))

    def patient(
        self,
        subject_id: str,
        gender: str = "",
        dob: str = "",
        dod: str = "",
        anchor_age: str = "",
        anchor_year: str = "",
    ) -> Row:
        """A row of PATIENTS; MIMIC-IV says the year of birth by the age in a year."""
        born = str(int(anchor_year) - int(anchor_age)) if anchor_year.isdigit() and anchor_age.isdigit() else ""
        sex = _SEXES.get(gender.strip().upper(), "")
        return Person(find_patient(subject_id), sex, find_time(dob, "dob") or born, find_time(dod, "dod"))

    def caregiver(self, cgid: str, label: str = "", description: str = "") -> Row:
        """A row of CAREGIVERS of MIMIC-III."""
        return Provider(f"caregivers/{find_needed(cgid, 'cgid')}", description or label)

    def provider(self, provider_id: str) -> Row:
        """A row of provider of MIMIC-IV, which says nothing but that there is one."""
        return Provider(f"provider/{find_needed(provider_id, 'provider_id')}")

    def admission(
        self,
        subject_id: str,
        hadm_id: str,
        admittime: str,
        dischtime: str = "",
        admit_provider_id: str = "",
        discharge_location: str = "",
        hospital_expire_flag: str = "",
    ) -> Row:
        """A row of ADMISSIONS."""
        key = find_needed(hadm_id, "hadm_id")
        stay = Stay(find_time(admittime, "admittime"), find_time(dischtime, "dischtime"))
        self._stays[key] = stay
        return Visit(
            f"admissions/{key}",
            find_patient(subject_id),
            "inpatient",
            *stay,
            provider=find_key("provider", admit_provider_id),
            specialty=self._services.get(hadm_id, ""),
            outcome="died" if hospital_expire_flag == "1" else discharge_location,
        )

    def unit_stay(
        self,
        subject_id: str,
        hadm_id: str,
        intime: str,
        outtime: str = "",
        first_careunit: str = "",
        icustay_id: str = "",
        stay_id: str = "",
    ) -> Row:
        """A row of ICUSTAYS, part of its admission."""
        return Visit(
            f"icustays/{find_needed(stay_id or icustay_id, 'the id of the stay')}",
            find_patient(subject_id),
            "icu",
            find_time(intime, "intime"),
            find_time(outtime, "outtime"),
            department=first_careunit,
            part_of=find_key("admissions", hadm_id),
        )

    def transfer(
        self,
        subject_id: str,
        intime: str,
        hadm_id: str = "",
        outtime: str = "",
        eventtype: str = "",
        curr_careunit: str = "",
        careunit: str = "",
        row_id: str = "",
        transfer_id: str = "",
    ) -> Row | None:
        """A row of TRANSFERS; that of a discharge is no stay."""
        if eventtype == "discharge":
            return None
        unit = careunit or curr_careunit
        return Visit(
            f"transfers/{find_needed(transfer_id or row_id, 'the id of the transfer')}",
            find_patient(subject_id),
            self._kind(unit),
            find_time(intime, "intime"),
            find_time(outtime, "outtime"),
            department=unit,
            part_of=find_key("admissions", hadm_id),
        )

    def note(
        self,
        subject_id: str,
        text: str,
        hadm_id: str = "",
        row_id: str = "",
        note_id: str = "",
        note_type: str = "",
        chartdate: str = "",
        charttime: str = "",
        category: str = "",
        description: str = "",
        cgid: str = "",
        iserror: str = "",
    ) -> Row:
        """A row of NOTEEVENTS, discharge or radiology; one that a physician marked as an error is taken back."""
        key = f"notes/{find_needed(note_id or row_id, 'the id of the note')}"
        if iserror == "1":
            return Retraction(key, find_patient(subject_id))
        said = f"{category.strip()}: {description}" if description not in ("", "Report") else category.strip()
        return Note(
            key,
            find_patient(subject_id),
            find_text(text, "text"),
            visit=find_key("admissions", hadm_id),
            time=find_time(charttime, "charttime") or find_time(chartdate, "chartdate"),
            title=said or self._rules["titles"].get(note_type, note_type),
            provider=find_key("caregivers", cgid),
        )

    def _kind(self, unit: str) -> str:
        name = unit.lower()
        return next((kind for part, kind in self._rules["units"]["holding"] if part in name), "inpatient")


def find_patient(subject_id: str) -> str:
    """The id of a patient; raises `RowError` where there is none."""
    return f"patients/{find_needed(subject_id, 'subject_id')}"


def find_visit(hadm_id: str) -> str:
    """The id of the admission that a row belongs to, or an empty text."""
    return find_key("admissions", hadm_id)


def read_mimic_rules() -> Mapping[str, Any]:
    """The content of rules/mimic.toml."""
    rules = read_rules("mimic")
    check_keys("mimic", "", rules, required={"services", "units", "flags", "titles"})
    return rules
