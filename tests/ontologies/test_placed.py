"""Names asked for in one vocabulary: its own names first, other names of concepts that it lacks, never a guess."""

from __future__ import annotations

import pytest

from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym


@pytest.fixture(scope="module")
def grounder() -> Grounder:
    return Grounder(
        Lexicon.of(
            [
                Concept("mesh:1", "Bronchial Spasm", Kind.DISEASE, synonyms=(Synonym("Bronchospasm"),)),
                Concept("mesh:2", "Bronchial Diseases", Kind.DISEASE),
                Concept(
                    "DOID:2", "bronchial disease", Kind.DISEASE, synonyms=(Synonym("bronchospasm"),), xrefs=("mesh:2",)
                ),
                Concept("mesh:3", "Eye Pain", Kind.FINDING),
                Concept(
                    "HP:3", "Ocular pain", Kind.FINDING, synonyms=(Synonym("Pain in the eye"), Synonym("Eye pain"))
                ),
                Concept("HP:4", "Clumsiness", Kind.FINDING, synonyms=(Synonym("Awkward movement"),)),
                Concept("drugbank:5", "Green tea leaf", Kind.DRUG, synonyms=(Synonym("Thea sinensis"),)),
                Concept("mesh:5", "Camellia sinensis", Kind.ORGANISM, synonyms=(Synonym("Thea sinensis"),)),
                Concept("HP:6", "Poor appetite", Kind.FINDING, synonyms=(Synonym("食欲不振", language="zh"),)),
                Concept("mesh:6", "Anorexia", Kind.FINDING, synonyms=(Synonym("食欲不振", language="zh"),)),
            ]
        )
    )


def test_what_the_vocabulary_itself_calls_so_goes_before_what_is_called_so_elsewhere(grounder: Grounder) -> None:
    found = grounder.ground("bronchospasm", to="mesh", context="Bronchial diseases, bronchial disease")
    assert [match.curie for match in found.matches] == ["mesh:1"]


def test_a_concept_that_it_lacks_is_looked_up_by_its_other_names(grounder: Grounder) -> None:
    found = grounder.ground("ocular pain", to="mesh")
    assert found.matches[0].curie == "mesh:3"
    assert found.matches[0].score < 0.9
    assert "also called 'Eye pain'" in found.matches[0].reason


@pytest.mark.parametrize("name", ["clumsiness", "green tea leaf"])
def test_no_answer_where_no_other_name_is_of_the_same_sort(grounder: Grounder, name: str) -> None:
    found = grounder.ground(name, to="mesh")
    assert found.abstained


def test_names_in_a_third_language_do_not_count(grounder: Grounder) -> None:
    assert grounder.ground("poor appetite", to="mesh", language="en").abstained
    assert grounder.ground("poor appetite", to="mesh").matches[0].curie == "mesh:6"


def test_without_a_vocabulary_nothing_changes(grounder: Grounder) -> None:
    assert grounder.ground("ocular pain").matches[0].curie == "HP:3"
