"""Grounding of names: exact, by reading, with a typo, in a context, or honestly not at all."""

from __future__ import annotations

import pytest

from ontologies.ground import Ask, Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Grounding, Kind, Scope, Synonym
from ontologies.typo_refusals import why_not
from ontologies.typo_rules import Misspelt, find_typo


def zh(text: str) -> Synonym:
    return Synonym(text, language="zh")


CONCEPTS = [
    Concept("mesh:D001241", "Aspirin", Kind.DRUG, synonyms=(zh("阿司匹林"),)),
    Concept("mesh:D055963", "Asthma, Aspirin-Induced", Kind.DISEASE, synonyms=(zh("阿司匹林哮喘"),)),
    Concept("mesh:D003924", "Diabetes Mellitus, Type 2", Kind.DISEASE, synonyms=(zh("2型糖尿病"),)),
    Concept("mesh:D003922", "Diabetes Mellitus, Type 1", Kind.DISEASE, synonyms=(zh("1型糖尿病"),)),
    Concept("HP:1", "Left ventricular hypertrophy", Kind.FINDING, synonyms=(zh("左心室肥大"),)),
    Concept("HP:2", "Right ventricular hypertrophy", Kind.FINDING),
    Concept("HP:3", "Hypokalemia", Kind.FINDING),
    Concept("HP:4", "Stable angina", Kind.FINDING, synonyms=(zh("稳定型心绞痛"),)),
    Concept("mesh:D000141", "Renal tubular acidosis", Kind.DISEASE, synonyms=(Synonym("RTA"),)),
    Concept("x:9", "Road traffic accident", Kind.OTHER, synonyms=(Synonym("RTA"),)),
    Concept("mesh:D008175", "Lung Neoplasms", Kind.DISEASE, synonyms=(zh("肺癌"),)),
    Concept("mesh:D005756", "Gastritis", Kind.DISEASE, synonyms=(zh("胃炎"), zh("急性胃炎"))),
    Concept("drugbank:1", "Metoprolol", Kind.DRUG),
    Concept("drugbank:2", "Metoprolol succinate", Kind.DRUG, parents=("drugbank:1",)),
    Concept("HP:5", "Other pneumonia", Kind.DISEASE, synonyms=(Synonym("pneumonia"),)),
    Concept("HP:6", "Pneumonia of childhood", Kind.DISEASE, synonyms=(Synonym("pneumonia"),)),
    Concept("HP:7", "Cerebral swelling", Kind.FINDING, synonyms=(Synonym("brain swelling", Scope.BROAD),)),
    Concept("HP:8", "Muscle weakness", Kind.FINDING, xrefs=("umls:C0151786",)),
]


@pytest.fixture(scope="module")
def grounder() -> Grounder:
    return Grounder(Lexicon.of(CONCEPTS))


def best(grounding: Grounding) -> str:
    return grounding.matches[0].curie if grounding.matches else ""


def test_the_exact_name_wins_with_its_reason(grounder: Grounder) -> None:
    grounding = grounder.ground("ASPIRIN")
    assert not grounding.abstained
    assert grounding.matches[0].curie == "mesh:D001241"
    assert grounding.matches[0].reason == "preferred name"


def test_a_name_is_never_answered_by_one_that_only_overlaps(grounder: Grounder) -> None:
    assert best(grounder.ground("阿司匹林")) == "mesh:D001241"
    assert best(grounder.ground("阿司匹林", kinds=[Kind.DISEASE])) == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hypokalmia", "HP:3"),
        ("hypokaleimia", "HP:3"),
        ("hypokalmeia", "HP:3"),
        ("hypokalezia", "HP:3"),
        ("diabets mellitus type 2", "mesh:D003924"),
        ("musle weakness", "HP:8"),
        ("muscleweakness", "HP:8"),
        ("metaprolol", "drugbank:1"),
        ("阿斯匹林", "mesh:D001241"),
        ("阿司匹霖", "mesh:D001241"),
        ("左心室肥太", "HP:1"),
    ],
)
def test_one_typo_is_corrected_and_told(grounder: Grounder, typed: str, meant: str) -> None:
    grounding = grounder.ground(typed)
    assert best(grounding) == meant
    assert grounding.matches[0].reason.startswith("typo corrected: ")
    assert grounding.matches[0].score < 0.97


@pytest.mark.parametrize(
    "typed",
    [
        "diabetes mellitus type 3",
        "diabetes mellitus type",
        "3型糖尿病",
        "型糖尿病",
        "hyperkalemia",
        "hypekalemia",
        "右心室肥大",
        "心室肥大",
        "木心室肥大",
        "不稳定型心绞痛",
        "unstable angina",
        "胃癌",
        "肺炎",
        "asp",
    ],
)
def test_what_a_name_is_about_is_never_corrected(grounder: Grounder, typed: str) -> None:
    grounding = grounder.ground(typed)
    assert grounding.abstained or grounding.qualifiers, grounding.matches


@pytest.mark.parametrize("typed", ["甲苯咪唑", "促凝血药", "抗雄激素", "副银屑病", "亚急性肝炎"])
def test_another_drug_or_condition_is_no_typo(typed: str) -> None:
    names = ["甲巯咪唑", "抗凝血药", "雄激素", "银屑病", "急性肝炎"]
    kinds = [Kind.DRUG, Kind.DRUG_CLASS, Kind.DRUG_CLASS, Kind.DISEASE, Kind.DISEASE]
    pairs = zip(names, kinds, strict=True)
    concepts = [Concept(f"x:{n}", name, kind, language="zh") for n, (name, kind) in enumerate(pairs)]
    assert Grounder(Lexicon.of(concepts)).ground(typed).abstained


def test_a_drug_typed_by_its_sound_is_corrected() -> None:
    grounder = Grounder(Lexicon.of([Concept("x:1", "头孢呋辛", Kind.DRUG, language="zh")]))
    assert best(grounder.ground("头孢呋心")) == "x:1"


def test_a_short_product_is_not_taken_for_another_one_letter_away() -> None:
    brand = Synonym("Dolantin", Scope.NARROW)
    grounder = Grounder(Lexicon.of([Concept("x:1", "Meperidine", Kind.DRUG, synonyms=(brand,))]))
    assert grounder.ground("Dilantin").abstained
    assert best(grounder.ground("Dolatnin")) == "x:1"


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("胃窦溃疡", "胃溃疡"),
        ("胃体溃疡", "胃溃疡"),
        ("胃结核病", "结核病"),
        ("耳带状疱疹", "带状疱疹"),
        ("颈淋巴结炎", "淋巴结炎"),
        ("眶蜂窝织炎", "蜂窝织炎"),
        ("氯气中毒", "煤气中毒"),
    ],
)
def test_a_place_or_a_substance_that_was_typed_is_no_typo(typed: str, known: str) -> None:
    grounding = Grounder(Lexicon.of([Concept("x:1", "Known", Kind.DISEASE, synonyms=(zh(known),))])).ground(typed)
    assert grounding.abstained
    assert "names a place or a substance" in grounding.candidates[0].reason


def test_a_place_that_was_typed_twice_is_a_typo() -> None:
    twice, once = "眶眶蜂窝织炎", "眶蜂窝织炎"
    known = Lexicon.of([Concept("x:1", once, Kind.DISEASE)]).typos
    assert why_not(Misspelt(find_typo(twice, once), twice, once, once, known)) == ""
    assert why_not(Misspelt(find_typo(once, "蜂窝织炎"), once, "蜂窝织炎", "蜂窝织炎", known))


def test_what_is_not_known_has_no_answer(grounder: Grounder) -> None:
    grounding = grounder.ground("Zorblax Industries")
    assert grounding.abstained
    assert grounding.matches == ()


def test_two_concepts_as_near_are_left_to_a_person() -> None:
    grounder = Grounder(Lexicon.of([Concept("x:1", "Selarinol", Kind.DRUG), Concept("x:2", "Seladinol", Kind.DRUG)]))
    grounding = grounder.ground("Selafinol")
    assert grounding.abstained
    assert {match.curie for match in grounding.candidates} == {"x:1", "x:2"}
    assert "is as near" in grounding.candidates[0].reason


def test_a_lost_letter_is_more_probable_than_a_wrong_one() -> None:
    grounder = Grounder(Lexicon.of([Concept("x:1", "Selariton", Kind.DRUG), Concept("x:2", "Selarizn", Kind.DRUG)]))
    assert best(grounder.ground("Selaritn")) == "x:1"


def test_an_acronym_of_unlike_concepts_needs_a_context(grounder: Grounder) -> None:
    assert grounder.ground("RTA").abstained
    by_words = grounder.ground("RTA", context="metabolic acidosis with a tubular defect")
    assert best(by_words) == "mesh:D000141"
    assert "the context has words of it" in by_words.matches[0].reason
    assert best(grounder.ground("RTA", context="injured in a traffic accident")) == "x:9"
    assert best(grounder.ground("RTA", kinds=[Kind.DISEASE])) == "mesh:D000141"


def test_residual_classes_come_last(grounder: Grounder) -> None:
    assert [match.curie for match in grounder.ground("pneumonia").matches] == ["HP:6", "HP:5"]


def test_what_is_taken_off_is_said(grounder: Grounder) -> None:
    grounding = grounder.ground("右肺癌")
    assert best(grounding) == "mesh:D008175"
    assert [tuple(qualifier) for qualifier in grounding.qualifiers] == [("laterality", "右")]


def test_a_list_is_answered_part_by_part(grounder: Grounder) -> None:
    grounding = grounder.ground("肺癌、急性胃炎")
    assert [match.curie for match in grounding.matches] == ["mesh:D008175", "mesh:D005756"]
    assert len(grounding.parts) == 2


def test_a_salt_is_rolled_up_only_when_asked(grounder: Grounder) -> None:
    assert best(grounder.ground("metoprolol succinate")) == "drugbank:2"
    rolled = grounder.ground("metoprolol succinate", roll_up=True)
    assert best(rolled) == "drugbank:1"
    assert "rolled up" in rolled.matches[0].reason


def test_answers_come_in_the_vocabulary_that_is_asked_for(grounder: Grounder) -> None:
    grounding = grounder.ground("muscle weakness", to="umls")
    assert best(grounding) == "umls:C0151786"
    assert "HP:8 in umls" in grounding.matches[0].reason
    outside = grounder.ground("aspirin", to="umls")
    assert outside.abstained
    assert "umls has nothing" in outside.candidates[0].reason


def test_many_names_are_answered_in_their_order_as_one_by_one(grounder: Grounder) -> None:
    names = ["aspirin", "asprin", "Zorblax", "RTA", "右肺癌", "", "2型糖尿病"] * 200
    together = list(grounder.ground_all(Ask(name) for name in names))
    assert [grounding.name for grounding in together] == names
    assert together[:7] == [grounder.ground(name) for name in names[:7]]


def test_the_kind_of_an_ask_is_the_gate(grounder: Grounder) -> None:
    drug, disease = grounder.ground_all([Ask("阿司匹林", Kind.DRUG), Ask("阿司匹林", Kind.DISEASE)])
    assert best(drug) == "mesh:D001241"
    assert disease.abstained


def test_below_the_threshold_nothing_is_an_answer(grounder: Grounder) -> None:
    strict = Grounder(grounder.lexicon, threshold=0.7)
    assert not grounder.ground("brain swelling").abstained
    grounding = strict.ground("brain swelling")
    assert grounding.abstained
    assert [match.curie for match in grounding.candidates] == ["HP:7"]


def test_only_the_best_concept_and_true_ties_are_answers(grounder: Grounder) -> None:
    isomers = [
        Concept("x:1", "Citalopram", Kind.DRUG),
        Concept("x:2", "Escitalopram", Kind.DRUG, synonyms=(Synonym("citalopram"),)),
    ]
    grounding = Grounder(Lexicon.of(isomers)).ground("citalopram")
    assert [match.curie for match in grounding.matches] == ["x:1"]
    assert [match.curie for match in grounding.candidates] == ["x:2"]
    assert len(grounder.ground("pneumonia").matches) == 2


@pytest.mark.parametrize("name", ["?肺癌", "肺癌?", "肺癌？"])
def test_a_sign_of_doubt_counts_as_a_word_of_it_does(grounder: Grounder, name: str) -> None:
    by_sign, by_word = grounder.ground(name), grounder.ground("肺癌待排")
    assert by_sign.matches[0].score == pytest.approx(by_word.matches[0].score, abs=0.005)
    assert by_sign.matches[0].reason.startswith("uncertain: ")
    assert "certainty" in [qualifier.name for qualifier in by_sign.qualifiers]


SHORT = [
    Concept("x:1", "Hemangioma", Kind.DISEASE, synonyms=(Synonym("Angioma"),)),
    Concept("x:2", "Lidocaine", Kind.DRUG, synonyms=(Synonym("Aldcaine", Scope.NARROW),)),
    Concept("x:4", "Warfarin", Kind.DRUG),
]


@pytest.mark.parametrize("typed", ["Angiomax", "Alcaine"])
def test_what_may_be_a_name_of_its_own_is_not_corrected(typed: str) -> None:
    assert Grounder(Lexicon.of(SHORT)).ground(typed).abstained


def test_what_a_reading_cut_is_not_corrected_at_the_cut(starter: Lexicon) -> None:
    assert Grounder(starter).ground("视网膜疾病").abstained


@pytest.mark.parametrize(("typed", "meant"), [("warfarn", "x:4"), ("Warfarn", "x:4"), ("aldciane", "x:2")])
def test_short_words_are_corrected_to_what_they_can_only_be(typed: str, meant: str) -> None:
    assert best(Grounder(Lexicon.of(SHORT)).ground(typed)) == meant


@pytest.mark.parametrize(("typed", "known"), [("Reye Syndrome", "Eye Diseases"), ("cast syndrome", "Cat Diseases")])
def test_a_rewritten_condition_is_not_corrected_besides(typed: str, known: str) -> None:
    grounder = Grounder(Lexicon.of([Concept("x:1", known, Kind.DISEASE)]))
    assert grounder.ground(typed).abstained


@pytest.mark.parametrize("name", ["患者", "病人", "?", "（）", "NOS", "20 mg", "左", " "])
def test_a_name_of_which_nothing_is_left_has_no_answer(grounder: Grounder, name: str) -> None:
    assert grounder.ground(name).abstained
