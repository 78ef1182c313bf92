"""Dates moved in the form they are written in, ages capped, rows under pseudonyms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.deidentify import Deidentifier
from extractors.deidentify.dates import cut_to_year, shifted_iso, years_between
from extractors.deidentify.keyed import Keyed
from extractors.deidentify.numerals import read_number, write_chinese
from extractors.deidentify.written_dates import shifted_date
from extractors.events import (
    Coding,
    Event,
    EventKind,
    Identifier,
    IdentifierType,
    Note,
    Person,
    Provider,
    Retraction,
    Value,
    Visit,
)
from extractors.model import Section

KEY = b"a key that only the tests know .."
TODAY = date(2026, 6, 1)

FORMS = [
    ("2023-03-07", "2023-03-17"),
    ("3/7/23", "3/17/23"),
    ("03/07/2023", "03/17/2023"),
    ("25/03/2023", "04/04/2023"),
    ("March 7th, 2023", "March 17th, 2023"),
    ("MARCH 7, 2023", "MARCH 17, 2023"),
    ("7 Mar 2023", "17 Mar 2023"),
    ("07-Mar-2023", "17-Mar-2023"),
    ("07MAR2023", "17MAR2023"),
    ("Tuesday, March 7, 2023", "Friday, March 17, 2023"),
    ("Tue 3/7/2023", "Fri 3/17/2023"),
    ("the 7th of March, 2023", ""),
    ("7th of March, 2023", "17th of March, 2023"),
    ("March 7-9, 2023", "March 17-19, 2023"),
    ("20230307", "20230317"),
    ("2023.3.7", "2023.3.17"),
    ("March 2023", "March 2023"),
    ("3月7日", "3月17日"),
    ("2023年3月7日", "2023年3月17日"),
    ("2023年12月31日(星期日)", "2024年1月10日(星期三)"),
    ("二〇二三年三月七日", "二〇二三年三月十七日"),
    ("二零二三年十二月三十一日", "二零二四年一月十日"),
    ("２０２３年３月７日", "２０２３年３月１７日"),
    ("2023年3月", "2023年3月"),
    ("12/31/99", "1/10/00"),
    ("February 30, 2023", ""),
    ("3/7/1931", ""),
    ("Christmas", ""),
]


@pytest.mark.parametrize(("written", "moved"), FORMS)
def test_a_date_is_moved_in_its_form(written: str, moved: str) -> None:
    assert shifted_date(written, 10, time="2023-05-01", today=TODAY) == moved


def test_the_year_of_a_date_without_one_is_that_of_its_note() -> None:
    assert shifted_date("2/28", 2, time="2024-05-01", today=TODAY) == "3/1"
    assert shifted_date("2/28", 2, time="2023-05-01", today=TODAY) == "3/2"
    assert shifted_date("Feb 29", 1, time="2023", today=TODAY) == "Mar 1"


@given(st.integers(1, 3999), st.integers(0, 99))
def test_numbers_in_chinese_are_read_as_written(year: int, number: int) -> None:
    assert read_number(write_chinese(number)) == number
    assert read_number("".join("〇一二三四五六七八九"[int(c)] for c in str(year))) == year


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(0, 9000), st.text(max_size=5))
def test_a_shift_keeps_intervals(first: date, apart: int, patient: str) -> None:
    days = Keyed(KEY).shift(patient, 365)
    assert 0 < abs(days) <= 365
    second = first + timedelta(days=apart)
    moved = [date.fromisoformat(shifted_iso(day.isoformat(), days)) for day in (first, second)]
    assert (moved[1] - moved[0]).days == apart


def test_times_of_rows() -> None:
    assert shifted_iso("2019-03-07T14:30:00", 30) == "2019-04-06T14:30:00"
    assert shifted_iso("2019-03", 30) == "2019-04"
    assert shifted_iso("2019", 100) == "2019"
    assert [shifted_iso(wrong, 3) for wrong in ("", "next week", "2019-02-30", "9999-12-30")] == ["", "", "", ""]
    assert (cut_to_year("2019-03-07"), cut_to_year("soon")) == ("2019", "")
    assert (years_between("1930-05", "2019-05-14"), years_between("1930-05", "2019-05-15")) == (88, 89)


@pytest.fixture
def by() -> Deidentifier:
    return Deidentifier(key=KEY, today=TODAY)


def test_a_person(by: Deidentifier) -> None:
    person = Person("Patient/1", "female", "1980-02-03", "", (Identifier(IdentifierType.NAME, "Ana Ruiz"),))
    clean = by.clean_row(person)
    assert clean == Person(by.pseudonym("Patient/1"), "female", shifted_iso("1980-02-03", by.shift("Patient/1")))


def test_the_old_are_told_as_ninety(by: Deidentifier) -> None:
    clean = by.clean_row(Person("p", birth="1920-01-01"))
    dead = by.clean_row(Person("p", birth="1900-01-01", death="2001-05-05"))
    assert isinstance(clean, Person) and clean.birth == "1936"
    assert isinstance(dead, Person) and int(dead.death[:4]) - int(dead.birth) == 90


def test_rows_point_at_each_other_as_before(by: Deidentifier) -> None:
    visit = by.clean_row(
        Visit("v", "p", "inpatient", "2020-01-01", "2020-01-09", "d", department="普外二病区", part_of="w")
    )
    event = by.clean_row(Event("e", "p", EventKind.TEST, "Sodium", visit="v", provider="d", reasons=("r",), note="n"))
    provider = by.clean_row(Provider("d", "Cardiology", (Identifier(IdentifierType.NAME, "Ana Ruiz"),)))
    assert isinstance(visit, Visit) and isinstance(event, Event) and isinstance(provider, Provider)
    assert (event.patient, event.visit, event.provider) == (visit.patient, visit.id, provider.id)
    assert (event.reasons, event.note, visit.part_of) == ((by.pseudonym("r"),), by.pseudonym("n"), by.pseudonym("w"))
    assert provider.identifiers == () and provider.specialty == "Cardiology" and "二病区" not in visit.department
    assert by.clean_row(Retraction("e", "p")) == Retraction(event.id, event.patient)
    assert by.pseudonym("") == ""


def test_free_text_of_an_event_is_cleaned_and_its_codes_stay(by: Deidentifier) -> None:
    coded = Coding("loinc:2951-2", "http://loinc.org", "2951-2", "Sodium")
    local = Coding("", "urn:lab", "NA-1", "Sodium for Dr. Ana Ruiz")
    value = Value(text="call 617-555-0123", number=97, unit="years")
    row = Event(
        "e",
        "p",
        EventKind.TEST,
        "Wilson disease screen for Mrs. Ruiz",
        (coded, local),
        value=value,
        dose="1/2 tab, per Dr. Ruiz",
    )
    clean = by.clean_row(row)
    assert isinstance(clean, Event) and clean.value is not None
    assert clean.codes == (coded, Coding("", "urn:lab", "NA-1", "Sodium for Dr. [NAME]"))
    assert (clean.name, clean.dose) == ("Wilson disease screen for Mrs. [NAME]", "1/2 tab, per Dr. [NAME]")
    assert (clean.value.text, clean.value.number) == ("call [PHONE]", 90)


def test_sections_move_along(by: Deidentifier) -> None:
    text = "HPI: seen by Dr. Ana Ruiz and Dr. Lu.\nPLAN: rest"
    start = text.index("PLAN")
    sections = (Section("", "HPI", 0, start), Section("", "PLAN", start, len(text)))
    known = [Identifier(IdentifierType.NAME, "Lu Quillfeather")]
    clean = by.clean_row(Note("n", "p", text, time="2020-03-07", sections=sections), known=known)
    assert isinstance(clean, Note)
    assert [clean.text[s.start : s.end] for s in clean.sections] == [
        "HPI: seen by Dr. [NAME] and Dr. [NAME].\n",
        "PLAN: rest",
    ]


def test_without_shift_dates_are_cut_and_replaced() -> None:
    by = Deidentifier(key=KEY, shift_days=0)
    note = by.clean_row(Note("n", "p", "on 3/7/2020", time="2020-03-07T10:00:00"))
    assert isinstance(note, Note) and (note.text, note.time) == ("on [DATE]", "2020")


def test_the_name_of_a_code_is_a_terminologys_own() -> None:
    name = "NDA020503 200 ACTUAT Albuterol 0.09 MG/ACTUAT for Mrs. Ruiz"
    coded = Coding("RXNORM:2123111", "http://www.nlm.nih.gov/research/umls/rxnorm", "2123111", name)
    event = Event(id="e", patient="p", kind=EventKind.MEDICATION, name=name, codes=(coded,))
    by = Deidentifier(key=b"0" * 32)
    clean = by.clean_row(event)
    assert isinstance(clean, Event) and clean.name == name
    known = by.clean_row(event, known=[Identifier(IdentifierType.NAME, "Ana Ruiz")])
    assert isinstance(known, Event) and known.name.endswith("for Mrs. [NAME]")
    uncoded = by.clean_row(replace(event, codes=()))
    assert isinstance(uncoded, Event) and uncoded.name == name.replace("Ruiz", "[NAME]")
