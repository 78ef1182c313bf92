"""Reader of MIMIC-III and MIMIC-IV (https://mimic.mit.edu/docs): folders or zips of their tables, or a DuckDB file.

The parts of MIMIC-IV (hosp, icu, note) are read each for itself where they lie in folders of their own: ids are those
of the whole, so that what belongs together meets again. Times are MIMIC's own, shifted by its makers; a birth 300 years
ago is one of its patients over 89. A diagnosis has no time of its own: it gets that of its admission, as in the OMOP
conversion of MIMIC. Memory grows with the admissions and with the tables of labels (d_icd_*, d_labitems).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractors.errors import UnreadableError
from extractors.events import Refused, Row
from extractors.places import Place
from extractors.sources.mimic_coded import LABEL_TABLES, MimicCoded
from extractors.sources.mimic_stays import MimicStays
from extractors.table_rows import Builder, Reading, check_columns, read_table
from extractors.tables import Table, find_filled, find_tables, has_column

_TELLING = ("patients", "admissions", "icustays", "diagnoses_icd", "labevents", "noteevents", "discharge", "radiology")
#: Those that cannot do without PATIENTS; the folders icu and note of MIMIC-IV have none.
_OF_HOSP = ("admissions", "diagnoses_icd", "procedures_icd", "prescriptions", "labevents")
_ASIDE = (
    "chartevents", "datetimeevents", "drgcodes", "emar", "emar_detail", "hcpcsevents", "cptevents", "ingredientevents",
    "inputevents", "inputevents_cv", "inputevents_mv", "microbiologyevents", "omr", "outputevents", "pharmacy", "poe",
    "procedureevents", "procedureevents_mv", "callout",
)  # fmt: skip


@dataclass(frozen=True)
class Mimic:
    """The reader of MIMIC tables."""

    name: str = "mimic"
    anonymous: bool = True
    """Its makers took all names out; what they overlooked in notes is in no column."""

    def claims(self, place: Place) -> bool:
        """Whether a table of MIMIC lies in `place`."""
        return any(has_column(place, table, "subject_id") for table in _TELLING)

    def read(self, place: Place) -> Iterator[Row | Refused]:
        """The rows, table by table; those of a table in its order."""
        stays = MimicStays()
        coded = MimicCoded(stays)
        tables = find_tables(place, [*_builders(stays, coded), *LABEL_TABLES, "services"])
        if "patients" not in tables and any(name in tables for name in _OF_HOSP):
            raise UnreadableError("has tables of MIMIC but no PATIENTS; put the tables of the hospital in one folder")
        readings = _readings(tables, stays, coded)
        check_columns(readings)
        refused: list[Refused] = []
        stays.read_services(tables, refused)
        coded.read_labels(tables, refused)
        yield from refused
        for reading in readings:
            yield from read_table(reading)

    def find_unread(self, place: Place) -> tuple[str, ...]:
        """Names of the tables about patients that lie in `place` and that this reader leaves aside."""
        return find_filled(place, _ASIDE)


def _builders(stays: MimicStays, coded: MimicCoded) -> dict[str, Builder]:
    return {
        "patients": stays.patient,
        "caregivers": stays.caregiver,
        "provider": stays.provider,
        "admissions": stays.admission,
        "icustays": stays.unit_stay,
        "transfers": stays.transfer,
        "diagnoses_icd": coded.diagnosis,
        "procedures_icd": coded.procedure,
        "prescriptions": coded.prescription,
        "labevents": coded.lab,
        "noteevents": stays.note,
        "discharge": stays.note,
        "radiology": stays.note,
    }


def _readings(tables: dict[str, Table], stays: MimicStays, coded: MimicCoded) -> list[Reading]:
    return [Reading(tables[name], build) for name, build in _builders(stays, coded).items() if name in tables]


RECORDS = Mimic()
