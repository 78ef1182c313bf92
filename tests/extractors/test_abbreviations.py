from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.abbreviations import find_abbreviations


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("of progressive multifocal leukoencephalopathy (PML) in", "PML", "progressive multifocal leukoencephalopathy"),
        ("PML (progressive multifocal leukoencephalopathy) in", "PML", "progressive multifocal leukoencephalopathy"),
        ("the angiotensin-converting enzyme (ACE) inhibitors", "ACE", "angiotensin-converting enzyme"),
        ("elevated alanine aminotransferase (ALT; see below)", "ALT", "alanine aminotransferase"),
        (
            "drug reaction with eosinophilia and systemic symptoms (DRESS)",
            "DRESS",
            "drug reaction with eosinophilia and systemic symptoms",
        ),
        ("nonsteroidal anti-inflammatory drugs (NSAIDs)", "NSAIDs", "nonsteroidal anti-inflammatory drugs"),
    ],
)
def test_the_long_form_is_found_by_its_letters(text: str, short: str, long: str) -> None:
    (found,) = find_abbreviations(text)
    assert (found.short, text[found.start : found.end]) == (short, short)
    assert found.long_start is not None
    assert text[found.long_start : found.long_end] == long


@pytest.mark.parametrize(
    "text",
    [
        "in 12 patients (N=40) had",
        "for the heart (see Warnings)",
        "at 5 units (mg)",
        "in the study (Table 2)",
        "it was red (BLUE)",
    ],
)
def test_other_brackets_define_nothing(text: str) -> None:
    assert find_abbreviations(text) == []


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("国际标准化比值（INR）升高", "INR"),
        ("注射用重组人白介素（以下简称“白介素”）", "白介素"),
        ("慢性阻塞性肺疾病（简称慢阻肺）", "慢阻肺"),
    ],
)
def test_chinese_definitions_know_where_the_long_form_ends(text: str, short: str) -> None:
    (found,) = find_abbreviations(text)
    assert (found.short, text[found.start : found.end], found.long_start) == (short, short, None)
    assert found.long_end == text.index("（")


def test_the_first_definition_counts() -> None:
    found = find_abbreviations("heart rate (HR) and later the hazard ratio (HR)")
    assert [(f.short, f.long_start) for f in found] == [("HR", 0)]


@given(st.text(alphabet="aAbB ()（）简称病,;\n1", max_size=80))
def test_ranges_lie_in_the_text(text: str) -> None:
    for found in find_abbreviations(text):
        assert text[found.start : found.end] == found.short
        assert found.long_start is None or 0 <= found.long_start < found.long_end <= len(text)
