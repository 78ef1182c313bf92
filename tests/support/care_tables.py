"""Journeys read straight from tables of eICU, as ME2Vec's published code does, and of MIMIC-III: for tests and benches.

The events store reads these layouts as well (`kg.embed.me2vec.reading`); there, names are aligned with concepts. Here
the strings of the source are the codes, so that published counts can be met.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kg.embed.me2vec.journeys import Journeys, Named, number_journeys

#: Table, column of the code, column of the minutes since admission to the unit, kind.
_TABLES = (
    ("admissionDx", "admitdxpath", "admitdxenteredoffset", "condition"),
    ("diagnosis", "diagnosisstring", "diagnosisoffset", "condition"),
    ("treatment", "treatmentstring", "treatmentoffset", "procedure"),
)


def read_table(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """The rows of `name`.csv.gz."""
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def read_eicu(folder: Path) -> Journeys:
    """The journeys of eICU's stays in units, which are the visits; the ward of a stay is its provider.

    The specialty of a stay is the one told most often in carePlanCareProvider, the first told of several.
    """
    told = _specialties(folder)
    persons, wards = {}, {}
    for row in read_table(folder, "patient"):
        persons[row["patientunitstayid"]] = row["uniquepid"]
        wards[row["patientunitstayid"]] = row["wardid"]
    events = [
        Named(
            persons[row["patientunitstayid"]],
            row["patientunitstayid"],
            row[code],
            60 * int(row[minutes]),
            wards[row["patientunitstayid"]],
            told.get(row["patientunitstayid"], ""),
            kind,
        )
        for table, code, minutes, kind in _TABLES
        for row in read_table(folder, table)
    ]
    return number_journeys(events)


def _specialties(folder: Path) -> dict[str, str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in read_table(folder, "carePlanCareProvider"):
        if row["specialty"]:
            counts[row["patientunitstayid"]][row["specialty"]] += 1
    return {stay: count.most_common(1)[0][0] for stay, count in counts.items()}


def read_mimic(folder: Path) -> Journeys:
    """The journeys of MIMIC-III's admissions, which are the visits; diagnoses and procedures are coded at discharge.

    The demo's tables here say neither who treated nor where, so that there are no providers and no specialties.
    """
    stays = {row["hadm_id"]: row for row in read_table(folder, "ADMISSIONS")}
    coded = (("DIAGNOSES_ICD", "condition", "D"), ("PROCEDURES_ICD", "procedure", "P"))
    events = [
        Named(row["subject_id"], row["hadm_id"], f"{letter}|{row['icd9_code'][:3]}|{row['icd9_code']}", at, kind=kind)
        for table, kind, letter in coded
        for row in read_table(folder, table)
        for at in [_seconds(stays[row["hadm_id"]]["dischtime"])]
    ]
    drugs = [
        Named(
            row["subject_id"], row["hadm_id"], f"M|{row['drug'].lower()}", _seconds(row["startdate"]), kind="medication"
        )
        for row in read_table(folder, "PRESCRIPTIONS")
    ]
    return number_journeys(events + drugs)


def _seconds(time: str) -> int | None:
    return int(datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp()) if time else None
