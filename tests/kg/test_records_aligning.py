"""What a coded or named thing of a record is aligned with."""

from __future__ import annotations

import pytest

from extractors.events import Coding, EventKind
from kg.records.aligning import Aligner
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym

ALIGN = Aligner(
    Lexicon.of(
        [
            Concept("mesh:D021183", "Peanut Hypersensitivity", Kind.DISEASE, synonyms=(Synonym("peanut allergy"),)),
            Concept("rxnorm:435", "albuterol", Kind.DRUG),
            Concept("rxnorm:3640", "doxycycline", Kind.DRUG),
            Concept("mesh:D011014", "486", Kind.DISEASE),
        ]
    )
)


@pytest.mark.parametrize(
    ("kind", "name", "curie"),
    [
        (EventKind.ALLERGY, "Allergy to peanut (finding)", "mesh:D021183"),
        (EventKind.ALLERGY, "Doxycycline 75 MG Enteric Coated Tablet", "rxnorm:3640"),
        (EventKind.ALLERGY, "Doxycycline (substance)", "rxnorm:3640"),
        (EventKind.MEDICATION, "200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "rxnorm:435"),
        (EventKind.MEDICATION, "NDA020503 200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "rxnorm:435"),
    ],
)
def test_names_are_read_as_terminologies_write_them(kind: EventKind, name: str, curie: str) -> None:
    assert ALIGN(kind, name, ()).curie == curie


def test_a_code_without_a_name_is_called_by_the_code_and_grounds_as_nothing_else() -> None:
    known = ALIGN(EventKind.CONDITION, "", (Coding("icd9cm:486", "ICD9CM", "486"),))
    own = ALIGN(EventKind.MEDICATION, "", (Coding("", "HICL", "8255"),))
    assert (known.curie, known.name, known.known) == ("icd9cm:486", "ICD-9-CM 486", False)
    assert (own.curie, own.name) == ("local:drug/hicl_8255", "HICL 8255")


@pytest.mark.parametrize("name", ["", "5712", "571.2", " 5712 "])
def test_a_code_that_stands_in_the_place_of_a_name_is_none(name: str) -> None:
    codes = (Coding("icd9cm:571.2", "ICD9CM", "5712", name),)
    assert ALIGN(EventKind.CONDITION, name, codes).name == "ICD-9-CM 571.2"
    assert ALIGN(EventKind.CONDITION, name, (*codes, Coding("", "own", "7", "Cirrhosis"))).name == "Cirrhosis"
