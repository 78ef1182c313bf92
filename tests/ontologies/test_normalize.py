"""Names and texts meet in one form, and offsets never lie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontologies.normalize import normal_form, normal_word, spans, tokens

TEXTS = st.text(alphabet=st.sampled_from("abcsXYZ αβµ019.,-'’()高壓压血ＡＢé\n\t") | st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tablets", "tablet"),
        ("allergies", "Allergy"),
        ("metastases", "metastasis"),
        ("thromboses", "thrombosis"),
        ("Crohn’s disease", "crohn disease"),
        ("Alzheimer's", "Alzheimer"),
        ("haemorrhage", "hemorrhage"),
        ("diarrhoea", "diarrhea"),
        ("oedema", "edema"),
        ("tumours", "tumor"),
        ("TNF-α", "TNF alpha"),
        ("IFNγ", "IFN-gamma"),
        ("CYP3A4", "CYP 3A4"),
        ("non-Hodgkin", "non Hodgkin"),
        ("Sjögren", "Sjogren"),
        ("高血壓", "高血压"),
        ("ＣＹＰ３Ａ４", "CYP3A4"),
        ("1,000 mg", "1000 mg"),
        ("vitamin B12", "Vitamin B-12"),
    ],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("AIDS", "aid"), ("diabetes", "diabete"), ("2,4", "24"), ("0.5", "5"), ("gas", "ga"), ("psychosis", "psychosi")],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


def test_chinese_is_read_by_characters_between_other_words() -> None:
    assert [norm for norm, _, _ in tokens("服用CYP3A4抑制剂")] == ["服", "用", "cyp", "3", "a", "4", "抑", "制", "剂"]


def test_text_without_words_has_no_form() -> None:
    assert normal_form(" -.,!，。") == ""


@given(TEXTS)
def test_offsets_point_at_the_text_of_the_token(text: str) -> None:
    end = 0
    for norm, start, stop in tokens(text):
        assert end <= start < stop <= len(text)
        assert normal_word(text[start:stop]) == norm
        end = stop


@given(TEXTS)
def test_words_are_those_that_the_tokens_come_from(text: str) -> None:
    assert [(normal_word(word), start, end) for word, start, end in spans(text)] == tokens(text)
