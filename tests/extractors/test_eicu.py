"""eICU tables become rows, their minutes dated from a made-up day for each stay in hospital."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from extractors.events import Event, EventKind, Person, Provider, Retraction, Visit
from extractors.model import Assertion
from extractors.places import iter_places
from extractors.sources.eicu import RECORDS
from read_rows import count_tables, read_all, rows_of

SAMPLES = Path(__file__).parent.parent / "samples" / "records" / "eicu"


def _events() -> dict[str, Event]:
    return {event.id: event for event in rows_of(read_all(SAMPLES / "unit"), Event)}


def test_units_are_parts_of_stays_in_hospital_and_every_interval_is_kept() -> None:
    visits = {visit.id: visit for visit in rows_of(read_all(SAMPLES / "unit"), Visit)}
    hospital, unit, next_unit = (
        visits[key] for key in ("hospital_stay/600001", "unit_stay/7000001", "unit_stay/7000002")
    )
    assert (hospital.start, hospital.end) == ("2015-01-01T22:30:00", "2015-01-06T14:00:00")
    assert (unit.start, unit.end, unit.part_of) == ("2015-01-02T00:00:00", "2015-01-03T00:00:00", hospital.id)
    assert (next_unit.start, next_unit.kind) == (unit.end, "inpatient")
    assert (unit.provider, unit.specialty) == ("provider/802", "critical care medicine (CCM)")


def test_stays_of_a_patient_in_one_year_do_not_lie_upon_each_other() -> None:
    visits = {visit.id: visit for visit in rows_of(read_all(SAMPLES / "unit"), Visit)}
    assert visits["hospital_stay/600002"].start == "2015-02-01T08:00:00"
    assert visits["hospital_stay/600002"].outcome == "died"


def test_a_patient_is_one_person_and_over_89_is_90() -> None:
    first, second = rows_of(read_all(SAMPLES / "unit"), Person)
    assert (first.sex, first.birth, first.death) == ("female", "1944", "2015-02-01T09:00:00")
    assert (second.birth, second.death) == ("1924", "")


def test_codes_of_both_revisions_are_told_apart() -> None:
    events = _events()
    assert [code.curie for code in events["diagnosis/21"].codes[:2]] == ["icd9cm:995.92", "icd10cm:R65.20"]
    assert [code.curie for code in events["diagnosis/24"].codes[:3]] == [
        "icd9cm:E980.2",
        "icd9cm:965.00",
        "icd10cm:T40.60",
    ]
    assert [code.curie for code in events["diagnosis/25"].codes[:2]] == ["icd9cm:276.2", "icd10cm:E87.2"]


def test_diagnoses_are_named_so_that_they_can_be_understood_alone() -> None:
    events = _events()
    assert (events["diagnosis/21"].name, events["diagnosis/21"].category) == ("sepsis, severe", "primary")
    assert (events["diagnosis/22"].name, events["diagnosis/22"].assertion) == ("pulmonary embolism", Assertion.POSSIBLE)
    assert events["diagnosis/26"].start == "2014-01-01T09:55:00"


def test_forms_hold_diagnoses_history_and_answers() -> None:
    events = _events()
    assert events["admissiondx/12"].kind is EventKind.CONDITION
    answer = events["admissiondx/11"]
    assert answer.kind is EventKind.TEST
    assert answer.value and answer.value.text == "No"
    assert events["pasthistory/31"].assertion is Assertion.HISTORICAL
    assert events["allergy/41"].name == "penicillins"


def test_drugs_without_name_have_their_number_and_cancelled_orders_are_taken_back() -> None:
    events = _events()
    assert [code.code for code in events["medication/62"].codes] == ["4489"]
    assert events["medication/62"].dose == "650 mg PO Q6H PRN"
    assert rows_of(read_all(SAMPLES / "unit"), Retraction) == [Retraction("medication/63", "patient/090-00001")]


def test_values_are_numbers_bounds_or_words() -> None:
    events = _events()
    values = [events[f"lab/{number}"].value for number in (71, 72, 73)]
    assert [(value.number, value.comparator, value.text) for value in values if value] == [
        (4.1, "", ""), (10.0, ">", ""), (None, "", "amber"),
    ]  # fmt: skip


def test_tables_left_aside_are_named() -> None:
    place = next(iter_places([SAMPLES / "unit"], RECORDS.claims))
    assert RECORDS.find_unread(place) == ("physicalexam",)


def test_demo_has_the_rows_of_its_tables(shared_data: Callable[[str], Path]) -> None:
    """61 of 2,569 medications name no drug, by name or number, and are refused; 138 were cancelled."""
    rows = read_all(shared_data("eicu-demo"))
    assert count_tables(rows) == {
        "patient": 56, "hospital": 79, "hospital_stay": 80, "unit_stay": 98, "admissiondx": 312, "diagnosis": 867,
        "treatment": 1399, "medication": 2569 - 61, "lab": 14_981, "refused": 61,
    }  # fmt: skip
    assert len(rows_of(rows, Retraction)) == 138


def test_whole_demo_has_the_rows_of_its_tables(shared_data: Callable[[str], Path]) -> None:
    """Of 7,578 rows of admissionDx 2,221 are diagnoses; the others answer other questions of the form."""
    rows = read_all(shared_data("eicu-demo-full"))
    assert count_tables(rows) == {
        "patient": 1841, "provider": 5627, "hospital_stay": 2174, "unit_stay": 2520, "admissiondx": 7578,
        "diagnosis": 24_978, "treatment": 38_290,
    }  # fmt: skip
    diagnosed = [event for event in rows_of(rows, Event) if event.id.startswith("admissiondx/") and event.value is None]
    assert len(diagnosed) == 2221
    assert len(rows_of(rows, Provider)) == 5627
