"""Writes the bundled cohort of patients who never lived: `python tests/support/sample_cohort.py` makes it anew.

A FHIR bulk export in one file: enough patients that something may be told of them, with drugs that the bundled labels
are about, given for what those labels say, and for something that they do not say. Every third has a note that says so.
"""

from __future__ import annotations

import base64
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

#: What notes say of a condition and its drug; behind it stands one of `_ENDS`, in English notes.
_SAID = {
    "Atrial fibrillation": "Atrial fibrillation, on warfarin",
    "Type 2 diabetes mellitus": "Type 2 diabetes, well controlled on metformin",
    "Polycystic ovary syndrome": "Takes metformin for polycystic ovary syndrome",
    "Rheumatoid arthritis": "Rheumatoid arthritis, less stiff in the morning on methotrexate",
    "Crohn disease": "Crohn disease, quiet on methotrexate",
    "Ventricular tachycardia": "Ventricular tachycardia, none since amiodarone was begun",
}
_ENDS = ("feels well", "walks to work", "sleeps through", "keeps bees again", "has no complaints", "gardens every day")
_CHINESE, _SAID_IN_CHINESE = "Rheumatoid arthritis", "类风湿关节炎，长期口服甲氨蝶呤治疗，晨僵减轻"
_EACH = 3


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
    number = int(id_[1:])
    if drug and number % _EACH == 0:
        yield _of(id_, "DocumentReference", "n", day, status="current", **_note(number, condition, name, day))
    if reaction and draw.random() < _SHARE_WITH_REACTION:
        yield _of(id_, "Condition", "r", day + timedelta(days=draw.randrange(1, 20)), code={"text": reaction})


def _note(number: int, condition: str, name: dict[str, Any], day: date) -> dict[str, Any]:
    """A note with the patient's name and the day in it, and a sentence that names the condition and its drug."""
    whose = f"{name['given'][0]} {name['family']}"
    end = _ENDS[number // _EACH % len(_ENDS)]
    text = f"Patient: {whose}\nSeen on {day:%d %B %Y}.\n{_SAID[condition]}, {end}.\nSee again in three months.\n"
    if condition == _CHINESE and number % (2 * _EACH) == 0:
        text = f"患者：{whose}\n就诊日期：{day.year}年{day.month}月{day.day}日\n{_SAID_IN_CHINESE}。\n三个月后复诊。\n"
    data = base64.b64encode(text.encode()).decode()
    content = [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data}}]
    return {"type": {"text": "Progress note"}, "content": content}


_DATES = {"Condition": "onsetDateTime", "MedicationRequest": "authoredOn", "DocumentReference": "date"}


def _of(patient: str, kind: str, letter: str, day: date, **rest: Any) -> dict[str, Any]:
    subject = {"reference": f"Patient/{patient}"}
    when = {_DATES[kind]: day.isoformat()} if kind in _DATES else {"period": {"start": day.isoformat()}}
    visit = {} if kind == "Encounter" or letter in "rn" else {"encounter": {"reference": f"Encounter/{patient}e"}}
    return {"resourceType": kind, "id": f"{patient}{letter}", "subject": subject, **when, **visit, **rest}


if __name__ == "__main__":
    write_cohort()
