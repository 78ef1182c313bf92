"""Patients and stays of eICU, and the day that each stay is dated from; see `extractors.sources.eicu`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from extractors.events import Person, Row, Visit
from extractors.rules import check_keys, read_rules
from extractors.table_rows import RowError, find_needed

_OLDEST = 90
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class _Stay:
    """A row of patient; times are minutes from the admission to the unit."""

    unit: str
    hospital_stay: str
    patient: str
    year: int
    clock: timedelta
    admitted: int
    discharged: int | None
    unit_discharged: int | None
    born: str
    sex: str
    hospital: str
    kind: str
    unit_type: str
    location: str
    unit_location: str
    died: bool


class EicuStays:
    """The stays of all patients, learnt from the table patient row by row, and what other tables say of a stay."""

    def __init__(self) -> None:
        self._rules = read_eicu_rules()
        self._stays: dict[str, _Stay] = {}
        self._begins: dict[str, datetime] = {}
        self._givers: dict[str, tuple[str, str]] = {}

    def learn(
        self,
        patientunitstayid: str,
        patienthealthsystemstayid: str,
        uniquepid: str,
        hospitaladmitoffset: str,
        hospitaldischargeyear: str,
        gender: str = "",
        age: str = "",
        hospitalid: str = "",
        hospitaladmittime24: str = "",
        hospitaldischargeoffset: str = "",
        hospitaldischargelocation: str = "",
        hospitaldischargestatus: str = "",
        unittype: str = "",
        unitstaytype: str = "",
        unitdischargeoffset: str = "",
        unitdischargelocation: str = "",
    ) -> Row | None:
        """Keep a row of patient; it becomes rows when all are known."""
        unit = find_needed(patientunitstayid, "patientunitstayid")
        year = _whole(hospitaldischargeyear, "hospitaldischargeyear")
        self._stays[unit] = _Stay(
            unit,
            find_needed(patienthealthsystemstayid, "patienthealthsystemstayid"),
            f"patient/{find_needed(uniquepid, 'uniquepid')}",
            year,
            _clock(hospitaladmittime24),
            _whole(hospitaladmitoffset, "hospitaladmitoffset"),
            _maybe_whole(hospitaldischargeoffset, "hospitaldischargeoffset"),
            _maybe_whole(unitdischargeoffset, "unitdischargeoffset"),
            _born(year, age),
            self._rules["sexes"].get(gender, ""),
            f"hospital/{hospitalid}" if hospitalid else "",
            self._rules["stays"].get(unitstaytype, "icu"),
            unittype,
            hospitaldischargelocation,
            unitdischargelocation,
            hospitaldischargestatus == "Expired",
        )
        return None

    def add_giver(self, unit: str, provider: str, specialty: str) -> None:
        """Remember who managed a unit stay; the first that is told counts."""
        self._givers.setdefault(unit, (provider, specialty))

    def persons(self) -> Iterator[Person]:
        """A person for each patient, in the order of their first stays in the table; the stays are dated then."""
        self._begins = _date_stays(self._stays.values())
        persons: dict[str, Person] = {}
        for stay in self._stays.values():
            death = self._after(stay, stay.discharged) if stay.died else ""
            known = persons.get(stay.patient, Person(stay.patient))
            persons[stay.patient] = Person(
                stay.patient, known.sex or stay.sex, known.birth or stay.born, known.death or death
            )
        yield from persons.values()

    def visits(self) -> Iterator[Visit]:
        """The stays in hospital, then those in units, which are parts of them."""
        seen: dict[str, _Stay] = {}
        for stay in self._stays.values():
            seen.setdefault(stay.hospital_stay, stay)
        yield from map(self._hospital_visit, seen.values())
        yield from map(self._unit_visit, self._stays.values())

    def find(self, patientunitstayid: str) -> tuple[str, str]:
        """Patient and visit of a row; raises `RowError` where the stay is not in the table patient."""
        unit = find_needed(patientunitstayid, "patientunitstayid")
        if unit not in self._stays:
            raise RowError("patientunitstayid names a stay that the table patient does not have")
        return self._stays[unit].patient, f"unit_stay/{unit}"

    def find_time(self, patientunitstayid: str, offset: str, column: str) -> str:
        """The time so many minutes after the admission to the unit; empty where `offset` is."""
        minutes = _maybe_whole(offset, column)
        return self._after(self._stays[patientunitstayid.removesuffix(".0")], minutes)

    def _after(self, stay: _Stay, minutes: int | None) -> str:
        if minutes is None:
            return ""
        try:
            return (self._begins[stay.hospital_stay] + timedelta(minutes=minutes - stay.admitted)).isoformat()
        except OverflowError:
            raise RowError("the offset is no number of minutes within a life") from None

    def _hospital_visit(self, stay: _Stay) -> Visit:
        return Visit(
            f"hospital_stay/{stay.hospital_stay}",
            stay.patient,
            "inpatient",
            self._after(stay, stay.admitted),
            self._after(stay, stay.discharged),
            stay.hospital,
            outcome="died" if stay.died else stay.location,
        )

    def _unit_visit(self, stay: _Stay) -> Visit:
        provider, specialty = self._givers.get(stay.unit, ("", ""))
        return Visit(
            f"unit_stay/{stay.unit}",
            stay.patient,
            stay.kind,
            self._after(stay, 0),
            self._after(stay, stay.unit_discharged),
            provider,
            specialty,
            stay.unit_type,
            stay.unit_location,
            f"hospital_stay/{stay.hospital_stay}",
        )


def _date_stays(stays: Iterable[_Stay]) -> dict[str, datetime]:
    """The made-up beginning of each stay in hospital."""
    by_year: dict[tuple[str, int], dict[str, timedelta]] = defaultdict(dict)
    for stay in stays:
        by_year[stay.patient, stay.year].setdefault(stay.hospital_stay, stay.clock)
    return {
        key: datetime(year, 1 + number % _MONTHS, 1) + clocks[key]
        for (_, year), clocks in by_year.items()
        for number, key in enumerate(sorted(clocks, key=lambda key: (len(key), key)))
    }


def read_eicu_rules() -> Mapping[str, Any]:
    """The content of rules/eicu.toml."""
    rules = read_rules("eicu")
    check_keys("eicu", "", rules, required={"sexes", "diagnosis", "past", "admission", "stays", "labs"})
    return rules


def _whole(value: str, column: str) -> int:
    try:
        return int(value.removesuffix(".0"))
    except ValueError:
        raise RowError(f"{column} holds no whole number") from None


def _maybe_whole(value: str, column: str) -> int | None:
    return _whole(value, column) if value else None


def _clock(value: str) -> timedelta:
    try:
        time = datetime.strptime(value, "%H:%M:%S") if value else datetime.min
    except ValueError:
        raise RowError("hospitaladmittime24 holds no time of the form HH:MM:SS") from None
    return timedelta(hours=time.hour, minutes=time.minute, seconds=time.second)


def _born(year: int, age: str) -> str:
    years = str(_OLDEST) if age.startswith(">") else age.removesuffix(".0")
    return str(year - int(years)) if years.isdigit() else ""
