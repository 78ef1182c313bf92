"""What became of visits of eICU and of MIMIC-III, by the names that `care_tables` gives them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from care_tables import read_table


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Whether the patient of a visit was admitted again, and whether the patient died in hospital."""

    readmitted: dict[str, bool]
    died: dict[str, bool]


def read_eicu_outcomes(folder: Path) -> Outcomes:
    """Of stays in units: another follows in the same stay in hospital, as in the paper's code; death in hospital."""
    rows = list(read_table(folder, "patient"))
    last: dict[str, int] = defaultdict(int)
    for row in rows:
        last[row["patienthealthsystemstayid"]] = max(
            last[row["patienthealthsystemstayid"]], int(row["unitvisitnumber"])
        )
    again = {
        row["patientunitstayid"]: int(row["unitvisitnumber"]) < last[row["patienthealthsystemstayid"]] for row in rows
    }
    ends = {
        row["patientunitstayid"]: row["hospitaldischargestatus"] == "Expired"
        for row in rows
        if row["hospitaldischargestatus"]
    }
    return Outcomes(again, ends)


def read_mimic_outcomes(folder: Path) -> Outcomes:
    """Of admissions: the patient has a later one; death in hospital."""
    rows = list(read_table(folder, "ADMISSIONS"))
    last: dict[str, str] = defaultdict(str)
    for row in rows:
        last[row["subject_id"]] = max(last[row["subject_id"]], row["admittime"])
    return Outcomes(
        {row["hadm_id"]: row["admittime"] < last[row["subject_id"]] for row in rows},
        {row["hadm_id"]: row["hospital_expire_flag"] == "1" for row in rows},
    )
