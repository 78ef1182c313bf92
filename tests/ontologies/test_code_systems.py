"""Codes of records become CURIEs, however the record names their system."""

from __future__ import annotations

import pytest

from ontologies.code_systems import find_curie


@pytest.mark.parametrize(
    ("system", "code", "curie"),
    [
        ("http://snomed.info/sct", "44054006", "snomedct:44054006"),
        ("http://snomed.info/sct/", "44054006", "snomedct:44054006"),
        ("urn:oid:2.16.840.1.113883.6.96", "44054006", "snomedct:44054006"),
        ("2.16.840.1.113883.6.88", " 860975 ", "rxnorm:860975"),
        ("ICD9Proc", "38.93", "icd9cm:38.93"),
        ("RxNorm", "860975", "rxnorm:860975"),
        ("http://human-phenotype-ontology.org", "HP:0002014", "HP:0002014"),
        ("http://hospital.example/codes", "X1", ""),
        ("1.2.3.4", "X1", ""),
        ("LOINC", "", ""),
        ("", "X1", ""),
    ],
)
def test_a_code_has_the_curie_of_its_system(system: str, code: str, curie: str) -> None:
    assert find_curie(system, code) == curie
