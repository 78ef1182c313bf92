"""Acronyms that mean several things: only a context or a kind decides, whatever the lexicon knows of them."""

from __future__ import annotations

import pytest

from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Kind


@pytest.fixture(scope="module")
def grounder(starter: Lexicon) -> Grounder:
    return Grounder(starter)


@pytest.mark.parametrize("acronym", ["RTA", "MS", "PE", "RA", "AS", "ms", "PE?"])
def test_without_a_context_the_senses_are_mere_suggestions(grounder: Grounder, acronym: str) -> None:
    grounding = grounder.ground(acronym)
    assert grounding.abstained
    assert grounding.candidates
    assert "the context does not tell which" in grounding.candidates[0].reason


@pytest.mark.parametrize(
    ("acronym", "context", "meant"),
    [
        ("RTA", "hypokalemia with metabolic acidosis", "Acidosis, Renal Tubular"),
        ("MS", "optic neuritis, demyelinating lesions on MRI", "Multiple Sclerosis"),
        ("MS", "风湿性心脏病, 二尖瓣杂音", "Mitral Valve Stenosis"),
        ("MS", "10 mg IV prn for pain", "morphine sulfate"),
        ("PE", "proteinuria at 34 weeks of gestation", "Pre-Eclampsia"),
        ("PE", "heparin was started, D-dimer high", "Pulmonary Embolism"),
        ("RA", "swollen joints, on methotrexate", "Arthritis, Rheumatoid"),
        ("CP", "denies SOB", "Chest pain"),
    ],
)
def test_the_context_chooses_the_sense_and_the_reason_says_how(
    grounder: Grounder, acronym: str, context: str, meant: str
) -> None:
    grounding = grounder.ground(acronym, context=context)
    assert [match.name for match in grounding.matches] == [meant]
    assert "the context" in grounding.matches[0].reason


@pytest.mark.parametrize(
    ("acronym", "context", "meant"),
    [
        ("RA", "O2 sat 98% on RA", "room air"),
        ("RTA", "driver of a car, fracture of the femur", "road traffic accident"),
        ("CVA", "flank tenderness", "costovertebral angle"),
    ],
)
def test_a_sense_that_is_no_concept_is_no_answer(grounder: Grounder, acronym: str, context: str, meant: str) -> None:
    grounding = grounder.ground(acronym, context=context)
    assert grounding.abstained
    assert f"which means {meant}" in grounding.candidates[0].reason


def test_the_kind_decides_where_only_one_sense_is_of_it(grounder: Grounder) -> None:
    found = grounder.ground("AF", kinds=[Kind.DISEASE])
    assert [match.name for match in found.matches] == ["Atrial Fibrillation"]
    assert grounder.ground("MI", kinds=[Kind.DISEASE]).abstained
