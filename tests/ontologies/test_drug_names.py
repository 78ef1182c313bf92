"""Drug strings are read for what they name, and nothing that they say is lost."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontologies.drug_dictionary import english_name, names_by_sound, pinyin_of
from ontologies.drug_names import find_readings
from ontologies.drug_variants import joint_names
from ontologies.ground import Ask, Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Reading, Synonym
from ontologies.registry import open_lexicon
from ontologies.tables import read_rows

CASES = tomllib.loads((Path(__file__).parent / "drug_name_cases.toml").read_text(encoding="utf-8"))["case"]
TRUSTED = 0.6


def read(text: str, **options: Any) -> list[Reading]:
    return list(find_readings(text, **options))


def spoken(reading: Reading) -> str:
    return " / ".join(reading.names).lower()


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_what_a_string_names_is_among_its_readings(case: dict[str, Any]) -> None:
    readings = read(case["text"])
    said = {spoken(reading) for reading in readings}
    assert {name.lower() for name in case["reads"]} <= said
    trusted = {spoken(reading) for reading in readings if reading.worth >= TRUSTED}
    assert trusted.isdisjoint(name.lower() for name in case.get("never", ()))


@pytest.mark.parametrize("case", [case for case in CASES if "tells" in case], ids=lambda case: str(case["text"]))
def test_what_is_taken_off_is_told(case: dict[str, Any]) -> None:
    wanted = case["reads"][-1].lower()
    reading = next(reading for reading in read(case["text"]) if spoken(reading) == wanted)
    assert set(case["tells"].items()) <= {(name, value) for name, value in reading.qualifiers}
    assert reading.reason


def test_the_best_readings_come_first_and_only_drugs_are_looked_up() -> None:
    first, *rest = read("metoprolol succinate 50 mg")
    assert first.worth > rest[-1].worth
    assert all(reading.kinds == {Kind.DRUG} for reading in (first, *rest))


def test_a_plain_name_has_nothing_to_be_taken_off() -> None:
    assert read("metformin") == []


def test_a_salt_left_out_is_worth_less_and_stays_told() -> None:
    bare = next(reading for reading in read("metoprolol succ 50 mg") if reading.names == ("metoprolol",))
    assert bare.worth < 0.8
    assert ("salt", "succinate") in bare.qualifiers
    assert "not its salt" in bare.reason


@pytest.mark.parametrize(
    "text",
    [
        "Tylenol #3",
        "Tylenol #3 po prn",
        "Tylenol No. 3",
        "Lisinopril Plus",
        "Advil PM",
        "Diovan HCT 160mg",
        "Claritin-D",
    ],
)
def test_what_makes_another_product_of_a_name_is_not_left_out(text: str) -> None:
    brands = [
        Concept(f"x:{name}", name, Kind.DRUG) for name in ("Tylenol", "Lisinopril", "Advil", "Diovan", "Claritin")
    ]
    grounder = Grounder(Lexicon.of([*brands, Concept("x:codeine", "Codeine", Kind.DRUG)]))
    assert grounder.ground(text).abstained
    assert grounder.ground(text, kinds=[Kind.DRUG]).abstained
    whole = grounder.ground("Tylenol w/ codeine #3")
    assert [match.name for match in whole.matches] == ["Tylenol", "Codeine"]
    for plain in ("Lisinopril 10mg #30", "Tylenol 3 tabs"):
        assert not grounder.ground(plain).abstained


def test_letters_alone_are_read_only_where_a_drug_is_meant() -> None:
    assert "methotrexate" in [spoken(reading) for reading in read("MTX")]
    assert read("MTX", drug=False) == []
    assert "methotrexate" in [spoken(reading) for reading in read("MTX 2.5 mg", drug=False)]


def test_names_written_together_are_parted_by_a_vocabulary() -> None:
    known = {"amoxicillin", "clavulanate"}.__contains__
    assert ("amoxicillin", "clavulanate") in [reading.names for reading in read("amoxicillinclavulanate", known=known)]
    assert ("甲药灵", "乙药宁") in [
        reading.names for reading in read("甲药灵乙药宁片", known={"甲药灵", "乙药宁"}.__contains__)
    ]


def test_pinyin_leads_to_a_chinese_name_but_not_in_english() -> None:
    assert pinyin_of("阿司匹林") == "asipilin"
    assert names_by_sound("erjiashuanggua") == ("二甲双胍",)
    assert english_name("二甲双胍") == "metformin"
    assert "aspirin" not in [spoken(reading) for reading in read("asipilin", language="en")]


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    for reading in find_readings(text):
        assert 0 < reading.worth <= 1
        assert all(reading.names)


@given(
    st.sampled_from(["metformin", "warfarin", "华法林"]), st.integers(1, 999), st.sampled_from(["mg", "mcg", "毫克"])
)
def test_a_strength_is_never_part_of_the_name(name: str, amount: int, unit: str) -> None:
    readings = read(f"{name} {amount}{unit}")
    assert readings[0].names == (name,)
    assert ("strength", f"{amount}{unit}") in readings[0].qualifiers


LEXICON = (
    Concept("rxnorm:6918", "metoprolol", Kind.DRUG),
    Concept("rxnorm:221124", "metoprolol succinate", Kind.DRUG, parents=("rxnorm:6918",)),
    Concept("rxnorm:6809", "metformin", Kind.DRUG, synonyms=(Synonym("二甲双胍", language="zh"),)),
    Concept("rxnorm:5470", "hydralazine", Kind.DRUG),
    Concept("rxnorm:723", "amoxicillin", Kind.DRUG),
    Concept("rxnorm:48203", "clavulanate", Kind.DRUG),
)


def test_grounding_keeps_the_salt_that_is_known_and_says_what_it_left_out_of_others() -> None:
    grounder = Grounder(Lexicon.of(LEXICON))
    salt = grounder.ground("metoprolol succ ER 50mg po bid", kinds=(Kind.DRUG,))
    assert [match.curie for match in salt.matches] == ["rxnorm:221124"]
    assert ("release", "extended release") in salt.qualifiers
    ingredient = grounder.ground("metoprolol tart 50mg", kinds=(Kind.DRUG,))
    assert ingredient.matches[0].curie == "rxnorm:6918"
    assert "'tartrate' left out" in ingredient.matches[0].reason
    rolled = grounder.ground("metoprolol succ ER 50mg", kinds=(Kind.DRUG,), roll_up=True)
    assert rolled.matches[0].curie == "rxnorm:6918"


def test_a_typo_in_what_a_reading_finds_is_corrected_but_never_to_another_drug() -> None:
    grounder = Grounder(Lexicon.of(LEXICON))
    assert grounder.ground("metformni 500 mg tab", kinds=(Kind.DRUG,)).matches[0].curie == "rxnorm:6809"
    assert grounder.ground("hydroxyzine 25 mg", kinds=(Kind.DRUG,)).abstained


def test_a_combination_without_a_concept_of_its_own_is_its_parts() -> None:
    found = Grounder(Lexicon.of(LEXICON)).ground("阿莫西林克拉维酸钾片 0.375g", kinds=(Kind.DRUG,))
    assert [match.curie for match in found.matches] == ["rxnorm:723", "rxnorm:48203"]


def expected_of(text: str, lexicon: Lexicon) -> list[set[str]]:
    """The concepts that a label of the list stands for: those of its parts, or that of their combination."""
    names = text.split(" + ")
    parts = {lexicon.find(name, kinds=(Kind.DRUG,))[0].curie for name in names}
    wholes = (lexicon.find(joint, kinds=(Kind.DRUG,))[:1] for joint in joint_names(names))
    return [parts, *({match.curie for match in whole} for whole in wholes if whole)]


def test_real_prescriptions_are_understood(samples: Path, kg_home: Path) -> None:
    lexicon = open_lexicon(home=kg_home)
    rows = list(read_rows(samples / "drug_strings_real.tsv", ("name", "expected")))
    found = Grounder(lexicon).ground_all(Ask(row["name"], Kind.DRUG) for row in rows)
    right = wrong = 0
    for row, grounding in zip(rows, found, strict=True):
        several = len(grounding.parts) > 1
        curies = {match.curie for match in (grounding.matches if several else grounding.matches[:1])}
        is_right = curies in expected_of(row["expected"], lexicon)
        right += is_right
        wrong += bool(curies) and not is_right
    print(f"{right} right, {wrong} wrong of {len(rows)}")
    assert right >= 0.95 * len(rows)
    assert wrong <= 0.03 * len(rows)
