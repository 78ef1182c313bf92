"""Reader of the eICU Collaborative Research Database (https://eicu-crd.mit.edu), 2.0: a folder or zip of its tables.

eICU gives times as minutes from the admission to a unit, and of dates the year of discharge alone. A time here is
dated from a day that is made up: the first stay in hospital of a patient in a year begins on its 1 January, the next,
in the order of their numbers, on 1 February and so on, at the true time of day. Within a stay in hospital every
interval is true; from one stay to another of the same year neither order nor interval is known, and none is to be
concluded. A patient over 89 is taken to be 90. Memory grows with the stays, not with the rows of the other tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractors.errors import UnreadableError
from extractors.events import Refused, Row
from extractors.places import Place
from extractors.sources.eicu_care import EicuCare
from extractors.sources.eicu_findings import EicuFindings
from extractors.sources.eicu_stays import EicuStays
from extractors.table_rows import Builder, Reading, check_columns, read_table
from extractors.tables import find_filled, find_tables, has_column

_TELLING = ("patient", "diagnosis", "admissiondx", "treatment", "medication", "lab", "careplancareprovider")
_ASIDE = (
    "admissiondrug", "apacheapsvar", "apachepatientresult", "apachepredvar", "careplaneol", "careplangeneral",
    "careplangoal", "careplaninfectiousdisease", "customlab", "infusiondrug", "intakeoutput", "microlab", "note",
    "nurseassessment", "nursecare", "nursecharting", "physicalexam", "respiratorycare", "respiratorycharting",
    "vitalaperiodic", "vitalperiodic",
)  # fmt: skip


@dataclass(frozen=True)
class Eicu:
    """The reader of eICU tables."""

    name: str = "eicu"

    def claims(self, place: Place) -> bool:
        """Whether a table of eICU lies in `place`."""
        return any(has_column(place, table, "patientunitstayid") for table in _TELLING)

    def read(self, place: Place) -> Iterator[Row | Refused]:
        """The rows: patients, providers, stays, and then table by table in the order of each."""
        stays = EicuStays()
        care, findings = EicuCare(stays), EicuFindings(stays)
        events = _builders(care, findings)
        tables = find_tables(place, ["patient", "hospital", "careplancareprovider", *events])
        if "patient" not in tables:
            raise UnreadableError("has tables of eICU but no patient; put all tables in one folder")
        readings = [Reading(tables[name], build) for name, build in events.items() if name in tables]
        people = [Reading(tables["patient"], stays.learn)]
        providers: dict[str, Builder] = {"hospital": care.hospital, "careplancareprovider": care.provider}
        givers = [Reading(tables[name], build) for name, build in providers.items() if name in tables]
        check_columns([*people, *givers, *readings])
        refused = [row for row in read_table(people[0]) if isinstance(row, Refused)]
        yield from refused
        yield from stays.persons()
        for reading in givers:
            yield from read_table(reading)
        yield from stays.visits()
        for reading in readings:
            yield from read_table(reading)

    def find_unread(self, place: Place) -> tuple[str, ...]:
        """Names of the tables about patients that lie in `place` and that this reader leaves aside."""
        return find_filled(place, _ASIDE)


def _builders(care: EicuCare, findings: EicuFindings) -> dict[str, Builder]:
    return {
        "admissiondx": findings.admission_diagnosis,
        "diagnosis": findings.diagnosis,
        "pasthistory": findings.past_history,
        "allergy": findings.allergy,
        "treatment": care.treatment,
        "medication": care.medication,
        "lab": findings.lab,
    }


RECORDS = Eicu()
