from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.mentions import find_mentions
from extractors.model import Document, Mention, Section
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind


def document(text: str, kind: str = "warnings", language: str = "en") -> Document:
    return Document("d", "d", text, (Section("", "", 0, len(text), kind),), language=language)


def concepts(lexicon: Lexicon, text: str, kind: str = "warnings", language: str = "en") -> list[str]:
    found = find_mentions(document(text, kind, language), lexicon)
    return [m.match.curie.removeprefix("test:").replace("_", " ") for m in found if m.match]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nausea, vomiting and diarrhoea", ["nausea", "vomiting", "diarrhea"]),
        ("hepatic or renal impairment", ["hepatic impairment", "renal impairment"]),
        ("heart, or renal failure", ["heart failure", "renal failure"]),
        (
            "Upper and lower respiratory tract infections",
            ["upper respiratory tract infection", "lower respiratory tract infection"],
        ),
        ("type 1 or type 2 diabetes", ["type 1 diabetes mellitus", "type 2 diabetes mellitus"]),
        ("type 1 or 2 diabetes", ["type 1 diabetes mellitus", "type 2 diabetes mellitus"]),
        ("decreased appetite or weight", ["decreased weight", "decreased appetite"]),
        ("hepatitis A, B, or C", ["hepatitis C", "hepatitis B", "hepatitis A"]),
        ("CYP2C9 and 2C19 and CYP3A4", ["CYP2C19", "CYP2C9", "CYP3A4"]),
        ("CYP2C9/19", ["CYP2C19", "CYP2C9"]),
        ("liver/kidney disease", ["liver disease", "kidney disease"]),
    ],
)
def test_lists_that_share_a_word_give_each_member(small_lexicon: Lexicon, text: str, expected: list[str]) -> None:
    assert sorted(concepts(small_lexicon, text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("恶心、呕吐及腹泻", ["恶心", "呕吐", "腹泻"]),
        ("肝、肾功能不全", ["肝功能不全", "肾功能不全"]),
        ("肝肾功能不全者", ["肝功能不全", "肾功能不全"]),
        ("肝或肾功能不全", ["肝功能不全", "肾功能不全"]),
        ("上、下呼吸道感染", ["上呼吸道感染", "下呼吸道感染"]),
        ("甲型、乙型肝炎", ["甲型肝炎", "乙型肝炎"]),
        ("高血压伴糖尿病", ["高血压", "糖尿病"]),
        ("食欲、体重下降", ["食欲下降", "体重下降"]),
    ],
)
def test_chinese_lists_give_each_member(small_lexicon: Lexicon, text: str, expected: list[str]) -> None:
    found = find_mentions(document(text, language="zh"), small_lexicon)
    assert sorted(m.text for m in found) == sorted(expected)


def test_a_member_of_a_list_has_its_pieces_and_its_name_put_together(small_lexicon: Lexicon) -> None:
    text = "In hepatic or renal impairment"
    first, second = find_mentions(document(text), small_lexicon)
    assert (first.text, [text[a:b] for a, b in first.parts]) == ("hepatic impairment", ["hepatic", "impairment"])
    assert (text[first.start : first.end], second.text, second.parts) == (
        "hepatic or renal impairment",
        "renal impairment",
        (),
    )


@pytest.mark.parametrize(
    "text", ["diabetes or kidney disease", "stroke, heart failure", "the liver disease", "with renal failure or death"]
)
def test_words_that_make_no_known_name_are_left_alone(small_lexicon: Lexicon, text: str) -> None:
    assert all(not m.parts for m in find_mentions(document(text), small_lexicon))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("warfarin-treated patients", ["warfarin"]),
        ("non-diabetic patients", []),
        ("anti-seizures measures", []),
        ("flu-like illness", []),
        ("flu-like symptoms", ["flu-like symptoms"]),
        ("hepatitis B vaccine, influenza virus", []),
        ("serum testosterone, testosterone levels", []),
        ("testosterone gel", ["testosterone"]),
        ("serum creatinine", []),
        ("St. John's wort", ["St. John's wort"]),
        ("A history of hypertension, pulmonary edema.", ["hypertension", "pulmonary edema"]),
        ("due to renal. Failure of the heart. Failure", []),
    ],
)
def test_a_word_inside_another_meaning_is_no_mention(small_lexicon: Lexicon, text: str, expected: list[str]) -> None:
    assert concepts(small_lexicon, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("抗高血压药", ["抗高血压药"]),
        ("非糖尿病", []),
        ("抗癫痫治疗", []),
        ("预防脑卒中", ["脑卒中"]),
        ("乙肝疫苗、流感病毒", []),
        ("降血压", []),
        ("高血压性心脏病", []),
        ("可升高血压", []),
    ],
)
def test_chinese_compounds_are_not_their_parts(small_lexicon: Lexicon, text: str, expected: list[str]) -> None:
    assert [m.text for m in find_mentions(document(text, language="zh"), small_lexicon)] == expected


def test_an_abbreviation_means_what_the_document_says(small_lexicon: Lexicon) -> None:
    text = (
        "Progressive multifocal leukoencephalopathy (PML) is fatal. PML was seen. "
        "Some Pneumocystis cause pneumonia (PCP). PCP"
    )
    found = find_mentions(document(text), small_lexicon)
    assert [m.text for m in found if m.match and "leuko" in m.match.curie] == [
        "Progressive multifocal leukoencephalopathy"
    ] * 3
    assert "drug" not in {m.kind.value for m in found}


def test_an_abbreviation_that_is_a_word_is_not_read_among_capitals(small_lexicon: Lexicon) -> None:
    text = "Patients with ankylosing spondylitis (AS). AS was active. SYMPTOMS SUCH AS NAUSEA"
    assert concepts(small_lexicon, text) == ["ankylosing spondylitis"] * 3 + ["nausea"]


def test_an_undefined_abbreviation_is_read_as_the_lexicon_has_it(small_lexicon: Lexicon) -> None:
    assert concepts(small_lexicon, "Inhibitors of P-gp") == ["P-glycoprotein"]


@pytest.mark.parametrize("text", ["国际标准化比值（INR）升高。监测INR。", "国际标准化比值（以下简称“INR”），INR"])
def test_chinese_abbreviations_mean_the_name_before_the_bracket(small_lexicon: Lexicon, text: str) -> None:
    found = find_mentions(document(text, language="zh"), small_lexicon)
    assert [m.kind for m in found] == [Kind.TEST] * 3
    assert text[found[-1].start : found[-1].end] == "INR"


@pytest.mark.parametrize("kind", ["supply", "package_label", "product_data", "references"])
def test_sections_about_other_things_are_not_read(small_lexicon: Lexicon, kind: str) -> None:
    assert find_mentions(document("Aspirin for headache", kind), small_lexicon) == []


def test_organ_systems_are_headings_among_adverse_reactions_and_conditions_elsewhere(small_lexicon: Lexicon) -> None:
    assert concepts(small_lexicon, "Cardiac disorders: palpitations", "adverse_reactions") == ["palpitations"]
    assert concepts(small_lexicon, "Use with care in cardiac disorders", "warnings") == ["cardiac disorders"]


def test_dosage_forms_are_read_only_where_forms_are_described(small_lexicon: Lexicon) -> None:
    assert concepts(small_lexicon, "Tablets", "dosage_forms") == ["tablet"]
    assert concepts(small_lexicon, "Tablets", "warnings") == []


def test_the_section_decides_between_kinds_of_the_same_name() -> None:
    lexicon = Lexicon.of([Concept("t:drug", "iron", Kind.DRUG), Concept("t:finding", "iron", Kind.FINDING)])
    assert [m.kind for m in find_mentions(document("iron", "interactions"), lexicon)] == [Kind.DRUG]
    assert [m.kind for m in find_mentions(document("iron", "adverse_reactions"), lexicon)] == [Kind.FINDING]


_WORDS = [
    *[
        "hepatic",
        "renal",
        "impairment",
        "or",
        "and",
        ",",
        "(PML)",
        "PML",
        "nausea",
        "type",
        "1",
        "2",
        "diabetes",
        "non-",
        ".",
        "CYP2C9",
        "/",
        "19",
    ],
    *["肝", "、", "肾功能不全", "恶心", "血压"],
    "this drug",
    "\n",
]


def ranges(mention: Mention) -> list[tuple[int, int]]:
    return list(mention.parts) or [(mention.start, mention.end)]


@given(
    words=st.lists(st.sampled_from(_WORDS), max_size=25),
    glue=st.sampled_from([" ", ""]),
    language=st.sampled_from(["en", "zh"]),
)
def test_offsets_point_into_the_text_and_whole_mentions_do_not_overlap(
    small_lexicon: Lexicon, words: list[str], glue: str, language: str
) -> None:
    text = glue.join(words)
    found = find_mentions(document(text, language=language), small_lexicon)
    assert found == sorted(found, key=lambda m: (m.start, -m.end))
    for mention in found:
        pieces = sorted(ranges(mention))
        assert (mention.start, mention.end) == (pieces[0][0], pieces[-1][1])
        assert all(0 <= low < high <= len(text) for low, high in pieces)
    whole = [m for m in found if not m.parts]
    assert all(left.end <= right.start for left, right in pairwise(whole))
    assert all(m.text == text[m.start : m.end] or "PML" in text[m.start : m.end] for m in whole)
