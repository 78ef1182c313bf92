"""Which guess comes first: one typo away, and of the sort that the name ends in."""

from __future__ import annotations

import pytest

from ontologies.ground import Grounder
from ontologies.guesses import find_neighbours, of_its_sort, one_edit_away
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Match, Synonym
from ontologies.suggestions import suggest, widened

CONCEPTS = [
    Concept("x:aspirin", "Aspirin", Kind.DRUG, synonyms=(Synonym("阿司匹林", language="zh"),)),
    Concept("x:asthma", "Asthma", Kind.DISEASE, synonyms=(Synonym("哮喘", language="zh"),)),
    Concept("x:induced", "Aspirin-induced asthma", Kind.DISEASE, synonyms=(Synonym("阿司匹林诱发的哮喘"),)),
    Concept("x:pressure", "Hypertension", Kind.DISEASE, synonyms=(Synonym("高血压", language="zh"),)),
    Concept("x:sugar", "Hyperglycemia", Kind.DISEASE, synonyms=(Synonym("高血糖", language="zh"),)),
    Concept("x:sign", "Gottron sign", Kind.FINDING, synonyms=(Synonym("高雪征", language="zh"),)),
    Concept("x:glycosuria", "Glycosuria", Kind.FINDING, synonyms=(Synonym("糖尿", language="zh"),)),
    Concept("x:diabetes", "Diabetes", Kind.DISEASE, synonyms=(Synonym("糖尿病", language="zh"),)),
    Concept("x:infarct", "Heart attack", Kind.DISEASE),
    Concept("x:failure", "Heart failure", Kind.DISEASE),
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.of(CONCEPTS)


def guesses(lexicon: Lexicon, name: str) -> list[Match]:
    grounding = Grounder(lexicon).ground(name)
    assert grounding.abstained
    return list(widened(lexicon, grounding).candidates)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("高血亚", "x:pressure"),
        ("糖尿并", "x:diabetes"),
        ("hart atack", "x:infarct"),
        ("阿司匹林哮喘", "x:induced"),
        ("aspirin asthma", "x:induced"),
    ],
)
def test_the_first_guess_is_what_was_meant(lexicon: Lexicon, typed: str, meant: str) -> None:
    assert guesses(lexicon, typed)[0].curie == meant


def test_one_typo_away_comes_before_names_that_share_more(lexicon: Lexicon) -> None:
    first, second = guesses(lexicon, "高雪压")[:2]
    assert {first.curie, second.curie} == {"x:pressure", "x:sign"}
    assert all("perhaps a typo" in match.reason for match in (first, second))


def test_a_drug_is_no_guess_beside_the_disease_that_the_name_ends_in(lexicon: Lexicon) -> None:
    found = guesses(lexicon, "阿司匹林哮喘")
    drug = next(match for match in found if match.kind is Kind.DRUG)
    assert found[-1] == drug and "ends in '哮喘', a disease" in drug.reason


def test_without_a_guess_of_its_sort_the_others_stay(lexicon: Lexicon) -> None:
    drug = Match("x:aspirin", "Aspirin", Kind.DRUG, 0.4, "shares aspirin", "Aspirin")
    assert of_its_sort(lexicon, "aspirin asthma", [drug]) == [drug]


def test_guesses_stay_below_answers(lexicon: Lexicon) -> None:
    assert all(match.score < 0.55 for name in ("高血亚", "hart atack") for match in suggest(lexicon, name))


@pytest.mark.parametrize("typed", ["糖", "高血", "asth"])
def test_a_short_name_is_one_typo_away_by_chance(lexicon: Lexicon, typed: str) -> None:
    assert find_neighbours(lexicon, typed) == []


def test_each_kind_of_typo_is_tried() -> None:
    assert {"heart", "hat", "harp", "ahrt"} <= set(one_edit_away("hart"))
