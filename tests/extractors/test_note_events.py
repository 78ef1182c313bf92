"""Notes become events with assertion, time, dose and section."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from extractors.events import Event, EventKind, Note
from extractors.model import Assertion
from extractors.note_events import find_note_events
from extractors.note_times import find_start
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym

NAMES = {
    "fever": (Kind.FINDING, "发热"),
    "cough": (Kind.FINDING, "咳嗽"),
    "hypertension": (Kind.DISEASE, "高血压病"),
    "diabetes": (Kind.DISEASE, "糖尿病"),
    "pneumonia": (Kind.DISEASE, "肺炎"),
    "lung cancer": (Kind.DISEASE, "肺癌"),
    "tuberculosis": (Kind.DISEASE, "肺结核"),
    "metformin": (Kind.DRUG, "二甲双胍"),
    "penicillin": (Kind.DRUG, "青霉素"),
    "allergy": (Kind.FINDING, "过敏"),
}
LEXICON = Lexicon.of(
    Concept(f"mesh:D{number}", name, kind, synonyms=(Synonym(chinese, language="zh"),))
    for number, (name, (kind, chinese)) in enumerate(NAMES.items())
)
ENGLISH = """CHIEF COMPLAINT: Fever for 3 days.
HISTORY OF PRESENT ILLNESS: A man with diabetes diagnosed in 2015. Denies cough. Possible pneumonia.
PAST MEDICAL HISTORY: Hypertension.
FAMILY HISTORY: Father with lung cancer. No diabetes.
MEDICATIONS: Metformin 500 mg po bid.
ALLERGIES: Penicillin.
LABS: WBC 12.3 H.
PLAN: If cough recurs, chest film.
"""
CHINESE = """主诉：发热3天。
现病史：患者3天前出现发热，无咳嗽。
既往史：高血压病史10年；否认糖尿病史。对青霉素过敏。
家族史：父亲患有肺癌。
初步诊断：1.肺炎 2.肺结核待排
"""


def read(text: str, language: str) -> list[Event]:
    return list(find_note_events(Note("n", "p", text, time="2024-03-10", language=language), LEXICON))


def told(events: list[Event]) -> Iterator[tuple[str, Assertion, str, str]]:
    names = {f"mesh:D{number}": name for number, name in enumerate(NAMES)}
    for event in events:
        yield (names[event.codes[0].curie] if event.codes else event.name, event.assertion, event.category, event.start)


def test_an_english_note_says_what_is_what_was_and_what_is_not() -> None:
    assert list(told(read(ENGLISH, "en"))) == [
        ("fever", Assertion.PRESENT, "chief_complaint", "2024-03-07"),
        ("diabetes", Assertion.HISTORICAL, "history_of_present_illness", "2015"),
        ("cough", Assertion.NEGATED, "history_of_present_illness", ""),
        ("pneumonia", Assertion.POSSIBLE, "history_of_present_illness", ""),
        ("hypertension", Assertion.HISTORICAL, "past_medical_history", ""),
        ("lung cancer", Assertion.FAMILY, "family_history", ""),
        ("metformin", Assertion.PRESENT, "medications", "2024-03-10"),
        ("penicillin", Assertion.PRESENT, "allergies", "2024-03-10"),
        ("cough", Assertion.HYPOTHETICAL, "plan", ""),
        ("WBC", Assertion.PRESENT, "results", "2024-03-10"),
    ]


def test_a_chinese_note_says_the_same_sorts_of_things() -> None:
    assert list(told(read(CHINESE, "zh"))) == [
        ("fever", Assertion.PRESENT, "chief_complaint", "2024-03-07"),
        ("fever", Assertion.PRESENT, "history_of_present_illness", "2024-03-07"),
        ("cough", Assertion.NEGATED, "history_of_present_illness", ""),
        ("hypertension", Assertion.HISTORICAL, "past_medical_history", "2014"),
        ("diabetes", Assertion.NEGATED, "past_medical_history", ""),
        ("penicillin", Assertion.PRESENT, "past_medical_history", "2024-03-10"),
        ("lung cancer", Assertion.FAMILY, "family_history", ""),
        ("pneumonia", Assertion.PRESENT, "admission_diagnosis", "2024-03-10"),
        ("tuberculosis", Assertion.POSSIBLE, "admission_diagnosis", ""),
    ]


def test_doses_allergies_and_values_are_kept() -> None:
    events = {event.name: event for event in read(ENGLISH, "en")}
    assert events["Metformin"].dose == "500 mg po bid"
    assert events["Penicillin"].kind is EventKind.ALLERGY
    value = events["WBC"].value
    assert value is not None
    assert (value.number, value.flag) == (12.3, "H")


def test_ids_are_unique_and_the_same_each_time() -> None:
    first, second = read(ENGLISH, "en"), read(ENGLISH, "en")
    assert first == second
    assert len({event.id for event in first}) == len(first)


def test_a_language_without_rules_gives_nothing() -> None:
    assert read("Fieber seit 3 Tagen. pneumonia.", "de") == []


@pytest.mark.parametrize(
    ("sentence", "thing", "language", "begun"),
    [
        ("Cough started 2 weeks ago.", "Cough", "en", "2024-02-25"),
        ("5-year history of gout", "gout", "en", "2019"),
        ("gout since March 2019", "gout", "en", "2019-03"),
        ("gout for two months", "gout", "en", "2024-01"),
        ("咳嗽半年", "咳嗽", "zh", "2023-09"),
        ("2019年5月诊断痛风", "痛风", "zh", "2019-05"),
        ("痛风20余年", "痛风", "zh", "2004"),
        ("gout is worse", "gout", "en", ""),
    ],
)
def test_when_a_thing_began_is_as_precise_as_it_is_written(
    sentence: str, thing: str, language: str, begun: str
) -> None:
    at = sentence.index(thing)
    assert find_start(sentence, at, at + len(thing), written="2024-03-10", language=language) == begun


def test_without_the_day_of_the_note_relative_times_say_nothing() -> None:
    assert find_start("gout for 3 days", 0, 4, written="") == ""


def test_a_transcript_is_read_as_a_dialogue() -> None:
    events = read("医生：有没有发热？\n患者：没有\n医生：咳嗽几天了？\n患者：三天\n", "zh")
    assert [(name, assertion) for name, assertion, *_ in told(events)] == [
        ("fever", Assertion.NEGATED),
        ("cough", Assertion.PRESENT),
    ]
    events = read("Doctor: Any fever?\nPatient: No.\n", "en")
    assert [(name, assertion) for name, assertion, *_ in told(events)] == [("fever", Assertion.NEGATED)]


def test_a_note_that_names_its_patient_is_no_transcript() -> None:
    events = read("Patient: John\nHe has fever.\nAny cough? No.\n", "en")
    assert ("fever", Assertion.PRESENT) in [(name, assertion) for name, assertion, *_ in told(events)]


def test_what_stands_among_immunizations_is_a_vaccine_and_no_disease() -> None:
    [vaccine, illness] = read("IMMUNIZATIONS: Tuberculosis, 2015.\nASSESSMENT: Pneumonia.\n", "en")
    assert (vaccine.kind, vaccine.name, vaccine.codes) == (EventKind.IMMUNIZATION, "Tuberculosis", ())
    assert illness.kind is EventKind.CONDITION
