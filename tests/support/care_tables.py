"""Journeys read straight from tables of eICU, as the published code of ME2Vec reads them; for tests and benches.

The events store reads these layouts as well (`kg.embed.me2vec.reading`); there, names are aligned with concepts. Here
the strings of the source are the codes, so that published counts can be met.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
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
