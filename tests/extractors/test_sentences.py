from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.sentences import split_sentences


def split(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, 0, len(text), language)]


@pytest.mark.parametrize(
    "text",
    [
        "Take 0.5 mg. q.i.d. with food, e.g. milk.",
        "It was compared vs. placebo by Dr. Smith in the U.S. Pharmacopeia.",
        "Doses of 2.5 to 10.75 mL were given i.v. every 8 h.",
        "Severe reactions occur [see Warnings and Precautions (5.2)].",
        "Cases of E. coli infection (see Fig. 2 and Section 5.1. of this label) were seen.",
        "1. Take one tablet a day.",
    ],
)
def test_a_full_stop_that_ends_nothing_splits_nothing(text: str) -> None:
    assert split(text) == [text]


def test_full_stops_question_marks_and_exclamation_marks_end_sentences() -> None:
    assert split("Stop use. Is it red? Call now! (It is safe.) Next.") == [
        "Stop use.",
        "Is it red?",
        "Call now!",
        "(It is safe.) Next.",
    ]


def test_a_unit_ends_a_sentence_where_a_new_one_plainly_begins() -> None:
    assert split("The dose is 5 mg. The tablets are white.") == ["The dose is 5 mg.", "The tablets are white."]


def test_lines_with_bullets_rows_and_headings_are_sentences_of_their_own() -> None:
    text = "5.1 Heart Failure\n• nausea\n* rash and\n  itch. Pain\nArm | n. 10 | Total. 5\n\nText"
    assert split(text) == [
        "5.1 Heart Failure",
        "• nausea",
        "* rash and",
        "itch.",
        "Pain",
        "Arm | n. 10 | Total. 5",
        "Text",
    ]


def test_wrapped_prose_is_joined() -> None:
    text = "Heart failure was found in patients who had taken the drug for\nmore than a week. Stop."
    assert split(text) == ["Heart failure was found in patients who had taken the drug for\nmore than a week.", "Stop."]


def test_items_numbered_within_a_line_are_not_cut_after_their_number() -> None:
    assert split("1. Wash it. 2. Dry it.") == ["1. Wash it.", "2. Dry it."]


def test_chinese_stops_and_item_numbers_begin_sentences() -> None:
    text = "【禁忌】1.对本品过敏者禁用。2．严重肝功能不全者（如C级。见注意事项）禁用；孕妇禁用！\n（1）头痛 （2）恶心"
    assert split(text, "zh") == [
        "【禁忌】1.对本品过敏者禁用。",
        "2．严重肝功能不全者（如C级。见注意事项）禁用；",
        "孕妇禁用！",
        "（1）头痛",
        "（2）恶心",
    ]
    assert split("①发热②皮疹", "zh") == ["①发热", "②皮疹"]


def test_chinese_decimal_numbers_stay_whole() -> None:
    assert split("每次0.5g，血钾2.5至3.5。停药。", "zh") == ["每次0.5g，血钾2.5至3.5。", "停药。"]


def test_a_range_of_the_text_is_split_alone() -> None:
    text = "One. Two. Three."
    assert [text[a:b] for a, b in split_sentences(text, 5, 16, "en")] == ["Two.", "Three."]


@given(st.text(alphabet="ab A.。；!?()（[]】|\n1•、,", max_size=120), st.sampled_from(["en", "zh", "es"]))
def test_sentences_are_ordered_trimmed_and_lose_nothing_but_white_space(text: str, language: str) -> None:
    ranges = split_sentences(text, 0, len(text), language)
    assert "".join("".join(text[a:b] for a, b in ranges).split()) == "".join(text.split())
    assert all(a < b and text[a:b] == text[a:b].strip() for a, b in ranges)
    assert all(left[1] <= right[0] for left, right in pairwise(ranges))


def test_hostile_brackets_cost_no_more_than_their_length() -> None:
    text = "(a(b)" * 20_000
    assert split_sentences(text, 0, len(text), "en")
