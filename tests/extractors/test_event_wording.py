"""What a name or code of an event says: of a relative, an allergy, or that there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.event_wording import settle_event
from extractors.events import Coding, Event, EventKind, Value
from extractors.model import Assertion

CONDITION, ALLERGY, TEST = EventKind.CONDITION, EventKind.ALLERGY, EventKind.TEST
PRESENT, FAMILY, NEGATED = Assertion.PRESENT, Assertion.FAMILY, Assertion.NEGATED


def event(name: str, code: str = "", kind: EventKind = CONDITION, value: str = "") -> Event:
    codes = (Coding(code, code.partition(":")[0], code.partition(":")[2]),) if code else ()
    return Event("e", "p", kind, name, codes, value=Value(text=value) if value else None)


@pytest.mark.parametrize(
    ("name", "code", "kind", "assertion"),
    [
        ("Family history of malignant neoplasm of breast (situation)", "snomedct:429740004", CONDITION, FAMILY),
        ("FH: Diabetes mellitus", "", CONDITION, FAMILY),
        ("Family Hx of gout", "", CONDITION, FAMILY),
        ("家族史：高血压", "", CONDITION, FAMILY),
        ("高血压家族史", "", CONDITION, FAMILY),
        ("", "icd10cm:Z80.3", CONDITION, FAMILY),
        ("", "icd9cm:V16.3", CONDITION, FAMILY),
        ("", "icd9cm:V17.3", CONDITION, FAMILY),
        ("Familial hypercholesterolemia", "icd10cm:E78.01", CONDITION, PRESENT),
        ("Familial Mediterranean fever", "", CONDITION, PRESENT),
        ("Breast cancer", "icd10cm:C50.9", CONDITION, PRESENT),
        ("", "icd9cm:V15.82", CONDITION, PRESENT),
        ("", "icd10cm:Z85.3", CONDITION, PRESENT),
        ("Allergy to penicillin (finding)", "snomedct:91936005", ALLERGY, PRESENT),
        ("Penicillin allergy", "", ALLERGY, PRESENT),
        ("Allergy status to sulfonamides", "icd10cm:Z88.2", ALLERGY, PRESENT),
        ("", "icd9cm:V14.0", ALLERGY, PRESENT),
        ("", "icd9cm:V15.06", ALLERGY, PRESENT),
        ("对青霉素过敏", "", ALLERGY, PRESENT),
        ("青霉素过敏史", "", ALLERGY, PRESENT),
        ("Allergic rhinitis", "icd10cm:J30.9", CONDITION, PRESENT),
        ("过敏性鼻炎", "", CONDITION, PRESENT),
        ("皮肤过敏", "", CONDITION, PRESENT),
        ("No known drug allergies", "", ALLERGY, NEGATED),
        ("NKDA", "", ALLERGY, NEGATED),
        ("No known allergy", "snomedct:716186003", ALLERGY, NEGATED),
        ("否认药物过敏史", "", ALLERGY, NEGATED),
    ],
)
def test_a_condition_is_what_its_name_says(name: str, code: str, kind: EventKind, assertion: Assertion) -> None:
    settled = settle_event(event(name, code))
    assert settled
    assert (settled.kind, settled.assertion, settled.name) == (kind, assertion, name)


def test_an_observation_is_answered() -> None:
    """OMOP keeps family histories and allergies among its observations, with an answer where it was a question."""
    asked = settle_event(event("Family history of diabetes mellitus", kind=TEST, value="Yes"))
    assert asked
    assert (asked.kind, asked.assertion) == (CONDITION, FAMILY)
    assert settle_event(event("Family history of diabetes mellitus", kind=TEST, value="No")) is None
    denied = settle_event(event("Allergy to peanut", kind=TEST, value="no"))
    assert denied
    assert (denied.kind, denied.assertion) == (ALLERGY, NEGATED)
    measured = replace(event("Peanut allergy", kind=TEST), value=Value(0.35, "kU/L"))
    assert settle_event(measured) is measured
    weight = event("Body weight", kind=TEST, value="no")
    assert settle_event(weight) is weight


@pytest.mark.parametrize("name", ["No family history of breast cancer", "Denies family history", "否认高血压家族史"])
def test_what_no_relative_has_is_no_event(name: str) -> None:
    assert settle_event(event(name)) is None
