"""Writes the bundled cohort of patients who never lived: `python tests/support/sample_cohort.py` makes it anew.

A FHIR bulk export in one file: enough patients that something may be told of them, with drugs that the bundled labels
are about, given for what those labels say, and for something that they do not say.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

PATH = Path(__file__).parents[2] / "kg" / "record_samples" / "marlpit-cohort.ndjson.gz"

_FAMILY = ("Ashgrove", "Bellweather", "Copperfield", "Dunmore", "Eastlake", "Fairburn", "Hollins", "Inglewood")
_GIVEN = ("Alder", "Briony", "Caspian", "Delphine", "Emrys", "Fenella", "Gideon", "Hesper", "Idris", "Jessamy", "Kit")

#: Condition, drug as ordered, what follows it in some, how many patients.
_GROUPS = (
    ("Atrial fibrillation", "Warfarin sodium 5 MG Oral Tablet", "", 44),
    ("Type 2 diabetes mellitus", "Metformin hydrochloride 500 MG Oral Tablet", "Hiccups", 48),
    ("Polycystic ovary syndrome", "Metformin hydrochloride 500 MG Oral Tablet", "Hiccups", 31),
    ("Rheumatoid arthritis", "Methotrexate 2.5 MG Oral Tablet", "", 36),
    ("Crohn disease", "Methotrexate 2.5 MG Oral Tablet", "", 27),
    ("Ventricular tachycardia", "Amiodarone hydrochloride 200 MG Oral Tablet", "", 24),
    ("Hypertension", "", "", 52),
    ("Asthma", "", "", 38),
)
_SHARE_WITH_REACTION = 0.6


def write_cohort(path: Path = PATH) -> None:
    """Writes the file; the same bytes each time."""
    lines = "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in make_resources())
    path.write_bytes(gzip.compress(lines.encode(), mtime=0))


def make_resources() -> Iterator[dict[str, Any]]:
    """The resources of the export, patient by patient."""
    draw, number = random.Random(20260131), 0
    for condition, drug, reaction, count in _GROUPS:
        for _ in range(count):
            number += 1
            yield from _patient(draw, f"m{number}", condition, drug, reaction)


def _patient(draw: random.Random, id_: str, condition: str, drug: str, reaction: str) -> Iterator[dict[str, Any]]:
    name = {"family": draw.choice(_FAMILY), "given": [draw.choice(_GIVEN)]}
    born = date(1935, 1, 1) + timedelta(days=draw.randrange(22_000))
    day = date(2021, 1, 1) + timedelta(days=draw.randrange(1000))
    yield {
        "resourceType": "Patient",
        "id": id_,
        "name": [name],
        "gender": draw.choice(["female", "male"]),
        "birthDate": born.isoformat(),
    }
    yield _of(id_, "Encounter", "e", day, status="finished", **{"class": {"code": "AMB"}})
    yield _of(id_, "Condition", "c", day, code={"text": condition})
    if drug:
        ordered = {"medicationCodeableConcept": {"text": drug}, "reasonReference": [{"reference": f"Condition/{id_}c"}]}
        yield _of(id_, "MedicationRequest", "d", day, status="active", intent="order", **ordered)
    if reaction and draw.random() < _SHARE_WITH_REACTION:
        yield _of(id_, "Condition", "r", day + timedelta(days=draw.randrange(1, 20)), code={"text": reaction})


_DATES = {"Condition": "onsetDateTime", "MedicationRequest": "authoredOn"}


def _of(patient: str, kind: str, letter: str, day: date, **rest: Any) -> dict[str, Any]:
    subject = {"reference": f"Patient/{patient}"}
    when = {_DATES[kind]: day.isoformat()} if kind in _DATES else {"period": {"start": day.isoformat()}}
    visit = {} if kind == "Encounter" or letter == "r" else {"encounter": {"reference": f"Encounter/{patient}e"}}
    return {"resourceType": kind, "id": f"{patient}{letter}", "subject": subject, **when, **visit, **rest}


if __name__ == "__main__":
    write_cohort()
