"""What a concept is to a name: the same, broader where the name says more, related where it is of something else."""

from __future__ import annotations

import pytest

from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, NameQualifier, Scope, Synonym, Verdict
from ontologies.relations import join_relations, relation_of_reading, relation_of_synonym


@pytest.fixture(scope="module")
def grounder() -> Grounder:
    return Grounder(
        Lexicon.of(
            [
                Concept("x:1", "lung cancer", Kind.DISEASE, synonyms=(Synonym("肺癌", language="zh"),)),
                Concept("x:2", "atorvastatin", Kind.DRUG, synonyms=(Synonym("Lipitor", Scope.NARROW),)),
                Concept("x:3", "atorvastatin calcium", Kind.DRUG, parents=("x:2",)),
                Concept("x:4", "statin", Kind.DRUG_CLASS, synonyms=(Synonym("lipid drug", Scope.BROAD),)),
            ]
        )
    )


@pytest.mark.parametrize(
    ("name", "relation"),
    [
        ("肺癌", Verdict.EXACT),
        ("右肺癌", Verdict.BROAD),
        ("肺癌家族史", Verdict.RELATED),
        ("肺癌？", Verdict.RELATED),
        ("否认肺癌", Verdict.RELATED),
        ("left lung cancer", Verdict.BROAD),
        ("lung canccer", Verdict.EXACT),
        ("Lipitor", Verdict.BROAD),
        ("lipid drug", Verdict.NARROW),
        ("atorvastatin 20 mg tablet", Verdict.BROAD),
        ("atorvastatin sulfate", Verdict.BROAD),
    ],
)
def test_what_a_name_says_more_makes_the_concept_broader(grounder: Grounder, name: str, relation: Verdict) -> None:
    assert grounder.ground(name).matches[0].relation is relation


def test_a_rolled_up_salt_is_answered_by_a_broader_concept(grounder: Grounder) -> None:
    assert grounder.ground("atorvastatin calcium").matches[0].relation is Verdict.EXACT
    assert grounder.ground("atorvastatin calcium", roll_up=True).matches[0].relation is Verdict.BROAD


def test_relations_over_two_steps() -> None:
    assert join_relations(Verdict.EXACT, Verdict.BROAD) is Verdict.BROAD
    assert join_relations(Verdict.BROAD, Verdict.BROAD) is Verdict.BROAD
    assert join_relations(Verdict.BROAD, Verdict.NARROW) is Verdict.RELATED


def test_relations_of_names_and_readings() -> None:
    assert relation_of_synonym("narrow synonym, without what is in brackets") is Verdict.BROAD
    assert relation_of_synonym("synonym of x:1") is Verdict.EXACT
    assert relation_of_reading([NameQualifier("residual", "NOS")]) is Verdict.EXACT
    assert relation_of_reading([], 0.85) is Verdict.RELATED
    assert relation_of_reading([NameQualifier("stage", "III"), NameQualifier("history", "s/p")]) is Verdict.RELATED
