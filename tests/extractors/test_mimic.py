"""MIMIC-III and MIMIC-IV tables become rows, their codes written as the vocabularies write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from extractors.events import Event, Note, Person, Provider, Retraction, Visit
from extractors.sources.mimic_codes import code_diagnosis, code_package, code_procedure
from read_rows import count_tables, read_all, rows_of

SAMPLES = Path(__file__).parent.parent / "samples" / "records" / "mimic"


@pytest.mark.parametrize(
    ("code", "version", "dotted"),
    [
        ("4280", "9", "428.0"), ("0389", "9", "038.9"), ("486", "9", "486"), ("82021", "9", "820.21"),
        ("E9342", "9", "E934.2"), ("E849", "9", "E849"), ("V4581", "9", "V45.81"), ("428.0", "9", "428.0"),
        ("I5023", "10", "I50.23"), ("I10", "10", "I10"), ("E119", "10", "E11.9"),
    ],
)  # fmt: skip
def test_diagnosis_codes_get_their_dot(code: str, version: str, dotted: str) -> None:
    assert code_diagnosis(code, version).curie == f"{'icd9cm' if version == '9' else 'icd10cm'}:{dotted}"


@pytest.mark.parametrize(
    ("code", "version", "dotted"), [("3961", "9", "39.61"), ("66", "9", "66"), ("4A023N7", "10", "4A023N7")]
)
def test_procedure_codes_get_their_dot(code: str, version: str, dotted: str) -> None:
    assert code_procedure(code, version).curie == f"{'icd9cm' if version == '9' else 'icd10pcs'}:{dotted}"


@pytest.mark.parametrize(
    ("ndc", "curie"),
    [("00517570425", "ndc:00517570425"), ("904000261", "ndc:00904000261"), ("63323026201.0", "ndc:63323026201")],
)
def test_drug_codes_have_eleven_digits(ndc: str, curie: str) -> None:
    assert [code.curie for code in code_package(ndc)] == [curie]


@pytest.mark.parametrize("ndc", ["0", "", "00000000000", "nan", "123456789012"])
def test_what_is_no_drug_code_is_none(ndc: str) -> None:
    assert code_package(ndc) == ()


def test_admissions_have_specialty_and_outcome_and_hold_their_unit_stays() -> None:
    visits = {visit.id: visit for visit in rows_of(read_all(SAMPLES / "mimic3"), Visit)}
    assert visits["admissions/800001"].specialty == "general medicine"
    assert visits["admissions/800001"].outcome == "died"
    assert visits["icustays/700001"].part_of == "admissions/800001"
    assert visits["icustays/700001"].kind == "icu"
    assert "transfers/32" not in visits


def test_diagnoses_have_the_time_of_their_admission_and_a_title_where_one_is_known() -> None:
    events = {event.id: event for event in rows_of(read_all(SAMPLES / "mimic3"), Event)}
    first, third = events["diagnoses_icd/51"], events["diagnoses_icd/53"]
    assert (first.start, first.end) == ("2140-02-01T13:20:00", "2140-02-09T05:00:00")
    assert (first.name, third.name) == ("Congestive heart failure, unspecified", "")
    assert events["procedures_icd/61"].codes[0].curie == "icd9cm:39.61"


def test_laboratory_values_have_loinc_where_the_labels_say_it() -> None:
    events = {event.id: event for event in rows_of(read_all(SAMPLES / "mimic3"), Event)}
    creatinine, troponin, unknown = (events[f"labevents/row-{number}"] for number in (81, 82, 84))
    assert [code.curie for code in creatinine.codes] == ["loinc:2160-0", ""]
    assert creatinine.value and (creatinine.value.number, creatinine.value.flag) == (2.1, "A")
    assert troponin.value and (troponin.value.number, troponin.value.comparator) == (0.01, "<")
    assert [code.code for code in unknown.codes] == ["59999"]


def test_a_note_in_error_is_taken_back() -> None:
    rows = read_all(SAMPLES / "mimic3")
    assert [note.title for note in rows_of(rows, Note)] == ["Discharge summary", "Nursing: Progress Note"]
    assert rows_of(rows, Retraction) == [Retraction("notes/93", "patients/90001")]


def test_parts_of_mimic_iv_meet_by_their_ids() -> None:
    rows = read_all(SAMPLES / "mimic4")
    assert [person.birth for person in rows_of(rows, Person)] == ["2128", "2116"]
    visits = {visit.id: visit for visit in rows_of(rows, Visit)}
    assert visits["icustays/49000001"].part_of in visits
    assert [note.visit for note in rows_of(rows, Note)] == ["admissions/29000001"] * 2
    assert [provider.id for provider in rows_of(rows, Provider)] == [visits["admissions/29000001"].provider]
    codes = [event.codes[0].curie for event in rows_of(rows, Event) if "_icd/" in event.id]
    assert codes == [
        "icd9cm:572.3",
        "icd9cm:E933.1",
        "icd10cm:I50.23",
        "icd10cm:I10",
        "icd9cm:54.91",
        "icd10pcs:4A023N7",
    ]


def test_demo_has_the_rows_of_its_tables(shared_data: Callable[[str], Path]) -> None:
    rows = read_all(shared_data("mimic3-demo"))
    assert count_tables(rows) == {
        "patients": 58, "admissions": 68, "diagnoses_icd": 902, "procedures_icd": 316, "prescriptions": 6158,
    }  # fmt: skip
    assert all(event.codes[0].curie for event in rows_of(rows, Event) if "_icd/" in event.id)
