"""Reading records into the store: resumable, the same twice, and nothing of a record in what is said of it."""

from __future__ import annotations

import base64
import json
import multiprocessing
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from curators import bare_home
from extractors.errors import UnreadableError
from extractors.events import Event, EventKind, Identifier, IdentifierType, Note, Person, Refused, Row
from extractors.places import Place, iter_places
from kg.errors import KGError
from kg.records import open_records
from kg.records.cleaning import Cleaner, Failed, Numbered
from kg.records.database import FILE
from kg.records.edges import Readers
from kg.records.errors import RecordsError
from kg.records.ingest import READERS, ingest
from kg.records.inputs import InputState
from kg.records.keys import Keys, make_keys, read_keys
from kg.records.model import Window
from kg.records.naming_inputs import place_in
from kg.records.progress import Progress, Settings
from kg.records.vault import Vault
from kg_command import ROOT, Kg
from record_rows import KEYS, dump, open_store, write_bulk


def read(folder: Path, *paths: Path, workers: int = 0, site: str = "", readers: Readers = READERS) -> Progress:
    with open_store(folder) as store:
        return ingest(paths, store, keys=KEYS, settings=Settings(workers=workers, site=site), readers=readers)


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    export = write_bulk(tmp_path / "export", patients=5)
    first = read(tmp_path / "records", export)
    before = dump(tmp_path / "records")
    second = read(tmp_path / "records", export)
    assert (first.rows["person"], first.rows["event"], first.refused) == (5, 20, 0)
    assert (second.unchanged, second.rows.total()) == (1, 0)
    assert dump(tmp_path / "records") == before


def test_reading_again_changes_nothing(tmp_path: Path) -> None:
    export = write_bulk(tmp_path / "export", patients=5)
    read(tmp_path / "records", export)
    before = dump(tmp_path / "records")
    with open_store(tmp_path / "records") as store:
        again = ingest([export], store, keys=KEYS, settings=Settings(again=True))
    assert (again.unchanged, again.rows["event"]) == (0, 20)
    assert dump(tmp_path / "records") == before


def test_another_medkg_starts_an_input_from_its_first_row(tmp_path: Path) -> None:
    half = InputState(1, 2000, False, "0.1")
    assert (half.rows_to_skip("0.1"), half.rows_to_skip("0.2")) == (2000, 0)


def test_workers_change_nothing(tmp_path: Path) -> None:
    export = write_bulk(tmp_path / "export", patients=500)
    read(tmp_path / "one", export)
    read(tmp_path / "two", export, workers=2)
    assert dump(tmp_path / "one") == dump(tmp_path / "two")


def test_workers_go_from_one_small_input_to_the_next(tmp_path: Path) -> None:
    for number in range(12):
        patient = json.dumps({"resourceType": "Patient", "id": str(number), "name": [{"family": f"Quill{number}"}]})
        (tmp_path / f"{number}.json").write_text(patient if number % 5 else "{")
    paths = sorted(tmp_path.glob("*.json"))
    pids = set(multiprocessing.active_children())
    one = read(tmp_path / "one", *paths)
    two = read(tmp_path / "two", *paths, workers=2)
    assert dump(tmp_path / "one") == dump(tmp_path / "two")
    assert (one.inputs, one.refused) == (two.inputs, two.refused) == (12, 3)
    assert set(multiprocessing.active_children()) == pids


def test_sites_keep_the_same_number_apart(tmp_path: Path) -> None:
    export = write_bulk(tmp_path / "export", patients=5)
    read(tmp_path / "records", export, site="north")
    read(tmp_path / "records", export, site="south")
    assert len(dump(tmp_path / "records")["patients"]) == 10


def test_a_site_is_not_called_after_a_person_but_one_that_is_known_stays(tmp_path: Path) -> None:
    export = write_bulk(tmp_path / "export", patients=5)
    with pytest.raises(KGError, match="may point at a person") as refused:
        read(tmp_path / "records", export, site="Maria_Ruiz")
    assert "Ruiz" not in str(refused.value)
    assert not dump(tmp_path / "records")["patients"]
    read(tmp_path / "records", export, site="north")
    with open_store(tmp_path / "records") as store, store.batch() as (_, inputs):
        inputs.add(b"earlier", "fhir", "Maria_Ruiz", "0.1")
    read(tmp_path / "records", export, site="Maria_Ruiz")
    assert len(dump(tmp_path / "records")["patients"]) == 10


def test_a_changed_record_replaces_the_old_one(tmp_path: Path) -> None:
    export = write_bulk(tmp_path / "export", patients=3)
    read(tmp_path / "records", export)
    conditions = export / "Condition.ndjson"
    conditions.write_text(conditions.read_text().replace("Illness 1", "Another illness"))
    progress = read(tmp_path / "records", export)
    with open_records(tmp_path / "records", key=KEYS.store) as store:
        names = {event.name for patient in store.iter_patients() for event in store.iter_events(patient.id)}
        assert store.get_summary(exact=True).events == 12
    assert progress.unchanged == 0
    assert names == {"Gout", "Illness 0", "Another illness", "Illness 2"}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_killed_and_run_again_is_as_if_never_killed(tmp_path: Path, workers: str) -> None:
    kg = Kg(bare_home(tmp_path), tmp_path)
    export = write_bulk(kg.folder / "export", patients=1200)
    key_file = kg.folder / "records.key"
    keys = make_keys(key_file)
    options: list[str | Path] = ["records", "ingest", export, "--key-file", key_file, "--workers", workers, "--records"]
    kg(*options, kg.folder / "whole")
    running = kg.start(*options, kg.folder / "killed")
    wait_for_rows(kg.folder / "killed", keys)
    running.send_signal(signal.SIGKILL)
    running.wait()
    killed = dump(kg.folder / "killed", key=keys.store)
    kg(*options, kg.folder / "killed")
    whole = dump(kg.folder / "whole", key=keys.store)
    assert len(killed["events"]) < len(whole["events"])
    assert dump(kg.folder / "killed", key=keys.store) == whole
    assert not list((kg.folder / "killed").glob("vault*"))


def wait_for_rows(folder: Path, keys: Keys) -> None:
    for _ in range(600):
        time.sleep(0.05)
        if (folder / FILE).exists():
            try:
                if dump(folder, key=keys.store)["inputs"][0][4] >= 2000:
                    return
            except (KeyError, IndexError, apsw.BusyError):
                continue
    raise AssertionError("nothing was written in 30 seconds")


def test_persons_in_another_file_are_known_before_their_notes(tmp_path: Path) -> None:
    """The folder is offered file by file, and the notes come before the patients."""
    export = write_bulk(tmp_path / "export", patients=2)
    document = {
        "resourceType": "DocumentReference",
        "id": "n",
        "status": "current",
        "subject": {"reference": "Patient/1"},
        "content": [
            {"attachment": {"contentType": "text/plain", "data": "QW1hcnlsbGlzIFF1aWxsZmVhdGhlcjEgaGFzIGdvdXQu"}}
        ],
    }
    (tmp_path / "a.json").write_text(json.dumps(document))
    progress = read(tmp_path / "records", tmp_path / "a.json", export / "Patient.ndjson")
    with open_records(tmp_path / "records", key=KEYS.store) as store:
        notes = [note.text for patient in store.iter_patients() for note in store.iter_notes(patient.id)]
    assert progress.rows["note"] == 1
    assert "Quillfeather1" not in notes[0]
    assert "gout" in notes[0]


@pytest.mark.parametrize("apart", [False, True])
def test_who_is_named_by_events_alone_is_hunted_for_in_the_notes(tmp_path: Path, apart: bool) -> None:
    """The note comes first; who ordered a drug and who did a procedure are said, and named, behind it."""
    note = base64.b64encode(b"zarquon bibblewick saw her: gout. Discussed with quillaby.").decode()
    order = {"status": "active", "intent": "order", "medicationCodeableConcept": {"text": "Allopurinol"}}
    resources: list[dict[str, Any]] = [
        {"id": "n", "status": "current", "content": [{"attachment": {"contentType": "text/plain", "data": note}}]},
        {
            "id": "p",
            "status": "completed",
            "code": {"text": "Aspiration"},
            "performer": [{"actor": {"reference": "Practitioner/9"}}],
        },
        {"id": "m", **order, "requester": {"reference": "Practitioner/8"}},
        {"id": "9", "name": [{"family": "Bibblewick", "given": ["Zarquon"]}]},
        {"id": "8", "name": [{"family": "Quillaby"}]},
    ]
    kinds = ("DocumentReference", "Procedure", "MedicationRequest", "Practitioner", "Practitioner")
    lines = [
        json.dumps({"resourceType": kind, "subject": {"reference": "Patient/1"}} | resource)
        for kind, resource in zip(kinds, resources, strict=True)
    ]
    for number, part in enumerate((lines[:1], lines[1:]) if apart else (lines,)):
        (tmp_path / f"{number}.ndjson").write_text("\n".join(part) + "\n")
    read(tmp_path / "records", *sorted(tmp_path.glob("*.ndjson")))
    with open_records(tmp_path / "records", key=KEYS.store) as store:
        [text] = [note.text for patient in store.iter_patients() for note in store.iter_notes(patient.id)]
    assert text == "[NAME] saw her: gout. Discussed with [NAME]."


def events_of(folder: Path) -> set[tuple[str, str, str]]:
    """Kind, name and assertion of all events, whatever they assert."""
    anything = Window(assertions=frozenset())
    with open_records(folder, key=KEYS.store) as store:
        found = [event for patient in store.iter_patients() for event in store.iter_events(patient.id, anything)]
    return {(str(event.kind), event.name, str(event.assertion)) for event in found}


def test_allergies_immunizations_and_what_relatives_have_are_told_apart(tmp_path: Path) -> None:
    subject = {"reference": "Patient/1"}
    flu = {"system": "http://hl7.org/fhir/sid/cvx", "code": "141", "display": "Influenza, seasonal"}
    resources: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "1"},
        {"resourceType": "AllergyIntolerance", "patient": subject, "code": {"text": "Penicillin"}},
        {"resourceType": "AllergyIntolerance", "patient": subject, "code": {"text": "No known drug allergy"}},
        {"resourceType": "Immunization", "status": "completed", "patient": subject, "vaccineCode": {"coding": [flu]}},
        {"resourceType": "FamilyMemberHistory", "patient": subject, "condition": [{"code": {"text": "Breast cancer"}}]},
        {"resourceType": "Condition", "subject": subject, "code": {"text": "Family history of colon cancer"}},
        {"resourceType": "Condition", "subject": subject, "code": {"text": "No family history of gout"}},
        {"resourceType": "Condition", "subject": subject, "code": {"text": "Allergy to peanut (finding)"}},
        {"resourceType": "Condition", "subject": subject, "code": {"text": "Allergic rhinitis"}},
    ]
    lines = (json.dumps({"id": str(number)} | resource) for number, resource in enumerate(resources, 1))
    (tmp_path / "a.ndjson").write_text("\n".join(lines) + "\n")
    (tmp_path / "diagnoses").mkdir()
    (tmp_path / "diagnoses" / "PATIENTS.csv").write_text("subject_id,gender\n7,F\n")
    (tmp_path / "diagnoses" / "DIAGNOSES_ICD.csv").write_text(
        "row_id,subject_id,hadm_id,seq_num,icd9_code\n1,7,70,1,V163\n2,7,70,2,V140\n3,7,70,3,1749\n"
    )
    read(tmp_path / "records", tmp_path / "a.ndjson", tmp_path / "diagnoses")
    assert events_of(tmp_path / "records") == {
        ("allergy", "Penicillin", "present"),
        ("allergy", "No known drug allergy", "negated"),
        ("allergy", "Allergy to peanut (finding)", "present"),
        ("immunization", "Influenza, seasonal", "present"),
        ("condition", "Breast cancer", "family"),
        ("condition", "Family history of colon cancer", "family"),
        ("condition", "Allergic rhinitis", "present"),
        ("condition", "", "family"),
        ("allergy", "", "present"),
        ("condition", "", "present"),
    }


class Failing:
    """A source that reads two rows and then fails with a text of the record."""

    name = "failing"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def claims(self, place: Place) -> bool:
        return True

    def find_unread(self, place: Place) -> tuple[str, ...]:
        raise self.error

    def read(self, place: Place) -> Iterator[Row | Refused]:
        yield Person("1")
        yield Refused(f"{place.locator}, line 2", "has no id")
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [(UnreadableError("is cut off"), "is cut off"), (ValueError("Mildred Planted"), "(ValueError)")],
)
def test_a_failing_input_is_refused_without_its_words(tmp_path: Path, error: Exception, said: str) -> None:
    path = tmp_path / "Mildred Planted.txt"
    path.write_text("x")
    readers = Readers(lambda place: Failing(error))
    progress = read(tmp_path / "records", path, readers=readers)
    again = read(tmp_path / "records", path, readers=readers)
    with open_store(tmp_path / "records") as store:
        refused = list(store.get_inputs().iter_refused())
    assert progress.shown[0].reason == "has no id"
    assert said in progress.shown[1].reason
    assert again.refused == 1, "what failed is tried again, what was refused is known"
    assert len(refused) == 2
    assert "Mildred" not in repr(progress) + repr(refused)


@pytest.mark.parametrize("workers", [0, 2])
def test_what_was_taken_out_is_counted_by_type(tmp_path: Path, workers: int) -> None:
    (tmp_path / "notes.csv").write_text(
        "patient_id,text\n1,Seen by Dr. Amaryllis Quillfeather on 3/7/2023. Call 555-867-5309.\n2,Gout.\n"
    )
    export = write_bulk(tmp_path / "export", patients=3)
    progress = read(tmp_path / "records", tmp_path / "notes.csv", export, workers=workers)
    texts, fields = progress.removed.texts, progress.removed.fields
    assert (texts.counts["name"], texts.counts["date"], texts.counts["phone"]) == (1, 1, 1)  # type: ignore[index]
    assert texts.texts >= 2
    assert fields["name"] >= 3  # type: ignore[index]


def test_what_is_left_aside_is_named_by_its_layout_and_never_by_its_file(tmp_path: Path) -> None:
    export = write_bulk(tmp_path / "export", patients=2)
    (export / "Mildred Planted.ndjson").write_text('{"resourceType": "CarePlan", "id": "1"}\n')
    shutil.copytree(ROOT / "tests" / "samples" / "records" / "omop" / "cdm54", tmp_path / "Ann Lee")
    progress = read(tmp_path / "records", export, tmp_path / "Ann Lee")
    assert progress.aside == {"fhir": {"CarePlan"}, "omop": {"device_exposure"}}


def test_a_row_that_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    rows: list[Row] = [Event("e", "", EventKind.CONDITION, "Gout"), Note("", "1", "text"), Person("1")]
    cleaner = Cleaner(KEYS.cleaning("x"))
    *failed, kept = cleaner([Numbered(number, row, ()) for number, row in enumerate(rows)]).rows
    assert isinstance(kept, Person)
    assert [each.reason for each in failed if isinstance(each, Failed)] == [
        "a event names no patient",
        "a note has no id",
    ]
    assert "key" not in repr(cleaner)


@pytest.mark.parametrize(
    ("locator", "told"),
    [
        ("{place}, line 12", "line 12"),
        ("Ann_Lee_1234567.json, entry 3", "entry 3"),
        ("Ann_Lee_1234567.json", "record 9"),
        ("row 1234 of Ann Lee", "row 1234"),
    ],
)
def test_places_are_told_without_names_of_files(tmp_path: Path, locator: str, told: str) -> None:
    (tmp_path / "Ann_Lee_1234567.json").write_text("x")
    [place] = iter_places([tmp_path / "Ann_Lee_1234567.json"], lambda _: True)
    assert place_in(Refused(locator.format(place=place.locator), ""), place, 9) == told
    [whole] = iter_places([tmp_path], lambda _: True)
    assert place_in(Refused("Ann_Lee_1234567.json, line 4", ""), whole, 9) == "file 1 of 1, line 4"


def test_the_vault_leaves_no_file_and_no_clear_text(tmp_path: Path) -> None:
    name = Identifier(IdentifierType.NAME, "Amaryllis Quillfeather")
    with Vault(tmp_path) as vault:
        for number in range(20_000):
            vault.add(
                f"Patient/{number}", [name, Identifier(IdentifierType.MEDICAL_RECORD, f"MRN-{number}-{'x' * 4000}")]
            )
        vault.add("Patient/1", [Identifier(IdentifierType.EMAIL, "a@b.example")])
        assert [each.value[:5] for each in vault.find("Patient/1") or ()] == ["Amary", "MRN-1", "a@b.e"]
        assert vault.find("Patient/20000") is None
        assert list(tmp_path.iterdir()) == []
        [lying] = [fd for fd in Path("/proc/self/fd").iterdir() if "vault-" in str(fd.resolve())]
        content = lying.read_bytes()
    assert len(content) > 1 << 20, "most of it lies on the disk"
    assert b"Quillfeather" not in content
    assert b"x" * 16 not in content


def test_keys_are_made_once_and_explained(tmp_path: Path) -> None:
    path = tmp_path / "home" / "records.key"
    keys = make_keys(path)
    assert read_keys(path) == keys
    assert path.stat().st_mode & 0o777 == 0o600
    assert "Without it the store cannot be read" in path.read_text()
    assert len({keys.store, keys.rows, keys.inputs, keys.cleaning("a"), keys.cleaning("b"), keys.secret}) == 6
    assert keys.secret.hex() not in repr(keys)
    with pytest.raises(RecordsError, match="cannot be written"):
        make_keys(path)


def test_keys_that_are_lost_damaged_or_open_are_told(tmp_path: Path) -> None:
    path = tmp_path / "records.key"
    with pytest.raises(RecordsError, match="no key of records"):
        read_keys(path)
    with pytest.raises(RecordsError, match=r"cannot be read.*name the key file itself"):
        read_keys(tmp_path)
    for content in (b"", b"abc\n", b"00" * 31, b"00" * 32 + b"\n" + b"00" * 32, b" 0" * 32, bytes(range(200, 232))):
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(RecordsError, match=r"is no key of records.*name the right file") as caught:
            read_keys(path)
        assert "Error" not in str(caught.value)
    path.write_text("00" * 32)
    path.chmod(0o644)
    with pytest.raises(RecordsError, match="chmod 600"):
        read_keys(path)


_SETTLE = """
import sys, time
from pathlib import Path
from kg.records.keys import settle_keys
go = Path(sys.argv[2])
print("ready", flush=True)
while not go.exists():
    pass
keys, made = settle_keys(Path(sys.argv[1]))
print(made, keys.store.hex())
"""


def test_of_several_first_runs_at_once_one_makes_the_key(tmp_path: Path) -> None:
    kg = Kg(bare_home(tmp_path), tmp_path)
    key, go = tmp_path / "new" / "records.key", tmp_path / "go"
    command = [sys.executable, "-c", _SETTLE, str(key), str(go)]
    started = [
        subprocess.Popen(command, env=kg.environment, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(6)
    ]
    for each in started:
        assert each.stdout
        assert each.stdout.readline() == "ready\n"
    go.touch()
    said = [each.communicate()[0].split() for each in started]
    assert sorted(made for made, _ in said) == ["False"] * 5 + ["True"]
    assert {told for _, told in said} == {read_keys(key).store.hex()}
    assert list(key.parent.iterdir()) == [key]
    assert key.stat().st_mode & 0o777 == 0o600


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    open_store(tmp_path / "records").close()
    for key in (b"z" * 32, None):
        with pytest.raises(RecordsError, match="the key does not open"):
            open_records(tmp_path / "records", key=key)
