"""Clinical notes in text files and tables become rows; columns are told or known by their names."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.events import IdentifierType, Note, Person, Provider, Refused, Retraction, Visit
from extractors.record_times import read_record_time
from source_rows import of_kind, read_records, written


def test_a_table_with_common_columns_needs_no_map(samples: Path) -> None:
    rows = read_records(samples / "records" / "notes" / "table.csv")
    first, second, third = of_kind(rows, Note)
    assert (first.id, first.patient, first.visit) == ("note/91", "patient/1042", "visit/20077")
    assert (first.time, first.title) == ("2079-01-05", "Discharge summary")
    assert [section.kind for section in first.sections if section.level == 1][-1] == "assessment_and_plan"
    assert second.text == "Feels well.\nMedications: aspirin 81 mg daily"
    assert (third.patient, third.time) == ("patient/1043", "2079-02-14")
    assert [(row.id, row.sex, row.birth) for row in of_kind(rows, Person)] == [
        ("patient/1042", "female", "2008-02-11"),
        ("patient/1043", "male", ""),
    ]
    assert [row.id for row in of_kind(rows, Visit)] == ["visit/20077", "visit/20078"]


def test_json_lines_may_have_other_keys_in_each_line(samples: Path) -> None:
    rows = read_records(samples / "records" / "notes" / "lines.jsonl")
    english, chinese = of_kind(rows, Note)
    assert (english.time, english.provider) == ("2019-03-07T14:30:00", "provider/d1")
    assert [section.kind for section in chinese.sections] == ["chief_complaint", "history_of_present_illness"]
    assert (chinese.language, chinese.time) == ("zh", "2019-03-09")
    assert [row.id for row in of_kind(rows, Retraction)] == ["note/n3"]


def test_a_json_list_is_read_and_names_are_hunted_for(samples: Path) -> None:
    rows = read_records(samples / "records" / "notes" / "list.json")
    assert [note.text for note in of_kind(rows, Note)] == ["HPI: Cough.\nPlan: Rest.", "HPI: Fever.\nPlan: Fluids."]
    assert (IdentifierType.NAME, "Ignatius Pemberley") in of_kind(rows, Person)[0].identifiers


def test_a_text_file_tells_its_ids_in_front(samples: Path) -> None:
    (note,) = of_kind(read_records(samples / "records" / "notes" / "admission_note.txt"), Note)
    assert (note.patient, note.visit, note.time) == ("patient/5531", "visit/88", "2021-05-02")
    assert note.text.startswith("Chief Complaint: abdominal pain")
    assert [section.kind for section in note.sections if section.level == 1] == [
        "chief_complaint",
        "history_of_present_illness",
        "past_medical_history",
        "physical_exam",
        "assessment_and_plan",
    ]


def test_a_folder_of_texts_tells_how_its_files_are_named(samples: Path) -> None:
    notes = of_kind(read_records(samples / "records" / "notes" / "folder"), Note)
    assert [(note.patient, note.visit, note.time) for note in notes] == [
        ("patient/p31", "visit/v1", "2020-01-02"),
        ("patient/p31", "visit/v1", "2020-01-03"),
        ("patient/p32", "visit/v9", "2020-01-04"),
    ]


def test_without_a_form_the_whole_name_is_the_patient(tmp_path: Path) -> None:
    (note,) = of_kind(read_records(written(tmp_path, "note_1.txt", "HPI: cough.\nAllergies: none.")), Note)
    assert note.patient == "patient/note_1"


def test_a_map_beside_a_table_tells_its_columns(samples: Path) -> None:
    rows = read_records(samples / "records" / "notes" / "mapped")
    assert [(note.patient, note.time, note.provider) for note in of_kind(rows, Note)] == [
        ("patient/501", "2018-11-05T08:00:00", "provider/D7"),
        ("patient/502", "2018-11-06", "provider/D7"),
    ]


def test_the_map_beside_a_packed_table_is_found(tmp_path: Path) -> None:
    written(tmp_path, "x.toml", 'columns = { patient = "A", text = "B" }')
    packed = written(tmp_path, "x.csv.gz", gzip.compress(b"A,B\n1,Plan: rest.\n"))
    assert [note.patient for note in of_kind(read_records(packed), Note)] == ["patient/1"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("columns = [", "no TOML"),
        ('colums = { text = "B" }', "does not exist"),
        ('columns = { pateint = "A" }', "does not exist"),
        ("columns = { patient = 1 }", "no text"),
        ('file_name = "{patient}_{patient}"', "no form"),
    ],
)
def test_a_wrong_map_is_told_by_its_form(content: str, said: str, tmp_path: Path) -> None:
    written(tmp_path, "x.toml", content)
    (refused,) = read_records(written(tmp_path, "x.csv", "patient,text\n1,Fine.\n"))
    assert isinstance(refused, Refused)
    assert said in refused.reason
    assert refused.reason.startswith("x.toml")


def test_each_bad_row_is_refused_by_its_line(samples: Path) -> None:
    rows = read_records(samples / "records" / "notes" / "broken.csv")
    assert [(row.locator.rpartition(":")[2], row.reason) for row in of_kind(rows, Refused)] == [
        ("3", "has 7 cells where the head has 3"),
        ("4", "has no patient"),
        ("5", "has no text"),
    ]
    assert [note.text for note in of_kind(rows, Note)] == ["Fine.", "Fine too."]


def test_a_row_with_foreign_bytes_is_refused_and_the_rest_read(tmp_path: Path) -> None:
    head = "patient,text\n" + "".join(f"{n},Fine and long enough to fill the head.\n" for n in range(3000))
    rows = read_records(written(tmp_path, "x.csv", head.encode() + b"x,bad \xff\xfe secret\n" + b"y,Fine.\n"))
    (refused,) = of_kind(rows, Refused)
    assert (refused.reason, refused.locator.rpartition(":")[2]) == (
        "holds bytes that are not in the encoding of the file",
        "3002",
    )
    assert len(of_kind(rows, Note)) == 3001


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    table = "patient,text\n1,主诉：咳嗽三天，加重一天。现病史：患者受凉后咳嗽。\n"
    (note,) = of_kind(read_records(written(tmp_path, "x.csv", table.encode(encoding))), Note)
    assert [section.kind for section in note.sections] == ["chief_complaint", "history_of_present_illness"]


@pytest.mark.parametrize("indent", [None, 2])
def test_objects_longer_than_the_head_are_claimed_by_their_keys(indent: int | None, tmp_path: Path) -> None:
    value = [{"patient": 1, "text": "word " * 30_000, "visit": 2}]
    (note,) = of_kind(read_records(written(tmp_path, "x.json", json.dumps(value, indent=indent))), Note)
    assert (note.visit, len(note.text)) == ("visit/2", 149_999)


def test_notes_longer_than_the_csv_module_allows(tmp_path: Path) -> None:
    (note,) = of_kind(read_records(written(tmp_path, "x.csv", "patient,text\n1," + "word " * 60_000)), Note)
    assert len(note.text) == 299_999


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", "a,b\n1,2\n"),
        ("x.csv", "patient_id,weight\n1,2\n"),
        ("x.jsonl", '{"resourceType": "Patient", "patient": "1", "text": "x"}\n'),
        ("x.txt", "Dear diary, the plan: rest."),
        ("x.txt", "BACKGROUND: x\nRESULTS: y\nCONCLUSIONS: z"),
        ("x.json", "{}"),
        ("x.toml", 'columns = { patient = "A" }'),
        ("x.csv", ""),
    ],
)
def test_what_is_no_note_is_not_claimed(name: str, content: str, tmp_path: Path) -> None:
    assert of_kind(read_records(written(tmp_path, name, content)), Note) == []


def test_a_clinician_is_named_where_the_column_holds_a_name(tmp_path: Path) -> None:
    table = 'patient,author,text\n1,"Ferncastle, Ottoline",x\n2,D-77,y\n3,王芳,z\n'
    known = [row.identifiers for row in of_kind(read_records(written(tmp_path, "x.csv", table)), Provider)]
    assert known == [((IdentifierType.NAME, "Ferncastle, Ottoline"),), (), ((IdentifierType.NAME, "王芳"),)]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), min_size=1, max_size=5))
def test_every_text_comes_back_whole(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    kept = [text for text in texts if text.strip()]
    lines = "".join(json.dumps({"patient": str(n), "text": text}) + "\n" for n, text in enumerate(kept))
    path = written(tmp_path_factory.mktemp("notes"), "x.jsonl", lines or "{}")
    assert [note.text.strip() for note in of_kind(read_records(path), Note)] == [text.strip() for text in kept]


@pytest.mark.parametrize(
    ("said", "iso"),
    [
        ("2019-03-07", "2019-03-07"),
        ("2019/3/7 8:05", "2019-03-07T08:05:00"),
        ("2019.3.7", "2019-03-07"),
        ("2019年3月7日14时30分", "2019-03-07T14:30:00"),
        ("2019年3月", "2019-03"),
        ("2019年", "2019"),
        ("20190307", "2019-03-07"),
        ("20190307143000", "2019-03-07T14:30:00"),
        ("3/7/2019", "2019-03-07"),
        ("13/7/2019", "2019-07-13"),
        ("2019-03-07T14:30:05Z", "2019-03-07T14:30:05"),
        ("2019-13-07", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_times(said: str, iso: str) -> None:
    assert read_record_time(said) == iso
