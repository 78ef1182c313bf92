"""Records in FHIR: what each form says, in R4 and R5, in JSON and XML, in one file and across files."""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.errors import UnreadableError
from extractors.events import Event, EventKind, Note, Person, Provider, Refused, Retraction, Row, Value, Visit
from extractors.model import Assertion
from extractors.places import Member, Place, iter_places
from extractors.sources import read_documents
from extractors.sources.epi import SOURCE as EPI
from extractors.sources.fhir import RECORDS
from fhir_xml import to_xml

Json = dict[str, Any]
ME = {"reference": "Patient/1"}
SCT = "http://snomed.info/sct"
GOUT = {"coding": [{"system": SCT, "code": "90560007", "display": "Gout"}]}


def member(name: str, data: bytes) -> Member:
    return Member(name, len(data), None, lambda: io.BytesIO(data))


def read(*members: Member) -> list[Row | Refused]:
    place = Place("ward", members, whole=len(members) > 1)
    assert RECORDS.claims(place)
    return list(RECORDS.read(place))


def bundle(*resources: Json) -> Json:
    entries = [
        {"fullUrl": r["fullUrl"], "resource": r["resource"]} if "resource" in r else {"resource": r} for r in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def rows_of(*resources: Json) -> list[Row | Refused]:
    """The rows of a bundle of the resources, which JSON and XML must give alike."""
    whole = bundle(*resources)
    rows = read(member("a.json", json.dumps(whole).encode()))
    assert read(member("a.xml", to_xml(whole))) == rows
    return rows


def event_of(*resources: Json) -> Event:
    (event,) = (row for row in rows_of(*resources) if isinstance(row, Event))
    return event


def lines(*resources: Json) -> bytes:
    return b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)


def test_r4_in_json_and_xml_gives_the_same_rows(samples: Path) -> None:
    folder = samples / "records" / "fhir"
    in_json, in_xml = (read(member("a", (folder / f"r4_bundle.{kind}").read_bytes())) for kind in ("json", "xml"))
    assert in_json == in_xml
    assert Counter(type(row) for row in in_json) == {
        Event: 27,
        Note: 3,
        Retraction: 4,
        Provider: 3,
        Visit: 2,
        Person: 1,
    }


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(r: random.Random) -> None:
    for name in ("r4_bundle.json", "r5_bundle.json", "document.json"):
        file = Path(__file__).parent.parent / "samples" / "records" / "fhir" / name
        whole = json.loads(file.read_bytes())
        before = read(member("a", json.dumps(whole).encode()))
        r.shuffle(whole["entry"])
        after = read(member("a", json.dumps(whole).encode()))
        assert sorted(map(repr, after)) == sorted(map(repr, before))
        people = [isinstance(row, Person | Provider) and "#" not in row.id for row in after]
        assert people == sorted(people, reverse=True)


def test_r5_names_the_same_things_otherwise() -> None:
    drug, why = {"text": "metformin"}, {"text": "diabetes", "coding": [{"system": SCT, "code": "44054006"}]}
    base = {"resourceType": "MedicationRequest", "id": "1", "status": "active", "intent": "order", "subject": ME}
    r4 = {"medicationCodeableConcept": drug, "reasonCode": [why], "reasonReference": [{"reference": "Condition/c"}]}
    r5 = {"medication": {"concept": drug}, "reason": [{"concept": why}, {"reference": {"reference": "Condition/c"}}]}
    assert event_of({**base, **r4}) == event_of({**base, **r5})
    given_r4 = {"medicationCodeableConcept": drug, "effectiveDateTime": "2020", "context": {"reference": "Encounter/e"}}
    given_r5 = {"medication": {"concept": drug}, "occurenceDateTime": "2020", "encounter": {"reference": "Encounter/e"}}
    base = {"resourceType": "MedicationAdministration", "id": "1", "status": "completed", "subject": ME}
    assert event_of({**base, **given_r4}) == event_of({**base, **given_r5})
    base = {"resourceType": "Procedure", "id": "1", "status": "completed", "subject": ME, "code": {"text": "biopsy"}}
    period = {"start": "2020-01", "end": "2020-02"}
    assert event_of({**base, "performedPeriod": period}) == event_of({**base, "occurrencePeriod": period})


def test_visits_of_r4_and_r5_are_alike() -> None:
    base = {"resourceType": "Encounter", "id": "1", "subject": ME}
    who = {"reference": "Practitioner/9"}
    r4 = {
        "class": {"code": "EMER"},
        "period": {"start": "2020-01-01T10:00:00+08:00"},
        "participant": [{"individual": who}],
        "serviceType": {"text": "Trauma"},
        "hospitalization": {"dischargeDisposition": {"text": "Home"}},
        "partOf": {"reference": "Encounter/0"},
    }
    r5 = {
        "class": [{"coding": [{"code": "EMER"}]}],
        "actualPeriod": {"start": "2020-01-01T10:00:00+08:00"},
        "participant": [{"actor": who}],
        "serviceType": [{"concept": {"text": "Trauma"}}],
        "admission": {"dischargeDisposition": {"text": "Home"}},
        "partOf": {"reference": "Encounter/0"},
    }
    visit = Visit(
        "Encounter/1",
        "Patient/1",
        "emergency",
        "2020-01-01T10:00:00",
        "",
        "Practitioner/9",
        "Trauma",
        "",
        "Home",
        "Encounter/0",
    )
    assert rows_of({**base, **r4}) == rows_of({**base, **r5}) == [visit]


def test_a_visit_that_did_not_take_place_is_no_row() -> None:
    base = {"resourceType": "Encounter", "id": "1", "subject": ME, "class": {"code": "AMB"}}
    assert rows_of({**base, "status": "cancelled"}) == []
    assert rows_of({**base, "status": "entered-in-error"}) == [Retraction("Encounter/1", "Patient/1")]


@pytest.mark.parametrize(
    ("kind", "said", "assertion"),
    [
        ("Condition", {"verificationStatus": {"coding": [{"code": "refuted"}]}}, Assertion.NEGATED),
        ("Condition", {"verificationStatus": {"coding": [{"code": "unconfirmed"}]}}, Assertion.POSSIBLE),
        ("Condition", {"verificationStatus": {"coding": [{"code": "provisional"}]}}, Assertion.POSSIBLE),
        ("Condition", {"verificationStatus": {"coding": [{"code": "differential"}]}}, Assertion.POSSIBLE),
        ("Condition", {"verificationStatus": {"coding": [{"code": "confirmed"}]}}, Assertion.PRESENT),
        ("AllergyIntolerance", {"verificationStatus": {"coding": [{"code": "refuted"}]}}, Assertion.NEGATED),
        ("Procedure", {"status": "not-done"}, Assertion.NEGATED),
        ("Procedure", {"status": "preparation"}, Assertion.HYPOTHETICAL),
        ("Immunization", {"status": "not-done"}, Assertion.NEGATED),
        ("MedicationStatement", {"status": "not-taken"}, Assertion.NEGATED),
        ("MedicationStatement", {"status": "intended"}, Assertion.HYPOTHETICAL),
        ("MedicationStatement", {"adherence": {"code": {"coding": [{"code": "not-taking"}]}}}, Assertion.NEGATED),
        ("MedicationRequest", {"doNotPerform": True}, Assertion.NEGATED),
        ("MedicationRequest", {"status": "active", "intent": "proposal"}, Assertion.HYPOTHETICAL),
        ("MedicationDispense", {"status": "declined"}, Assertion.NEGATED),
        ("Observation", {"status": "cancelled"}, Assertion.NEGATED),
        ("Observation", {"dataAbsentReason": {"coding": [{"code": "not-performed"}]}}, Assertion.NEGATED),
        ("Observation", {"status": "final"}, Assertion.PRESENT),
    ],
)
def test_statuses_are_respected(kind: str, said: Json, assertion: Assertion) -> None:
    about = {"code": GOUT, "vaccineCode": GOUT, "medicationCodeableConcept": GOUT, "subject": ME, "patient": ME}
    assert event_of({"resourceType": kind, "id": "1", **about, **said}).assertion is assertion


@pytest.mark.parametrize("kind", ["Condition", "Procedure", "Observation", "MedicationRequest", "DocumentReference"])
def test_what_was_entered_in_error_is_taken_back(kind: str) -> None:
    status = {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}, "status": "entered-in-error"}
    assert rows_of({"resourceType": kind, "id": "1", "subject": ME, **status}) == [Retraction(f"{kind}/1", "Patient/1")]


def test_parts_are_taken_back_with_the_whole() -> None:
    wrong = {
        "resourceType": "Observation",
        "id": "1",
        "subject": ME,
        "status": "entered-in-error",
        "component": [{}, {}],
    }
    assert [row.id for row in rows_of(wrong) if isinstance(row, Retraction)] == [
        "Observation/1", "Observation/1#component1", "Observation/1#component2",
    ]  # fmt: skip
    wrong = {"resourceType": "DiagnosticReport", "id": "1", "subject": ME, "status": "entered-in-error"}
    assert [row.id for row in rows_of(wrong) if isinstance(row, Retraction)] == [
        "DiagnosticReport/1", "DiagnosticReport/1#conclusion", "DiagnosticReport/1#form",
    ]  # fmt: skip


def test_a_deletion_takes_back() -> None:
    whole = {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"request": {"method": "DELETE", "url": "Condition/7"}},
        {"resource": {"resourceType": "Condition", "id": "8", "subject": ME, "code": GOUT}},
        {"response": {"status": "200"}},
    ]}  # fmt: skip
    rows = read(member("a", json.dumps(whole).encode()))
    assert rows[0] == Retraction("Condition/7")
    assert isinstance(rows[1], Event)
    assert len(rows) == 2


UCUM = {"system": "http://unitsofmeasure.org"}


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ({"valueQuantity": {"value": 5.4, "unit": "mmol per litre", "code": "mmol/L", **UCUM}}, Value(5.4, "mmol/L")),
        ({"valueQuantity": {"value": 5, "unit": "片"}}, Value(5.0, "片")),
        ({"valueQuantity": {"value": 3, "comparator": ">="}}, Value(3.0, comparator=">=")),
        ({"valueInteger": 12}, Value(12.0)),
        ({"valueString": "阴性"}, Value(text="阴性")),
        ({"valueBoolean": True}, Value(text="true")),
        ({"valueCodeableConcept": GOUT}, Value(text="Gout")),
        ({"valueRange": {"low": {"value": 1}, "high": {"value": 2, "unit": "mg"}}}, Value(text="1–2 mg")),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 40}}}, Value(text="1:40")),
        ({"valueTime": "08:30:00"}, Value(text="08:30:00")),
        ({"valueDateTime": "2020-01-02"}, Value(text="2020-01-02")),
        ({"valuePeriod": {"start": "2020", "end": "2021"}}, Value(text="2020 – 2021")),
        ({"dataAbsentReason": {"text": "lost"}}, None),
        ({"valueInteger": 1, "interpretation": [{"coding": [{"code": "HH"}]}]}, Value(1.0, flag="HH")),
        ({"valueInteger": 1, "interpretation": [{"text": "偏低"}]}, Value(1.0, flag="L")),
        ({"valueInteger": 1, "referenceRange": [{"low": {"value": 0.5}}]}, Value(1.0, low=0.5)),
    ],
)
def test_values_of_all_types(said: Json, value: Value | None) -> None:
    assert event_of({"resourceType": "Observation", "id": "1", "subject": ME, "code": GOUT, **said}).value == value


def test_components_are_tests_of_their_own() -> None:
    part = {"code": {"text": "systolic"}, "valueInteger": 120}
    rows = rows_of({"resourceType": "Observation", "id": "1", "subject": ME, "code": GOUT, "component": [part, part]})
    assert [row.id for row in rows if isinstance(row, Event)] == [
        "Observation/1", "Observation/1#component1", "Observation/1#component2",
    ]  # fmt: skip


PATIENT = {"resourceType": "Patient", "id": "1", "identifier": [{"system": "urn:mrn", "value": "77"}]}


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Patient/1"},
        {"reference": "https://his.example/fhir/Patient/1"},
        {"reference": "https://his.example/fhir/Patient/1/_history/3"},
        {"reference": "urn:uuid:5b477e00-ba36-4786-b672-a2816b3b9149"},
        {"reference": "Patient?identifier=urn:mrn|77"},
        {"reference": "Patient?identifier=urn%3Amrn%7C77"},
        {"type": "Patient", "identifier": {"system": "urn:mrn", "value": "77"}},
        {"identifier": {"system": "urn:mrn", "value": "77"}},
    ],
)
def test_references_of_all_forms_lead_to_the_patient(reference: Json) -> None:
    patient = {"fullUrl": "urn:uuid:5b477e00-ba36-4786-b672-a2816b3b9149", "resource": PATIENT}
    event = event_of({"resourceType": "Condition", "id": "1", "subject": reference, "code": GOUT}, patient)
    assert event.patient == "Patient/1"


def test_a_urn_that_names_no_id_is_the_id_and_one_that_leads_nowhere_keeps_its_type() -> None:
    who = {"fullUrl": "urn:uuid:aa", "resource": {"resourceType": "Practitioner", "name": [{"text": "Dr. Who"}]}}
    event = event_of(
        who,
        {
            "resourceType": "Condition", "id": "1", "subject": {"reference": "urn:uuid:bb"}, "code": GOUT,
            "recorder": {"reference": "urn:uuid:aa"}, "encounter": {"reference": "urn:uuid:cc"},
        },
    )  # fmt: skip
    assert (event.patient, event.provider, event.visit) == ("Patient/bb", "Practitioner/aa", "Encounter/cc")


def test_bulk_files_refer_to_each_other_in_any_order(samples: Path) -> None:
    folder = samples / "records" / "fhir" / "bulk"
    (place,) = iter_places([folder], RECORDS.claims)
    assert place.whole
    backwards = list(RECORDS.read(Place(place.locator, place.members[::-1], whole=True)))
    rows = list(RECORDS.read(place))
    assert sorted(map(repr, rows)) == sorted(map(repr, backwards))
    drug = next(row for row in rows if isinstance(row, Event) and row.kind is EventKind.MEDICATION)
    assert (drug.name, drug.codes[0].curie, drug.reasons) == ("albuterol", "rxnorm:435", ("Condition/c1",))
    note = next(row for row in rows if isinstance(row, Note))
    assert (note.text[:8], note.provider) == ("Wheezing", "Practitioner/9")


def test_a_broken_line_is_refused_and_the_rest_goes_on() -> None:
    good = {"resourceType": "Condition", "id": "1", "subject": ME, "code": GOUT}
    data = lines(good) + b'{"resourceType": "Condition", "id": "Secret\xff"}\n' + lines({**good, "id": "2"})
    first, refused, last = read(member("Condition.ndjson", data))
    assert isinstance(first, Event)
    assert isinstance(last, Event)
    assert refused == Refused("ward: line 2", "is not well-formed JSON in UTF-8 (cut off or damaged)")


def test_a_broken_entry_of_a_bundle_is_refused_and_the_rest_goes_on() -> None:
    good = {"resourceType": "Condition", "id": "1", "subject": ME, "code": GOUT}
    data = json.dumps(bundle(good, {**good, "id": "2"}, {**good, "id": "3"})).encode()
    rows = read(member("a.json", data.replace(b'"id": "2"', b'"id": Secret "}{"')))
    assert [type(row) for row in rows] == [Event, Refused, Event]
    assert rows[1] == Refused("ward: entry 2", "is not well-formed JSON in UTF-8 (cut off or damaged)")


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_what_stands_before_a_cut_is_read(kind: str, samples: Path) -> None:
    data = (samples / "records" / "fhir" / f"r4_bundle.{kind}").read_bytes()
    whole, part = read(member("a", data)), read(member("a", data[: len(data) * 2 // 3]))
    *sound, refused = part
    assert len(sound) > 10
    assert {row.id for row in sound if not isinstance(row, Refused)} <= {
        row.id for row in whole if not isinstance(row, Refused)
    }
    assert isinstance(refused, Refused)
    assert refused.locator.startswith("ward: after entry ")


def test_a_cut_gzip_gives_what_it_holds(samples: Path) -> None:
    data = gzip.compress(lines(*({"resourceType": "Patient", "id": f"{n}"} for n in range(20_000))))
    *people, refused = read(member("Patient.ndjson", data[: len(data) // 2]))
    assert len(people) > 1000
    assert refused == Refused(refused.locator, "is cut off or damaged: get the file again")  # type: ignore[union-attr]


def b64(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(text.encode(encoding)).decode()


def document(*attachments: Json) -> Json:
    content = [{"attachment": attachment} for attachment in attachments]
    return {"resourceType": "DocumentReference", "id": "1", "status": "current", "subject": ME, "content": content}


@pytest.mark.parametrize(
    ("attachments", "text"),
    [
        ([{"contentType": "text/plain", "data": b64("one\r\ntwo")}], "one\ntwo"),
        ([{"contentType": "text/plain;charset=gb18030", "data": b64("头痛", "gb18030")}], "头痛"),
        ([{"contentType": "text/html", "data": b64("<p>a &amp; b</p><script>x</script><p>c</p>")}], "a & b\nc"),
        ([{"contentType": "text/html", "data": b64("<table><tr><th>K</th><td>5</td></tr></table>")}], "K | 5"),
        ([{"contentType": "application/pdf", "data": "AAAA"}, {"contentType": "text/plain", "data": b64("x")}], "x"),
        ([{"contentType": "text/html", "data": b64("y")}, {"contentType": "text/plain", "data": b64("x")}], "x"),
    ],
)
def test_attachments_are_read_in_the_best_format(attachments: list[Json], text: str) -> None:
    (note,) = rows_of(document(*attachments))
    assert isinstance(note, Note)
    assert note.text == text


@pytest.mark.parametrize(
    ("attachment", "why"),
    [
        ({"contentType": "application/rtf", "data": b64("{\\rtf1 Secret}")}, "as RTF only"),
        ({"contentType": "application/pdf", "title": "Secret"}, "as PDF only"),
        ({"contentType": "text/Secret", "data": "AAAA"}, "no format that is read"),
        ({"contentType": "text/plain", "data": "Secret!"}, "not Base64"),
        ({"contentType": "text/plain", "data": base64.b64encode(b"Secret \xff").decode()}, "encoding"),
        ({"contentType": "text/plain; charset=Secret", "data": b64("x")}, "encoding"),
        ({"contentType": "text/plain", "url": "https://his.example/Secret.txt"}, "at an address only"),
        ({"contentType": "text/plain", "url": "Binary/Secret"}, "a Binary that is not in the files"),
        ({"contentType": "text/plain", "data": b64(" ")}, "without any text"),
    ],
)
def test_what_is_no_text_is_refused_in_words_that_quote_nothing(attachment: Json, why: str) -> None:
    (refused,) = rows_of(document(attachment))
    assert isinstance(refused, Refused)
    assert why in refused.reason
    assert "Secret" not in str(refused)


def test_families_are_told_apart_from_patients() -> None:
    relative = {"resourceType": "FamilyMemberHistory", "id": "1", "status": "completed", "patient": ME}
    event = event_of({**relative, "relationship": {"text": "mother"}, "condition": [{"code": GOUT}]})
    assert (event.id, event.assertion, event.category) == (
        "FamilyMemberHistory/1#condition1", Assertion.FAMILY, "mother",
    )  # fmt: skip


def test_names_around_a_patient_are_identifiers_of_the_patient() -> None:
    relative = {"resourceType": "RelatedPerson", "id": "2", "patient": ME, "name": [{"text": "Otto Krähe"}]}
    contact = {"name": {"family": "诸葛", "given": ["小满"]}, "telecom": [{"system": "phone", "value": "010-5555"}]}
    (person,) = rows_of(relative, {"resourceType": "Patient", "id": "1", "contact": [contact]})
    assert isinstance(person, Person)
    assert {value for _, value in person.identifiers} == {"Otto Krähe", "诸葛小满", "诸葛", "小满", "010-5555"}


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2020", "2020"),
        ("2020-02-30", ""),
        ("2020-13", ""),
        ("2020-02-03T04:05:06.789+08:00", "2020-02-03T04:05:06"),
        ("2020-02-03T04:05Z", "2020-02-03T04:05:00"),
        ("2020-02-03T25:00:00Z", "2020-02-03"),
        ("last spring", ""),
    ],
)
def test_times_are_as_far_as_known(written: str, time: str) -> None:
    event = event_of({"resourceType": "Condition", "id": "1", "subject": ME, "code": GOUT, "onsetDateTime": written})
    assert event.start == time


inside = st.sampled_from(
    ["coding", "code", "text", "reference", "value", "low", "data", "url", "div", "display", "concept"]
)
anything = st.recursive(
    st.sampled_from([None, True, 0, -1.5, 10**30, "", "a", "#a", "urn:uuid:", "Patient/", "2020-01", "头", "?", "/"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(inside, inner, max_size=2),
    max_leaves=4,
)
fields = st.sampled_from(
    [
        "status", "code", "subject", "patient", "name", "identifier", "content", "component", "valueQuantity", "text",
        "contained", "category", "verificationStatus", "medication", "reason", "section", "title", "class", "dosage",
        "dosageInstruction", "referenceRange", "interpretation", "participant", "location", "period", "condition", "id",
        "medicationCodeableConcept", "extension", "telecom", "address", "contact", "presentedForm", "conclusion",
    ]
)  # fmt: skip
kinds = st.sampled_from(
    ["Patient", "Condition", "Observation", "Encounter", "Practitioner", "MedicationRequest", "Composition",
     "DiagnosticReport", "DocumentReference", "FamilyMemberHistory", "Medication", "Location", "RelatedPerson"]
)  # fmt: skip


@given(kinds, st.dictionaries(fields, anything, max_size=6))
def test_no_shape_of_a_resource_makes_it_stumble(kind: str, values: Json) -> None:
    whole = bundle({"subject": ME, "patient": ME, **values, "resourceType": kind})
    place = Place("ward", (member("a", json.dumps(whole).encode()),))
    for row in RECORDS.read(place):
        assert isinstance(row, Row | Refused)


def test_bundles_of_products_are_labels_and_those_of_patients_records(shared_data: Callable[[str], Path]) -> None:
    files = sorted(shared_data("aemps-epi-fhir").glob("*.xml*"))
    assert files
    for file in files:
        (place,) = iter_places([file], lambda _: False)
        assert EPI.claims(place.members[0].head)
        assert not RECORDS.claims(place)


def test_synthea_is_read_whole(shared_data: Callable[[str], Path]) -> None:
    (place,) = iter_places([shared_data("synthea-fhir-r4")], RECORDS.claims)
    rows = list(RECORDS.read(place))
    assert Counter(type(row) for row in rows) == {Event: 6089, Visit: 668, Provider: 76, Person: 31}
    events = [row for row in rows if isinstance(row, Event)]
    assert Counter(row.id.partition("/")[0] for row in events if "#" not in row.id) == {
        "Observation": 4101, "Immunization": 423, "Procedure": 279, "DiagnosticReport": 271, "Condition": 219,
        "MedicationRequest": 175, "AllergyIntolerance": 41,
    }  # fmt: skip
    persons, visits = {r.id for r in rows if isinstance(r, Person)}, {r.id for r in rows if isinstance(r, Visit)}
    assert all(event.patient in persons and (event.visit in visits or not event.visit) for event in events)
    assert len({row.id for row in rows if not isinstance(row, Refused)}) == len(rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_xml_is_read_in_the_encoding_that_it_declares(encoding: str) -> None:
    condition = {"resourceType": "Condition", "id": "1", "subject": ME, "code": {"text": "痛风"}}
    body = to_xml(bundle(condition)).decode().partition("?>")[2]
    rows = read(member("a.xml", f'<?xml version="1.0" encoding="{encoding}"?>{body}'.encode(encoding)))
    assert [row.name for row in rows if isinstance(row, Event)] == ["痛风"]


def test_xml_with_a_document_type_is_refused() -> None:
    body = to_xml(bundle({"resourceType": "Condition", "id": "1", "subject": ME, "code": GOUT})).partition(b"?>")[2]
    bomb = b'<!DOCTYPE a [<!ENTITY a "Secret"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    for data in (bomb + body, bomb + body.replace(b'value="1"', b'value="&b;"')):
        (refused,) = read(member("a.xml", data))
        assert isinstance(refused, Refused)
        assert "Secret" not in refused.reason


def test_one_resource_in_xml() -> None:
    resource = {"resourceType": "Condition", "id": "1", "subject": ME, "code": GOUT}
    (event,) = read(member("a.xml", to_xml(resource)))
    assert event == event_of(resource)


def test_bundles_line_by_line_and_bundles_in_bundles() -> None:
    one, two = ({"resourceType": "Condition", "id": n, "subject": ME, "code": GOUT} for n in "12")
    rows = read(member("a.ndjson", lines(bundle(one), bundle(two))))
    assert rows == read(member("a.json", json.dumps(bundle(bundle(one), two)).encode()))
    assert len(rows) == 2


def test_a_bulk_export_may_hold_empty_broken_and_other_files() -> None:
    good = {"resourceType": "Condition", "id": "1", "subject": ME, "code": GOUT}
    files = {
        "Condition.ndjson": b'{"resourceType":"Condi\n' + lines(good),
        "Device.ndjson": b"",
        "Goal.ndjson": b"\x00\x01 Secret",
        "manifest.json": b'{"transactionTime": "2020", "output": []}',
    }
    rows = read(*(member(name, data) for name, data in files.items()))
    assert [type(row) for row in rows] == [Refused, Event, Refused]
    assert [row.locator for row in rows if isinstance(row, Refused)] == [
        "ward/Condition.ndjson: line 1",
        "ward/Goal.ndjson",
    ]


def test_a_folder_with_other_records_is_taken_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(lines(PATIENT))
    (tmp_path / "admission.txt").write_text("主诉：头痛", encoding="utf-8")
    assert [place.whole for place in iter_places([tmp_path], RECORDS.claims)] == [False, False]


def test_a_packed_file_that_is_broken_is_no_empty_one() -> None:
    good = lines({"resourceType": "Condition", "id": "1", "subject": ME, "code": GOUT})
    empty, broken = gzip.compress(b""), gzip.compress(good)[:12] + b"\xff\xff\xff"
    rows = read(member("a.ndjson", good), member("b.ndjson", empty), member("c.ndjson", broken))
    assert [type(row) for row in rows] == [Event, Refused]
    assert isinstance(rows[1], Refused)
    assert rows[1].locator == "ward/c.ndjson"


def test_a_record_that_is_taken_for_a_label_is_told_apart(samples: Path) -> None:
    data = (samples / "records" / "fhir" / "r5_bundle.json").read_bytes()
    with pytest.raises(UnreadableError, match=r"a medical record \(fhir\): read it with `kg records ingest`"):
        list(read_documents(data))


def _planted(value: Any, secret: Any) -> Iterator[Any]:
    """The value with each part of it in turn replaced by a secret."""
    yield secret
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        for worse in _planted(inner, secret):
            copy = value.copy()
            copy[key] = worse
            yield copy


@pytest.mark.parametrize("name", ["r4_bundle.json", "r5_bundle.json", "document.json"])
@pytest.mark.parametrize("secret", ["Mildred-Secret", {"coding": "Mildred-Secret", "reference": "Mildred-Secret"}])
def test_a_value_where_none_belongs_is_never_quoted(name: str, secret: Any, samples: Path) -> None:
    whole = json.loads((samples / "records" / "fhir" / name).read_bytes())
    for number, entry in enumerate(whole["entry"]):
        for worse in _planted(entry, secret):
            place = Place("ward", (member("a", json.dumps({**whole, "entry": [worse]}).encode()),))
            refused = [row for row in RECORDS.read(place) if isinstance(row, Refused)]
            assert "Mildred" not in repr(refused), number


def test_a_resource_without_id_and_address_has_that_of_its_content() -> None:
    resource = {"resourceType": "Condition", "subject": ME, "code": GOUT}
    again, other = event_of(resource), event_of({**resource, "code": {"text": "asthma"}})
    assert event_of(resource).id == again.id != other.id
    deep: Any = "gout"
    for _ in range(400):
        deep = {"extension": [deep]}
    (event,) = read(member("a", json.dumps(bundle({**resource, "extension": [deep]})).encode()))
    assert isinstance(event, Event)


NPI = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "99"}


BY_QUESTION = {"reference": f"Practitioner?identifier={NPI['system']}|99"}


@pytest.mark.parametrize("reference", [{"identifier": NPI}, BY_QUESTION])
@pytest.mark.parametrize("first", [True, False])
def test_a_role_leads_to_its_practitioner_by_identifier_too(reference: Json, first: bool) -> None:
    role: Json = {"resourceType": "PractitionerRole", "id": "r", "practitioner": reference}
    role["specialty"] = [{"text": "Surgery"}]
    who: Json = {"resourceType": "Practitioner", "id": "9", "identifier": [NPI]}
    done: Json = {"resourceType": "Condition", "id": "1", "subject": ME, "code": GOUT}
    done["recorder"] = {"reference": "PractitionerRole/r"}
    order = [role, done, who] if first else [who, done, role]
    provider, event = read(*(member(f"{n}.ndjson", lines(resource)) for n, resource in enumerate(order)))
    assert isinstance(provider, Provider)
    assert isinstance(event, Event)
    assert (provider.id, provider.specialty, event.provider) == ("Practitioner/9", "Surgery", "Practitioner/9")
    assert sorted(map(repr, rows_of(*order))) == sorted(map(repr, (provider, event)))


def test_a_practitioner_who_is_known_by_a_role_alone_keeps_the_specialty() -> None:
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "Practitioner/9"}}
    assert rows_of({**role, "specialty": [{"text": "外科"}]}) == [Provider("Practitioner/9", "外科")]
    assert rows_of({"resourceType": "PractitionerRole", "id": "r", "specialty": [{"text": "外科"}]}) == [
        Provider("PractitionerRole/r", "外科")
    ]


def test_a_relative_is_found_by_the_identifier_of_the_patient() -> None:
    who = {"identifier": {"system": "urn:mrn", "value": "77"}}
    relative = {"resourceType": "RelatedPerson", "id": "2", "patient": who, "name": [{"text": "Otto Krähe"}]}
    (person,) = read(member("a.ndjson", lines(relative)), member("b.ndjson", lines(PATIENT)))
    assert isinstance(person, Person)
    assert "Otto Krähe" in {value for _, value in person.identifiers}
