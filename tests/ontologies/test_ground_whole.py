"""A name of several conditions that has one concept of its own, and names that are negated by one word."""

from __future__ import annotations

import pytest

from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Scope, Synonym, Verdict

CONCEPTS = [
    Concept("x:2", "Type 2 diabetes mellitus", Kind.DISEASE, synonyms=(Synonym("2型糖尿病", language="zh"),)),
    Concept("x:dm", "Diabetes mellitus", Kind.DISEASE, synonyms=(Synonym("糖尿病", language="zh"),)),
    Concept("x:kidney", "Nephropathy", Kind.FINDING, synonyms=(Synonym("肾病", language="zh"),)),
    Concept(
        "icd10cm:E11.21",
        "Type 2 diabetes mellitus with diabetic nephropathy",
        Kind.DISEASE,
        synonyms=(Synonym("2型糖尿病肾病", language="zh"),),
    ),
    Concept("x:pressure", "Hypertension", Kind.DISEASE, synonyms=(Synonym("高血压", language="zh"),)),
    Concept("x:fever", "Fever", Kind.FINDING, synonyms=(Synonym("发热", language="zh"),)),
    Concept("x:chills", "Chills", Kind.FINDING),
    Concept("x:lung", "Lung cancer", Kind.DISEASE),
    Concept("x:breast", "Breast cancer", Kind.DISEASE),
]


@pytest.fixture(scope="module")
def grounder() -> Grounder:
    return Grounder(Lexicon.of(CONCEPTS))


def found(grounder: Grounder, name: str) -> list[str]:
    return [match.curie for match in grounder.ground(name).matches]


@pytest.mark.parametrize(
    "name",
    [
        "diabetes mellitus type 2 with nephropathy",
        "type 2 diabetes mellitus with nephropathy",
        "2型糖尿病伴肾病",
        "2型糖尿病合并肾病",
    ],
)
def test_the_concept_of_the_whole_goes_before_its_parts(grounder: Grounder, name: str) -> None:
    grounding = grounder.ground(name)
    assert [match.curie for match in grounding.matches] == ["icd10cm:E11.21"]
    assert grounding.matches[0].relation is Verdict.EXACT


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("type 2 diabetes mellitus with hypertension", ["x:2", "x:pressure"]),
        ("2型糖尿病伴高血压", ["x:2", "x:pressure"]),
        ("糖尿病、肾病", ["x:dm", "x:kidney"]),
        ("hypertension with nephropathy", ["x:pressure", "x:kidney"]),
    ],
)
def test_a_list_without_a_concept_of_its_own_is_parted(grounder: Grounder, name: str, parts: list[str]) -> None:
    assert found(grounder, name) == parts


@pytest.mark.parametrize("name", ["no fever", "No fever", "no evidence of fever", "否认发热", "无发热"])
def test_no_is_a_negation_and_kept_as_one(grounder: Grounder, name: str) -> None:
    grounding = grounder.ground(name)
    assert [match.curie for match in grounding.matches] == ["x:fever"]
    assert [one.name for one in grounding.qualifiers] == ["negated"]
    assert grounding.matches[0].relation is Verdict.RELATED


def test_no_counts_for_both_of_two(grounder: Grounder) -> None:
    grounding = grounder.ground("no fever or chills")
    assert [match.curie for match in grounding.matches] == ["x:fever", "x:chills"]
    assert all(match.relation is Verdict.RELATED for match in grounding.matches)


@pytest.mark.parametrize(
    ("name", "curie"), [("Ca lung", "x:lung"), ("left breast ca", "x:breast"), ("breast Ca", "x:breast")]
)
def test_ca_beside_an_organ_is_cancer(grounder: Grounder, name: str, curie: str) -> None:
    assert found(grounder, name) == [curie]


@pytest.mark.parametrize("name", ["Ca", "serum ca", "ca channel", "nodule fever lung ca2"])
def test_ca_by_itself_is_not(grounder: Grounder, name: str) -> None:
    assert not {"x:lung", "x:breast"} & set(found(grounder, name))


def test_a_class_of_what_is_left_over_answers_where_it_is_the_same_as_what_is_asked_for() -> None:
    concepts = [
        Concept("icd10cm:J06.9", "Acute upper respiratory infection, unspecified", Kind.DISEASE),
        Concept(
            "medkg:urti",
            "upper respiratory tract infection",
            Kind.DISEASE,
            synonyms=(Synonym("上呼吸道感染", language="zh"),),
            xrefs=("icd10cm:J06.9",),
        ),
        Concept("mesh:1", "Common Cold", Kind.DISEASE, synonyms=(Synonym("上呼吸道感染", Scope.RELATED),)),
    ]
    grounder = Grounder(Lexicon.of(concepts))
    assert found(grounder, "上呼吸道感染") == ["icd10cm:J06.9"]
    assert found(grounder, "upper respiratory tract infection") == ["icd10cm:J06.9"]
