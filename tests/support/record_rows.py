"""Rows of records written by us, and events stores made of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import apsw

from extractors.deidentify import Deidentifier
from extractors.events import Coding, Event, EventKind, Note, Person, Provider, Row, Value, Visit
from kg.records import open_records
from kg.records.aligning import Aligner
from kg.records.database import FILE, unlock
from kg.records.keys import Keys
from kg.records.store import RecordStore
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind

KEYS = Keys(bytes(range(32)))
BY = Deidentifier(key=KEYS.cleaning("source test"))
LEXICON = Lexicon.of(
    [
        Concept("MONDO:0005393", "gout", Kind.DISEASE),
        Concept("rxnorm:519", "allopurinol", Kind.DRUG),
        Concept("loinc:3084-1", "Urate [Mass/volume] in Serum or Plasma", Kind.TEST),
    ]
)
URATE = Coding("loinc:3084-1", "http://loinc.org", "3084-1", "Urate")


def rows_of(number: int) -> Iterator[Row]:
    """A stay of patient `number` with gout, allopurinol for it, a value half a year later, and a note."""
    patient, visit = f"Patient/{number}", f"Encounter/{number}"
    yield Person(patient, "female", "1950-03-02")
    yield Visit(visit, patient, "inpatient", "2019-03-07", "2019-03-09", "Practitioner/1")
    yield Event(
        f"Condition/{number}",
        patient,
        EventKind.CONDITION,
        "Gout",
        start="2019-03-07",
        visit=visit,
        provider="Practitioner/1",
    )
    yield Event(
        f"MedicationRequest/{number}",
        patient,
        EventKind.MEDICATION,
        "Allopurinol",
        start="2019-03-08T10:00:00",
        visit=visit,
        reasons=(f"Condition/{number}",),
        dose="100 mg once daily",
    )
    value = Value(9.1, "mg/dL", flag="H", low=2.4, high=7.0)
    yield Event(f"Observation/{number}", patient, EventKind.TEST, "Urate", (URATE,), "2019-09-08", value=value)
    yield Note(
        f"DocumentReference/{number}", patient, "She has gout in the left toe.", visit, "2019-03-09", "Discharge"
    )


def cleaned(rows: Iterable[Row]) -> list[Row]:
    """The rows as they come into a store."""
    return [BY.clean_row(row) for row in rows]


def open_store(folder: Path, *, key: bytes | None = KEYS.store) -> RecordStore:
    """A store that is ready to be written to."""
    store = open_records(folder, key=key, mode="create")
    store.start_writing(key=KEYS.rows, align=Aligner(LEXICON))
    return store


def fill(store: RecordStore, *, patients: int = 12) -> None:
    """Writes the stays of so many patients."""
    store.put(cleaned([Provider("Practitioner/1", "rheumatology")]))
    for number in range(patients):
        store.put(cleaned(rows_of(number)))


def dump(folder: Path, *, key: bytes | None = KEYS.store) -> dict[str, list[tuple[Any, ...]]]:
    """The content of every table, row by row."""
    connection = apsw.Connection(str(folder / FILE), flags=apsw.SQLITE_OPEN_READONLY)
    unlock(connection, key)
    names = [name for (name,) in connection.execute("select name from sqlite_schema where type='table' order by name")]
    tables = {name: sorted(connection.execute(f"select * from {name}"), key=repr) for name in names}
    connection.close()
    return tables


def write_bulk(folder: Path, *, patients: int) -> Path:
    """A FHIR bulk export of so many patients, with names that belong to nobody."""
    folder.mkdir(parents=True)
    resources: dict[str, list[dict[str, Any]]] = {"Patient": [], "Condition": []}
    for number in range(patients):
        subject = {"reference": f"Patient/{number}"}
        name = {"family": f"Quillfeather{number}", "given": ["Amaryllis"]}
        resources["Patient"].append({"id": str(number), "name": [name], "birthDate": "1961-04-09", "gender": "female"})
        for each in range(4):
            code = {"text": "Gout" if each else f"Illness {number}"}
            resources["Condition"].append({"id": f"{number}-{each}", "subject": subject, "code": code})
    for kind, listed in resources.items():
        lines = (json.dumps({"resourceType": kind, **resource}) for resource in listed)
        (folder / f"{kind}.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
