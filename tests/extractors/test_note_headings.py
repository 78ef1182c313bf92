"""Sections of notes are found by their headings, whatever became of the line breaks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.events import Note
from extractors.model import Section
from extractors.note_headings import count_core_headings, find_note_sections
from extractors.note_sections import kind_of_note_code, kind_of_note_heading, kind_of_template
from extractors.rules import read_rules
from source_rows import of_kind, read_records


def kinds(text: str, language: str = "en") -> list[str]:
    return [section.kind for section in find_note_sections(text, language=language)]


def bodies(text: str, language: str = "en") -> list[str]:
    return [text[section.start : section.end].strip() for section in find_note_sections(text, language=language)]


def test_headings_at_lines_with_and_without_colon() -> None:
    text = "Chief Complaint: pain\n\n## History of Present Illness\nTwo days.\n**PMH**\nAsthma\nAssessment & Plan\nRest"
    expected = ["chief_complaint", "history_of_present_illness", "past_medical_history", "assessment_and_plan"]
    assert kinds(text) == expected
    assert bodies(text)[1] == "History of Present Illness\nTwo days.\n**"


def test_headings_in_capitals_where_line_breaks_were_lost() -> None:
    text = "ALLERGIES:,  None.,MEDICATIONS:,  Aspirin.,FAMILY HISTORY:  ,Noncontributory.,PLAN:,1.  Rest.,2.  Fluids."
    assert kinds(text) == ["allergies", "medications", "family_history", "plan"]
    assert bodies(text)[3] == "PLAN:,1.  Rest.,2.  Fluids."


def test_parts_of_an_examination_stay_in_it_and_vital_signs_are_inside() -> None:
    text = "PHYSICAL EXAMINATION:\nVITAL SIGNS: BP 120/80.\nHEENT: Normal.\nLUNGS: Clear.\nASSESSMENT: Well."
    exam, vitals, assessment = find_note_sections(text)
    assert (exam.kind, vitals.kind, assessment.kind) == ("physical_exam", "vital_signs", "assessment")
    assert (vitals.parent, vitals.level, exam.end) == (0, 2, assessment.start)


def test_an_unknown_heading_in_capitals_ends_a_section() -> None:
    text = "FAMILY HISTORY: Father died of cancer.\nCORONARY RISK FACTORS: Smoking.\nPLAN: Quit."
    assert kinds(text) == ["family_history", "", "plan"]


def test_a_heading_of_two_has_the_kind_of_the_first() -> None:
    assert kinds("PLAN/TREATMENT: Rest.\nFAMILY HISTORY AND SOCIAL HISTORY: None.") == ["plan", "family_history"]


def test_a_word_in_a_sentence_is_no_heading() -> None:
    assert kinds("Her medications were reviewed and the plan: see below.\nShe has allergies to dust.") == []


@pytest.mark.parametrize(
    "text",
    [
        "主诉：咳嗽3天。\n现病史：受凉后咳嗽。",
        "【主诉】咳嗽3天。\n【现病史】受凉后咳嗽。",
        "主 诉:咳嗽3天。\n现 病 史:受凉后咳嗽。",
        "主　诉　咳嗽3天。\n现病史　受凉后咳嗽。",
        "主诉\n咳嗽3天。\n现病史\n受凉后咳嗽。",
        "主诉：咳嗽3天。现病史：受凉后咳嗽。",
        "一、主诉：咳嗽3天。\n二、现病史：受凉后咳嗽。",
        "［主诉］：咳嗽3天。\n［现病史］：受凉后咳嗽。",
        "主诉：咳嗽3天 现病史：受凉后咳嗽。",
        "主诉：咳嗽3天。\n现病史患者受凉后咳嗽。",
    ],
)
def test_the_variants_of_chinese_headings(text: str) -> None:
    found = find_note_sections(text, language="zh")
    assert [section.kind for section in found] == ["chief_complaint", "history_of_present_illness"]
    assert [section.title for section in found] == ["主诉", "现病史"]


def test_a_chinese_heading_inside_prose_is_none() -> None:
    assert kinds("现病史：患者诉无特殊，其家族史不详，既往史见前，检查未见异常。", "zh") == [
        "history_of_present_illness"
    ]


def test_histories_told_together_have_the_kind_of_the_first() -> None:
    assert kinds("既往史：体健。\n个人史、婚育史、家族史无特殊。", "zh") == ["past_medical_history", "social_history"]


def test_sections_have_loinc_codes() -> None:
    assert [section.code for section in find_note_sections("HPI: x\nROS: y")] == ["10164-2", "10187-3"]


def test_kinds_by_code_template_and_heading_agree() -> None:
    assert kind_of_note_code("48765-2") == kind_of_template("2.16.840.1.113883.10.20.22.2.6.1") == "allergies"
    assert kind_of_note_heading("3. Allergies:") == kind_of_note_heading("【过敏史】") == "allergies"
    assert kind_of_note_heading("my cat") == kind_of_note_code("0") == kind_of_template("0") == ""


def test_no_heading_stands_for_two_kinds() -> None:
    titles = [title for table in read_rules("note_sections").values() for title in (*table["en"], *table["zh"])]
    assert sorted(title for title in set(titles) if titles.count(title) > 1) == []


def test_an_article_is_no_note() -> None:
    assert count_core_headings("BACKGROUND: x.\nMETHODS: y.\nRESULTS: z.\nCONCLUSIONS: w.") == 0


PIECES = ["A", " ", "A ", "主 ", "主诉", "诊断：", "PLAN: ", ",", "\n ", "(", "PLAN:,", "A" + " " * 99]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("piece", PIECES)
def test_repetitive_text_is_read_without_backtracking_for_hours(piece: str, language: str) -> None:
    text = piece * (60_000 // len(piece)) + "x"
    assert all(section.end <= len(text) for section in find_note_sections(text, language=language))


@given(st.lists(st.sampled_from(["PLAN: ", "HEENT: ", "主诉：", "VITAL SIGNS: ", "EXAM:\n", "x. ", "\n", "FOO BAR: "])))
def test_sections_are_in_order_and_nested(pieces: list[str]) -> None:
    text = "".join(pieces)
    sections = find_note_sections(text) + find_note_sections(text, language="zh")
    assert all(0 <= section.start < section.end <= len(text) for section in sections)
    english: tuple[Section, ...] = find_note_sections(text)
    for section in english:
        if section.parent is not None:
            parent = english[section.parent]
            assert parent.start <= section.start <= section.end <= parent.end


def test_notes_of_many_specialties_have_sections(shared_data: Callable[[str], Path]) -> None:
    notes = of_kind(read_records(shared_data("mtsamples")), Note)
    assert len(notes) == 689
    assert sum(1 for note in notes if any(section.kind for section in note.sections)) >= 670
    named = [section for note in notes for section in note.sections if section.kind]
    assert len(named) >= 5_800
