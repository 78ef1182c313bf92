from __future__ import annotations

import pytest

from extractors.mentions import find_mentions
from extractors.model import Document, Mention, Section
from ontologies.lexicon import Lexicon


def find(text: str, lexicon: Lexicon, language: str = "en") -> list[Mention]:
    section = Section("", "", 0, len(text), "adverse_reactions")
    return find_mentions(Document("d", "d", text, (section,), language=language), lexicon)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Increased blood pressure", "increased blood pressure"),
        ("Elevations in mean blood pressure were seen", "increased blood pressure"),
        ("Blood pressure increased", "increased blood pressure"),
        ("reduced weight", "decreased weight"),
        ("血压上升", "increased blood pressure"),
    ],
)
def test_a_raised_or_lowered_quantity_is_one_finding(small_lexicon: Lexicon, text: str, expected: str) -> None:
    (mention,) = find(text, small_lexicon, "en" if text.isascii() else "zh")
    assert mention.match is not None
    assert mention.match.name == expected


def test_a_change_without_a_name_keeps_direction_and_quantity(small_lexicon: Lexicon) -> None:
    (english,) = find("ALT elevations occurred", small_lexicon)
    (chinese,) = find("谷丙转氨酶升高", small_lexicon, "zh")
    assert (english.text, english.match) == ("increased alanine aminotransferase", None)
    assert (chinese.text, chinese.match) == (english.text, None)


def test_each_quantity_of_a_list_is_changed(small_lexicon: Lexicon) -> None:
    text = "decreases in hemoglobin, platelet count, or weight"
    found = find(text, small_lexicon)
    assert sorted(m.text for m in found) == ["decreased hemoglobin", "decreased platelet count", "decreased weight"]
    assert [[text[a:b] for a, b in m.parts] for m in found if m.match] == [["decreases", "weight"]]


@pytest.mark.parametrize("text", ["increased calcium absorption", "low dose", "reduced platelet aggregation"])
def test_another_noun_behind_the_quantity_makes_it_something_else(small_lexicon: Lexicon, text: str) -> None:
    assert find(text, small_lexicon) == []


def test_a_condition_at_the_place_of_administration_is_not_the_condition_in_general(small_lexicon: Lexicon) -> None:
    assert [(m.text, m.match) for m in find("Injection site rash", small_lexicon)] == [("Injection site rash", None)]
    assert [(m.text, m.match) for m in find("注射部位皮疹", small_lexicon, "zh")] == [("注射部位皮疹", None)]


def test_an_adjective_behind_a_condition_is_read_in_front_of_it(small_lexicon: Lexicon) -> None:
    (mention,) = find("Hypertension pulmonary", small_lexicon)
    assert mention.match is not None
    assert mention.match.name == "pulmonary hypertension"


def test_reactions_and_events_belong_to_the_condition(small_lexicon: Lexicon) -> None:
    (mention,) = find("Bleeding events", small_lexicon)
    assert (mention.text, mention.match and mention.match.name) == ("Bleeding events", "bleeding")
