"""CURIEs are accepted as people write them and written in one way."""

from __future__ import annotations

import pytest

from ontologies.curies import curie_address, get_converter, parse_curie, standard_curie, standard_xref
from ontologies.errors import UnknownNameError


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("RXCUI:11289", "rxnorm:11289"),
        ("SCTID: 22298006", "snomedct:22298006"),
        ("MSH:D003924", "mesh:D003924"),
        ("UNII:5Q7ZVV76EI", "unii:5Q7ZVV76EI"),
        ("hp:0001250", "HP:0001250"),
        ("HPO:HP:0001250", "HP:0001250"),
        ("HP:HP_0001250", "HP:0001250"),
        ("ICD10-CM:E11", "icd10cm:E11"),
        ("http://purl.obolibrary.org/obo/HP_0001250", "HP:0001250"),
        ("http://id.nlm.nih.gov/mesh/D003924", "mesh:D003924"),
        ("local:drug/samplamine", "local:drug/samplamine"),
        (" LOINC:2160-0 ", "loinc:2160-0"),
    ],
)
def test_aliases_and_addresses_become_the_standard_curie(written: str, standard: str) -> None:
    assert standard_curie(written) == standard
    assert standard_curie(standard) == standard


@pytest.mark.parametrize("written", ["nonsense:1", "no prefix", "", ":", "HP:", "https://example.org/1"])
def test_unknown_prefix_is_refused_with_the_known_ones(written: str) -> None:
    with pytest.raises(UnknownNameError, match="rxnorm"):
        parse_curie(written)


def test_cross_reference_to_somewhere_else_is_kept() -> None:
    assert standard_xref("Fyler:4866") == "Fyler:4866"
    assert standard_xref("SNOMEDCT_US:1") == "snomedct:1"


def test_address_of_a_curie() -> None:
    assert curie_address("MSH:D003924") == "http://id.nlm.nih.gov/mesh/D003924"
    assert curie_address("Fyler:1") is None


def test_every_prefix_goes_there_and_back() -> None:
    converter = get_converter()
    for prefix in converter.get_prefixes():
        address = curie_address(f"{prefix}:X1")
        assert address is not None and standard_curie(address) == f"{prefix}:X1"
