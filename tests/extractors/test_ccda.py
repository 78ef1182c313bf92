"""C-CDA documents of several releases and dialects become rows, and nothing of them gets into errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from extractors.deidentify import Deidentifier
from extractors.events import Event, EventKind, IdentifierType, Note, Person, Provider, Refused, Retraction, Row, Visit
from extractors.model import Assertion
from extractors.sources.ccda_xml import read_time
from source_rows import of_kind, read_records, written

HEAD = """<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<recordTarget><patientRole><id root="1.2.3" extension="A-1"/></patientRole></recordTarget>
<component><structuredBody><component><section>"""
FOOT = "</section></component></structuredBody></component></ClinicalDocument>"


@pytest.fixture
def summary(samples: Path) -> list[Row | Refused]:
    return read_records(samples / "records" / "ccda" / "ccd_r21.xml")


def event(rows: list[Row | Refused], name: str) -> Event:
    (found,) = [row for row in of_kind(rows, Event) if row.name == name]
    return found


def document(folder: Path, section: str, name: str = "document.xml") -> list[Row | Refused]:
    return read_records(written(folder, name, HEAD + section + FOOT))


def test_the_patient_has_all_identifiers_of_the_header(summary: list[Row | Refused]) -> None:
    (person,) = of_kind(summary, Person)
    assert (person.id, person.sex, person.birth) == ("1.2.840.99999.4|MRN-880412", "female", "1952-03-14")
    assert {(sort.value, value) for sort, value in person.identifiers} == {
        ("medical_record", "MRN-880412"),
        ("medical_record", "ENC-7"),
        ("medical_record", "DOC-550071"),
        ("national_id", "000-12-3456"),
        ("account", "S99988801"),
        ("name", "Hazel Maude Winterbottom"),
        ("name", "Barnaby Winterbottom"),
        ("name", "Ottoline Ferncastle"),
        ("name", "Dr. Peregrine Oakhollow"),
        ("address", "17 Larkspur Lane"),
        ("address", "Winterbourne"),
        ("address", "02999"),
        ("phone", "+1(555)555-0142"),
        ("phone", "+1(555)555-0143"),
        ("phone", "+1(555)555-0100"),
        ("email", "hazel.winterbottom@example.org"),
        ("organization", "Saltmarsh Community Hospital"),
    }


def test_who_wrote_or_did_an_entry_is_hunted_for_in_the_notes_of_the_document(tmp_path: Path) -> None:
    name = "<name><given>Albert</given><family>Seven</family></name>"
    author = f"<author><assignedAuthor><assignedPerson>{name}</assignedPerson></assignedAuthor></author>"
    entry = f"<entry><observation>{author}</observation></entry>"
    rows = document(tmp_path, f"<text>Seen by Seven, Albert; seven pills.</text>{entry}")
    (person,), (note,) = of_kind(rows, Person), of_kind(rows, Note)
    (provider,) = of_kind(rows, Provider)
    assert (IdentifierType.NAME, "Albert Seven") in provider.identifiers
    cleaned = Deidentifier(key=b"0" * 32).clean_text(note.text, known=person.identifiers)
    assert cleaned.text == "Seen by [NAME]; seven pills."


def test_clinicians_are_providers_with_names_and_specialty(summary: list[Row | Refused]) -> None:
    providers = {row.id: row for row in of_kind(summary, Provider)}
    author = providers["2.16.840.1.113883.4.6|9999999901"]
    assert author.specialty == "Internal Medicine"
    assert (IdentifierType.NAME, "Ottoline Ferncastle") in author.identifiers
    assert event(summary, "Community acquired pneumonia").provider == author.id


def test_the_visit_of_the_header_and_those_of_the_section(summary: list[Row | Refused]) -> None:
    stay, office = of_kind(summary, Visit)
    assert (stay.kind, stay.start, stay.end) == ("inpatient", "2019-03-01T10:15:00", "2019-03-07")
    assert (stay.department, stay.outcome) == ("Ward 3 East", "Discharged to home")
    assert (office.kind, office.start) == ("outpatient", "2018-09-10")
    diagnosis = event(summary, "Essential (primary) hypertension")
    assert (diagnosis.visit, diagnosis.category) == (office.id, "encounter-diagnosis")
    assert event(summary, "Hemoglobin").visit == stay.id


def test_a_problem_has_codes_of_all_systems(summary: list[Row | Refused]) -> None:
    pneumonia = event(summary, "Community acquired pneumonia")
    assert [code.curie for code in pneumonia.codes] == ["snomedct:385093006", "icd10cm:J18.9"]
    assert (pneumonia.start, pneumonia.category) == ("2019-02-28", "problem-list-item")


def test_a_name_is_resolved_in_the_narrative_also_from_an_empty_element(summary: list[Row | Refused]) -> None:
    gout = event(summary, "Gout of left great toe")
    assert gout.assertion is Assertion.HISTORICAL
    assert [code.curie for code in gout.codes] == ["icd9cm:274.00"]


def test_what_is_denied_is_negated_under_the_name_of_the_thing(summary: list[Row | Refused]) -> None:
    assert event(summary, "Stroke").assertion is Assertion.NEGATED
    food = event(summary, "Allergy to food")
    assert (food.assertion, [code.curie for code in food.codes]) == (Assertion.NEGATED, ["snomedct:414285001"])
    assert event(summary, "Tdap").assertion is Assertion.NEGATED
    assert event(summary, "Tdap").codes[0].curie == "cvx:115"


def test_what_was_entered_in_error_is_taken_back(summary: list[Row | Refused]) -> None:
    (retraction,) = of_kind(summary, Retraction)
    assert "/condition/" in retraction.id
    assert "Diabetes mellitus" not in {row.name for row in of_kind(summary, Event)}


def test_an_allergy_is_of_the_substance_and_has_its_reaction(summary: list[Row | Refused]) -> None:
    penicillin = event(summary, "Penicillin G")
    assert (penicillin.kind, penicillin.start) == (EventKind.ALLERGY, "1998")
    assert penicillin.value is not None
    assert penicillin.value.text == "Hives"


def test_a_sig_line_is_the_free_text_else_put_together(summary: list[Row | Refused]) -> None:
    lisinopril = event(summary, "Lisinopril 10 mg tablet")
    assert lisinopril.dose == "take one tablet by mouth every morning"
    assert [code.curie for code in lisinopril.reason_codes] == ["snomedct:59621000"]
    assert event(summary, "Albuterol inhaler").dose == "2 puff RESPIRATORY (INHALATION), every 4-6 h"


def test_results_have_numbers_bounds_and_words(summary: list[Row | Refused]) -> None:
    hemoglobin = event(summary, "Hemoglobin")
    assert hemoglobin.start == "2019-03-02T08:10:00"
    value = hemoglobin.value
    assert value is not None
    assert (value.number, value.unit, value.flag, value.low, value.high) == (9.8, "g/dL", "L", 12.0, 16.0)
    kinase = event(summary, "Creatine kinase").value
    assert kinase is not None
    assert (kinase.comparator, kinase.number, kinase.unit) == ("<", 20.0, "U/L")
    culture = event(summary, "Blood culture").value
    assert culture is not None
    assert culture.text == "no growth"


def test_relatives_and_plans_are_told_apart(summary: list[Row | Refused]) -> None:
    infarction = event(summary, "Myocardial infarction")
    assert (infarction.assertion, infarction.category) == (Assertion.FAMILY, "Father")
    colonoscopy = event(summary, "Colonoscopy")
    assert (colonoscopy.assertion, colonoscopy.category) == (Assertion.HYPOTHETICAL, "plan")


def test_what_is_planned_is_so_also_where_it_is_written_as_done_inside(tmp_path: Path) -> None:
    inner = (
        '<entryRelationship typeCode="REFR"><{0} moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.{1}"/>'
    )
    inner += '<id root="9"/><code code="1" displayName="{2}"/><effectiveTime value="2020"/></{0}></entryRelationship>'
    planned = '<entry><{0} moodCode="RQO"><templateId root="2.16.840.1.113883.10.20.22.4.{1}"/>{2}</{0}></entry>'
    scan = planned.format("procedure", 41, inner.format("procedure", 14, "CT of chest"))
    visit = planned.format("encounter", 40, inner.format("encounter", 49, "Follow-up visit"))
    rows = document(tmp_path, "<title>Plan</title>" + scan + visit)
    assert of_kind(rows, Visit) == []
    assert [(row.name, row.assertion.value) for row in of_kind(rows, Event)] == [
        ("CT of chest", "hypothetical"),
        ("Follow-up visit", "hypothetical"),
    ]


def test_diagnoses_of_the_visit_of_the_header_belong_to_it(tmp_path: Path) -> None:
    stay = '<componentOf><encompassingEncounter><id root="8"/></encompassingEncounter></componentOf><component>'
    entry = '<entry><encounter moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.49"/><id root="8"/>'
    entry += '<entryRelationship><observation><templateId root="2.16.840.1.113883.10.20.22.4.4"/>'
    entry += '<value code="1" displayName="Gout"/></observation></entryRelationship></encounter></entry>'
    text = HEAD.replace("<component>", stay, 1) + "<title>Encounters</title>" + entry + FOOT
    rows = read_records(written(tmp_path, "x.xml", text))
    (visit,) = of_kind(rows, Visit)
    assert event(rows, "Gout").visit == visit.id


def test_each_section_is_a_note_with_a_table_row_a_line(summary: list[Row | Refused]) -> None:
    notes = of_kind(summary, Note)
    assert [note.title for note in notes][:3] == ["Problems", "Allergies", "Medications"]
    assert notes[0].text.splitlines()[2:5] == [
        "Problem | Status",
        "Community acquired pneumonia | Active",
        "Gout of left great toe | Resolved",
    ]
    assert {note.time for note in notes} == {"2019-03-07T16:30:00"}


def test_sections_inside_a_section_are_ranges_of_its_note(summary: list[Row | Refused]) -> None:
    note = of_kind(summary, Note)[-1]
    course, complications = note.sections
    assert (course.kind, complications.kind) == ("hospital_course", "complications")
    assert complications.parent == 0
    assert note.text[complications.start : complications.end] == "Complications\nNone observed."


def test_c32_is_understood_by_its_own_templates(samples: Path) -> None:
    rows = read_records(samples / "records" / "ccda" / "c32.xml")
    assert event(rows, "Atrial fibrillation").start == "2004-11-02"
    assert event(rows, "Drug allergy").assertion is Assertion.NEGATED
    pressure = event(rows, "Systolic BP")
    assert (pressure.start, pressure.category) == ("2009-04-15T09:30:00", "vital-signs")
    assert len(of_kind(rows, Event)) == 3, "No result data is applicable is no result"


@pytest.mark.parametrize("identity", ["<title>Problem List</title>", '<code code="11450-4"/><title>x</title>'])
def test_without_templates_title_or_code_decide(identity: str, tmp_path: Path) -> None:
    entry = '<entry><observation><value xsi:type="CD" code="38341003" codeSystemName="SNOMED-CT" displayName="HTN"/>'
    rows = document(tmp_path, f"{identity}<text>HTN</text>{entry}</observation></entry>")
    found = event(rows, "HTN")
    assert (found.kind, found.codes[0].curie) == (EventKind.CONDITION, "snomedct:38341003")


def test_a_document_without_its_namespace_is_read(tmp_path: Path) -> None:
    text = (HEAD + "<title>Plan</title><text>Rest.</text>" + FOOT).replace(' xmlns="urn:hl7-org:v3"', "")
    (note,) = of_kind(read_records(written(tmp_path, "bare.xml", text)), Note)
    assert note.text == "Plan\nRest."


def test_repeated_identifiers_make_different_events(tmp_path: Path) -> None:
    entry = (
        '<entry><observation><id root="1"/><value xsi:type="CD" code="{0}" displayName="{0}"/></observation></entry>'
    )
    rows = document(tmp_path, "<title>Problems</title>" + entry.format("a") + entry.format("b") + entry.format("b"))
    ids = [row.id for row in of_kind(rows, Event)]
    assert len(set(ids)) == 3


def test_the_same_entry_in_another_document_is_the_same_event(tmp_path: Path) -> None:
    entry = '<entry><observation><id root="1" extension="p7"/><value displayName="Gout"/></observation></entry>'
    first = document(tmp_path, "<title>Problems</title>" + entry, "1.xml")
    second = document(tmp_path, "<title>Active Problems</title><text>new</text>" + entry, "2.xml")
    assert event(first, "Gout").id == event(second, "Gout").id


def test_a_body_of_plain_text_is_a_note_and_a_scan_is_refused(tmp_path: Path) -> None:
    start = HEAD.partition("<component>")[0]
    plain = "<component><nonXMLBody><text mediaType='text/plain'>Seen today.\nWell.</text></nonXMLBody></component>"
    (note,) = of_kind(read_records(written(tmp_path, "1.xml", start + plain + "</ClinicalDocument>")), Note)
    assert note.text == "Seen today.\nWell."
    scan = plain.replace("mediaType='text/plain'", "representation='B64' mediaType='application/pdf'")
    rows = read_records(written(tmp_path, "2.xml", start + scan + "</ClinicalDocument>"))
    assert len(of_kind(rows, Refused)) == 1
    assert of_kind(rows, Note) == []


@pytest.mark.parametrize(
    ("written_so", "iso"),
    [
        ("2019", "2019"),
        ("201903", "2019-03"),
        ("20190307", "2019-03-07"),
        ("2019-03-07", "2019-03-07"),
        ("20190307000000", "2019-03-07"),
        ("201903071430", "2019-03-07T14:30:00"),
        ("20190307143005.123-0500", "2019-03-07T14:30:05"),
        ("20191399", ""),
        ("20190230", ""),
        ("00000000", ""),
        ("n/a", ""),
        ("", ""),
    ],
)
def test_times(written_so: str, iso: str) -> None:
    assert read_time(written_so) == iso


def test_errors_quote_nothing(tmp_path: Path) -> None:
    planted = "Mildred-Planted"
    for number, broken in enumerate(
        [
            HEAD + f"<title>{planted}</wrong>",
            f'<?xml version="1.0" encoding="{planted}"?>' + HEAD + FOOT,
            HEAD + f"&{planted};" + FOOT,
            f"<!DOCTYPE ClinicalDocument [<!ENTITY a '{planted}'>]>" + HEAD + "&a;" + FOOT,
            HEAD.replace(' root="1.2.3" extension="A-1"', "") + f"<title>{planted}</title>" + FOOT,
            HEAD + f"<{planted}>" * 300,
        ]
    ):
        (refused,) = read_records(written(tmp_path, f"{number}.xml", broken))
        assert isinstance(refused, Refused)
        assert planted not in refused.reason


def test_the_documents_of_many_vendors(shared_data: Callable[[str], Path]) -> None:
    """53 documents with 632 sections; 6 of these have no narrative (5 of Kinsights, an object catalogue of HL7)."""
    rows = read_records(shared_data("ccda"))
    assert len(of_kind(rows, Person)) == 53
    assert of_kind(rows, Refused) == []
    notes = of_kind(rows, Note)
    assert (len(notes), sum(len(note.sections) for note in notes)) == (599, 626)
    kinds = Counter(row.kind for row in of_kind(rows, Event))
    assert kinds[EventKind.MEDICATION] == 141
    assert all(row.name for row in of_kind(rows, Event))
    assert len({row.id for row in of_kind(rows, Person)}) == 45
