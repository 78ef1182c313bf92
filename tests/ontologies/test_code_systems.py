"""Codes of records become CURIEs, however the record names their system."""

from __future__ import annotations

import pytest

from ontologies.code_systems import code_name, find_curie


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


@pytest.mark.parametrize(
    ("system", "code", "curie"),
    [
        ("ICD9CM", "5712", "icd9cm:571.2"),
        ("ICD9CM", "571.2", "icd9cm:571.2"),
        ("ICD9CM", "486", "icd9cm:486"),
        ("ICD9CM", "E9342", "icd9cm:E934.2"),
        ("ICD9CM", "V4581", "icd9cm:V45.81"),
        ("urn:oid:2.16.840.1.113883.6.104", "5491", "icd9cm:54.91"),
        ("ICD9Proc", "5491", "icd9cm:54.91"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "E119", "icd10cm:E11.9"),
        ("http://hl7.org/fhir/sid/icd-9-cm", "5491", "icd9cm:5491"),
    ],
)
def test_a_code_gets_the_dot_that_its_source_leaves_out(system: str, code: str, curie: str) -> None:
    assert find_curie(system, code) == curie


def test_a_code_without_a_name_is_called_by_its_system() -> None:
    assert code_name("icd9cm:571.2") == "ICD-9-CM 571.2"
    assert code_name("icd10pcs:0DJ08ZZ") == "ICD-10-PCS 0DJ08ZZ"
    assert code_name("xyz:1") == "xyz:1"
