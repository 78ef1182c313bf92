"""A FHIR export of a family who never lived: enough of them with one illness that it is told of in a graph.

What identifies them stands where exports have been seen to have it: in names, in notes, and in words of coded fields.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FAMILY = "Zanzibarth"
_GIVEN = (
    "Quenby",
    "Odalys",
    "Ragnvald",
    "Sunniva",
    "Thistle",
    "Ulfric",
    "Verity",
    "Wystan",
    "Xanthe",
    "Yorick",
    "Nerys",
)
_NOTE = (
    "HISTORY OF PRESENT ILLNESS:\n{given} {family} (MRN {mrn}) has gout since 3/7/2019. No fever. "
    "Wife: Mrs. {family}.\n\n"
    "MEDICATIONS:\nAllopurinol 100 mg daily. Reach {given} at {phone} or {email}.\n"
)


def write_family(path: Path) -> set[str]:
    """Writes the export into a file; gives what must not be found anywhere afterwards, in small letters."""
    people = [_person(number, given) for number, given in enumerate(_GIVEN)]
    path.write_text("".join(f"{json.dumps(each)}\n" for said in people for each in _resources(said)), encoding="utf-8")
    return {value.lower() for said in people for value in said.values()}


def _person(number: int, given: str) -> dict[str, str]:
    return {
        "family": FAMILY,
        "given": given,
        "id": f"pat-{number}-77310",
        "mrn": f"MRN-5520{number:02}-K",
        "phone": f"555-867-53{number:02}",
        "email": f"{given.lower()}@zanzi.example",
        "street": f"{number + 10} Wimbledown Crescent",
    }


def _resources(said: dict[str, str]) -> Iterator[dict[str, Any]]:
    subject = {"reference": f"Patient/{said['id']}"}
    yield {
        "resourceType": "Patient",
        "id": said["id"],
        "name": [{"family": said["family"], "given": [said["given"]]}],
        "identifier": [{"value": said["mrn"], "type": {"coding": [{"code": "MR"}]}}],
        "telecom": [{"system": "phone", "value": said["phone"]}, {"system": "email", "value": said["email"]}],
        "address": [{"line": [said["street"]]}],
    }
    when = {"onsetDateTime": "2019-03-07", "subject": subject}
    for letter, text in (
        ("a", "Gout"),
        ("b", f"Pain in the knee of {said['family']}"),
        ("c", f"Gout of {said['given']}"),
        ("e", f"{said['family']} disease of the knee"),
    ):
        yield {"resourceType": "Condition", "id": f"{said['id']}{letter}", "code": {"text": text}, **when}
    yield {
        "resourceType": "MedicationRequest",
        "id": f"{said['id']}d",
        "subject": subject,
        "authoredOn": "2019-03-08",
        "medicationCodeableConcept": {"text": "Allopurinol 100 MG Oral Tablet"},
        "reasonReference": [{"reference": f"Condition/{said['id']}a"}],
        "dosageInstruction": [{"text": f"one daily; questions to {said['phone']}"}],
    }
    note = base64.b64encode(_NOTE.format(**said).encode()).decode()
    attachment = {"contentType": "text/plain", "data": note}
    yield {
        "resourceType": "DocumentReference",
        "id": f"{said['id']}n",
        "status": "current",
        "subject": subject,
        "date": "2019-03-08",
        "content": [{"attachment": attachment}],
    }
