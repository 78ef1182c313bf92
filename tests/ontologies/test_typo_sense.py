"""What makes no sense as it was typed is corrected where a large lexicon can tell; nothing is ever made up."""

from __future__ import annotations

import numpy as np
import pytest

from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind
from ontologies.normalize import normal_form, plain_form
from ontologies.typo_letters import COMMON, RARE, USUAL, grade_at, grade_letters
from ontologies.typo_opposites import distance_of, makes_opposite
from ontologies.typo_refusals import TOO_SHORT, is_too_short, why_not, why_not_drug, why_not_word
from ontologies.typo_rules import Misspelt, find_typo
from ontologies.typo_sense import is_noise, is_only_one, is_stray_letter, names_other_drug


def spelt(lexicon: Lexicon, typed: str, meant: str) -> Misspelt:
    form, spelling = plain_form(typed), plain_form(meant)
    return Misspelt(find_typo(form, spelling), form, spelling, normal_form(meant), lexicon.typos)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("膝关节假屈曲挛缩", "膝关节屈曲挛缩"),
        ("嗅叶发育良不", "嗅叶发育不良"),
        ("bnormal gait", "Abnormal gait"),
        ("1,3w-butanediol", "1,3-Butanediol"),
        ("Ljpitor", "lipitor"),
    ],
)
def test_what_makes_no_sense_is_corrected_among_what_is_protected(starter: Lexicon, typed: str, meant: str) -> None:
    grounding = Grounder(starter).ground(typed)
    assert grounding.matches[0].matched == meant
    assert grounding.matches[0].reason.startswith("typo corrected")


@pytest.mark.parametrize(
    "typed", ["学状腺功能亢进症", "IgX deficiency", "巨细胞病毒", "胃肠胀气片", "眼距过窄宽", "Dinantin"]
)
def test_what_could_be_something_else_is_not_corrected(starter: Lexicon, typed: str) -> None:
    assert Grounder(starter).ground(typed).abstained


@pytest.mark.parametrize("sign", "不无非未左右双单")
def test_negation_and_sides_are_no_noise_anywhere(starter: Lexicon, sign: str) -> None:
    taken_off = spelt(starter, f"膝关节{sign}屈曲挛缩", "膝关节屈曲挛缩")
    put_in = spelt(starter, "膝关节屈曲挛缩", f"膝关节{sign}屈曲挛缩")
    assert not is_noise(taken_off.typo, starter.typos)
    assert not is_only_one(put_in.typo, starter.typos)
    assert why_not(taken_off)
    assert why_not(put_in)


@pytest.mark.parametrize("sign", "急慢亚良恶")
def test_how_a_disease_runs_is_never_guessed(starter: Lexicon, sign: str) -> None:
    assert not is_only_one(spelt(starter, "屈曲挛缩病变", f"屈曲{sign}挛缩病变").typo, starter.typos)


def test_a_small_lexicon_takes_nothing_for_noise() -> None:
    lexicon = Lexicon.of([Concept("x:1", "膝关节屈曲挛缩", Kind.FINDING, language="zh")])
    assert not lexicon.typos.knows_much
    assert Grounder(lexicon).ground("膝关节假屈曲挛缩").abstained


def test_letters_are_graded_by_how_usual_they_are() -> None:
    words = ["gastritis", "arthritis", "nephritis"] * 5_000 + ["xqzjv"]
    grades = grade_letters(words)
    assert grade_at(grades, "arthritis", 7, 8) == COMMON
    assert grade_at(grades, "xqzjv", 2, 3) == RARE
    assert grade_at(grades, "gasqritis", 3, 4) == RARE
    assert grade_at(grades, "hépatitis", 1, 2) == RARE


def test_few_names_say_nothing_of_letters() -> None:
    grades = grade_letters(["gastritis"])
    assert set(np.unique(grades)) == {USUAL}


def test_short_coined_names_and_abbreviations_are_left_alone(starter: Lexicon) -> None:
    assert why_not_drug(spelt(starter, "dinatin", "dimatin")) == "another product may be called so"
    assert why_not_drug(spelt(starter, "djnatin", "dimatin")) == ""
    refused = "letters of an abbreviation would be changed"
    assert why_not_word(spelt(starter, "ige deficiency", "igd deficiency"), "IGD deficiency") == refused
    assert why_not_word(spelt(starter, "skin rath", "skin rash"), "Skin rash") == ""


def test_a_name_of_one_common_word_is_not_made_of_another(starter: Lexicon) -> None:
    one = spelt(starter, "zasocitinib", "tasocitinib")
    assert why_not_word(one, "tasocitinib") == ("another name may be spelt so" if one.grade == COMMON else "")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("眼距过窄", "眼距过宽"),
        ("红细胞增多", "白细胞增多"),
        ("typical seizure", "atypical seizure"),
        ("methylamphetamine", "ethylamphetamine"),
    ],
)
def test_opposites_are_as_near(starter: Lexicon, typed: str, meant: str) -> None:
    assert makes_opposite(spelt(starter, typed, meant))
    assert distance_of(typed, meant) == 1


def test_another_drug_in_a_longer_name_is_seen() -> None:
    assert names_other_drug(find_typo("红霉素中毒", "链霉素中毒"))
    assert not names_other_drug(find_typo("缸霉素中毒", "链霉素中毒"))


def test_a_stray_letter_stands_beside_a_number() -> None:
    assert is_stray_letter(find_typo("1,3w-butanediol", "1,3-butanediol"))
    assert not is_stray_letter(find_typo("technetium 99m", "technetium 99"))


def test_how_short_a_name_may_be_depends_on_what_is_left_of_it(starter: Lexicon) -> None:
    assert is_too_short(spelt(starter, "阑尾", "阑尾炎"))
    assert why_not(spelt(starter, "阑尾", "阑尾炎")) == TOO_SHORT
