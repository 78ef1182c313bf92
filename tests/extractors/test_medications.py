"""Medications of records lead to the ingredient, or to the combination as labels have it."""

from __future__ import annotations

import pytest

from extractors.medications import find_ingredient
from ontologies.curies import local_curie
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym

LEXICON = Lexicon.of(
    [
        Concept("drugbank:DB00331", "Metformin", Kind.DRUG, synonyms=(Synonym("二甲双胍", language="zh"),)),
        Concept("unii:1", "metformin hydrochloride", Kind.DRUG, parents=("drugbank:DB00331",)),
        Concept("drugbank:DB01060", "Amoxicillin", Kind.DRUG),
        Concept("drugbank:DB00766", "Clavulanic acid", Kind.DRUG, synonyms=(Synonym("clavulanate"),)),
        Concept("drugbank:DB00788", "Naproxen", Kind.DRUG),
    ]
)
BOTH = local_curie("Amoxicillin / Clavulanic acid", Kind.DRUG)


@pytest.mark.parametrize(
    ("name", "curie"),
    [
        ("24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet", "drugbank:DB00331"),
        ("metformin", "drugbank:DB00331"),
        ("盐酸二甲双胍片0.5g", "drugbank:DB00331"),
        ("Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet", BOTH),
        ("Clavulanate 125 MG / Amoxicillin 250 MG Oral Tablet", BOTH),
    ],
)
def test_a_product_leads_to_what_it_is_made_of(name: str, curie: str) -> None:
    found = find_ingredient(name, LEXICON)
    assert found is not None
    assert found.curie == curie


@pytest.mark.parametrize("name", ["", "Unheardofine 5 MG Oral Tablet", "Naproxen 5 MG / Unheardofine 3 MG Oral Tablet"])
def test_a_part_that_is_not_known_leaves_the_whole_unknown(name: str) -> None:
    assert find_ingredient(name, LEXICON) is None
