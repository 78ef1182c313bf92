"""A forgotten patient is gone: from the tables, from the bytes of the files, and from later inputs."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from extractors.events import Coding, Event, EventKind, Note, Person, Provider, Visit
from kg.errors import NotFoundError
from kg.records import open_records
from kg.records.database import FILE
from kg.records.errors import RecordsError
from kg.records.forgetting import find_pseudonyms, forget
from kg.records.ingest import ingest
from kg.records.model import Forgotten
from kg.records.progress import Settings
from kg.records.store import RecordStore
from record_rows import BY, KEYS, cleaned, dump, fill, open_store, write_bulk

OWN = "Zwergfadenwurmbefall"
"""What only the forgotten patient has."""


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    """A store without encryption, so that its bytes can be searched."""
    store = open_store(tmp_path / "records", key=None)
    fill(store, patients=40)
    coding = Coding("", "urn:own", f"{OWN}-code", f"{OWN}-display")
    patient, provider = "Patient/x", "Practitioner/x"
    store.put(
        cleaned(
            [
                Person(patient, "other", "1970"),
                Provider(provider, f"{OWN}-specialty"),
                Visit("Encounter/x", patient, "inpatient", "2019", department=f"{OWN}-department", provider=provider),
                Event(
                    "c", patient, EventKind.CONDITION, OWN, (coding,), dose=f"{OWN}-dose", category=f"{OWN}-category"
                ),
                Event("d", patient, EventKind.CONDITION, "Gout", reasons=("c",)),
                Note("n", patient, "She has gout.", title=f"{OWN}-title"),
            ]
        )
    )
    return store


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_not_a_byte_is_left(store: RecordStore) -> None:
    pseudonym = BY.pseudonym("Patient/x")
    before = bytes_of(store.folder)
    assert pseudonym.encode() in before
    assert OWN.encode() in before
    gone = store.forget([pseudonym])
    after = bytes_of(store.folder)
    assert (gone.patients, gone.visits, gone.events, gone.notes) == (1, 1, 2, 1)
    assert gone.concepts == {"MONDO:0005393", f"local:disease/{OWN.lower()}"}
    assert pseudonym.encode() not in after
    assert OWN.encode() not in after
    assert OWN.lower().encode() not in after


def test_the_others_stay_as_they_were(tmp_path: Path, store: RecordStore) -> None:
    with open_store(tmp_path / "others", key=None) as others:
        fill(others, patients=40)
    store.forget([BY.pseudonym("Patient/x")])
    left, expected = dump(store.folder, key=None), dump(tmp_path / "others", key=None)
    for name in ("events", "visits", "notes", "links", "patients", "terms", "concepts", "words", "providers"):
        assert left[name] == expected[name], name


def test_writing_goes_on_after_it(store: RecordStore) -> None:
    store.forget([BY.pseudonym("Patient/x")])
    fill(store, patients=41)
    assert len(list(store.iter_steps())) == 123


def test_a_forgotten_patient_does_not_come_back_unless_it_is_lifted(tmp_path: Path) -> None:
    export = write_bulk(tmp_path / "export", patients=3)
    with open_store(tmp_path / "records") as store:
        ingest([export], store, keys=KEYS, settings=Settings())
        gone = forget(store, find_pseudonyms(store, KEYS, "1", known=True))
        (export / "Patient.ndjson").open("a").write("\n")
        again = ingest([export], store, keys=KEYS, settings=Settings())
        left = store.get_summary(exact=True)
        assert (gone.events, again.left_out, left.patients, left.forgotten) == (4, 5, 2, 1)
        assert store.readmit(find_pseudonyms(store, KEYS, "1", known=False)) == 1
        ingest([export], store, keys=KEYS, settings=Settings())
        assert store.get_summary(exact=True).patients == 3


def test_patients_are_found_by_the_ids_of_their_source(tmp_path: Path) -> None:
    export = write_bulk(tmp_path / "export", patients=3)
    with open_store(tmp_path / "records") as store:
        ingest([export], store, keys=KEYS, settings=Settings(site="north"))
        [pseudonym] = find_pseudonyms(store, KEYS, "1", known=True)
        assert find_pseudonyms(store, KEYS, "Patient/1", known=True) == [pseudonym]
        assert find_pseudonyms(store, KEYS, pseudonym, known=True) == [pseudonym]
        with pytest.raises(NotFoundError, match="no such patient"):
            find_pseudonyms(store, KEYS, "77", known=True)
        ingest([export], store, keys=KEYS, settings=Settings(site="south"))
        with pytest.raises(RecordsError, match="name one by its pseudonym"):
            find_pseudonyms(store, KEYS, "1", known=True)
        assert find_pseudonyms(store, KEYS, "1", site="north", known=True) == [pseudonym]


def test_those_who_derived_from_it_are_told(store: RecordStore) -> None:
    told: list[Forgotten] = []
    gone = store.forget([BY.pseudonym("Patient/x")], after=[told.append])
    assert told == [gone]


def test_who_reads_meanwhile_puts_the_bytes_off_and_not_the_forgetting(tmp_path: Path) -> None:
    with open_store(tmp_path / "records", key=None) as store:
        fill(store)
        pseudonym = BY.pseudonym("Patient/3")
        reader = apsw.Connection(str(store.folder / FILE))
        reader.execute("begin; select count(*) from events").fetchall()
        store._db.connection.set_busy_timeout(200)
        with pytest.raises(RecordsError, match="locked by another process"):
            store.forget([pseudonym])
        assert store.find_patient(pseudonym) is None
        reader.close()
        store.compact()
        assert pseudonym.encode() not in bytes_of(store.folder)
    with open_records(tmp_path / "records", key=None) as reading:
        assert len(list(reading.iter_steps())) == 33
