"""What lies above and below a concept in a lexicon, and circles of parents: named, refused, or cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontologies.errors import TerminologyError
from ontologies.hierarchy import Hierarchy, cut_cycles, find_cycle
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind
from ontologies.starter.sources import Source, read_sources
from ontologies.terminologies import get_terminology, read_terminology


def concept(curie: str, *parents: str, name: str = "", xrefs: tuple[str, ...] = ()) -> Concept:
    return Concept(curie, name or f"name of {curie}", Kind.DRUG, parents=parents, xrefs=xrefs)


CLASSES = (
    concept("atc:J"),
    concept("atc:J01", "atc:J"),
    concept("atc:J01CA04", "atc:J01", name="amoxicillin"),
    concept("atc:J01FA01", "atc:J01", name="erythromycin"),
    concept("rxnorm:723", name="amoxicillin"),
    concept("rxnorm:1", "rxnorm:723", "rxnorm:gone", name="amoxicillin sodium"),
    concept("unii:2", "cas:723", name="amoxicillin ester"),
    concept("drugbank:DB1", xrefs=("rxnorm:723", "cas:723"), name="amoxi"),
    concept("atc:V"),
)


@pytest.fixture(scope="module")
def hierarchy() -> Hierarchy:
    return Lexicon.of(CLASSES).hierarchy


def test_ancestors_are_told_nearest_first_with_their_steps(hierarchy: Hierarchy) -> None:
    assert hierarchy.ancestors("rxnorm:1") == {"rxnorm:723": 1, "atc:J01": 2, "atc:J": 3}
    assert hierarchy.depth("rxnorm:1") == 3 and hierarchy.depth("atc:J") == 0


def test_every_vocabulary_of_a_concept_leads_to_its_parents(hierarchy: Hierarchy) -> None:
    assert hierarchy.parents("atc:J01CA04") == hierarchy.parents("drugbank:DB1") == ["atc:J01"]


def test_parent_known_only_as_a_cross_reference_is_the_concept_that_has_it(hierarchy: Hierarchy) -> None:
    assert hierarchy.parents("unii:2") == ["rxnorm:723"]


def test_descendants_are_told_nearest_first(hierarchy: Hierarchy) -> None:
    found = {"rxnorm:723": 1, "atc:J01FA01": 1, "rxnorm:1": 2, "unii:2": 2}
    assert hierarchy.descendants("atc:J01") == found
    assert set(hierarchy.children("atc:J01")) == {"rxnorm:723", "atc:J01FA01"}


def test_branch_holds_its_root_and_what_lies_below(hierarchy: Hierarchy) -> None:
    inside = [one.curie for one in CLASSES if hierarchy.in_branch(one.curie, "atc:J01")]
    assert set(inside) == {one.curie for one in CLASSES} - {"atc:J", "atc:V"}


def test_nearest_common_ancestor_may_be_one_of_the_two(hierarchy: Hierarchy) -> None:
    assert hierarchy.nearest_common("rxnorm:1", "atc:J01FA01") == ["atc:J01"]
    assert hierarchy.nearest_common("rxnorm:1", "atc:J01") == ["atc:J01"]
    assert hierarchy.nearest_common("atc:V", "rxnorm:1") == []


def test_unknown_concept_stands_alone(hierarchy: Hierarchy) -> None:
    assert hierarchy.ancestors("ndc:0-0") == {} == hierarchy.descendants("ndc:0-0")
    assert hierarchy.depth("ndc:0-0") == 0 and not hierarchy.in_branch("ndc:0-0", "atc:J")


def test_parent_that_is_nowhere_is_kept_and_leads_nowhere() -> None:
    lexicon = Lexicon.of(CLASSES)
    found = lexicon.concept("rxnorm:1")
    assert found is not None and "rxnorm:gone" in found.parents
    assert lexicon.hierarchy.parents("rxnorm:gone") == []


def test_vocabularies_that_contradict_each_other_end_all_the_same() -> None:
    one = (concept("mesh:1", name="a"), concept("mesh:2", "mesh:1", name="b"))
    two = (concept("DOID:1", "DOID:2", name="a"), concept("DOID:2", name="b"))
    hierarchy = Lexicon.of(one + two).hierarchy
    assert hierarchy.ancestors("mesh:1") == {"mesh:2": 1} and hierarchy.ancestors("mesh:2") == {"mesh:1": 1}
    assert hierarchy.depth("mesh:1") == 0


def test_retired_parent_is_its_replacement() -> None:
    old = Concept("HP:1", "old", Kind.FINDING, deprecated=True, replaced_by="HP:2")
    lexicon = Lexicon.of([old, concept("HP:2"), concept("HP:3", "HP:1")])
    assert lexicon.hierarchy.parents("HP:3") == ["HP:2"]


def test_cycle_is_told_by_its_shortest_way() -> None:
    long = [concept("x:1", "x:2"), concept("x:2", "x:3"), concept("x:3", "x:1", "x:4"), concept("x:4", "x:3")]
    assert find_cycle([*long, concept("x:5", "x:1"), concept("x:0")]) == ("x:3", "x:4", "x:3")
    assert find_cycle([concept("x:1", "x:1")]) == ("x:1", "x:1")
    assert find_cycle(CLASSES) == ()


def test_long_ring_is_told_too() -> None:
    ring = [concept(f"x:{n}", f"x:{(n + 1) % 500}") for n in range(500)]
    assert len(find_cycle(ring)) == 501


EDGES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=25)


@given(EDGES)
def test_cut_hierarchy_has_no_cycle_and_lost_only_what_closed_one(edges: list[tuple[int, int]]) -> None:
    concepts = [concept(f"x:{n}", *dict.fromkeys(f"x:{b}" for a, b in edges if a == n)) for n in range(9)]
    cut = list(cut_cycles(concepts))
    assert find_cycle(cut) == ()
    assert (cut == concepts) is (find_cycle(concepts) == ())
    for before, after in zip(concepts, cut, strict=True):
        for lost in set(before.parents) - set(after.parents):
            again = [concept(c.curie, *c.parents, *([lost] if c.curie == after.curie else [])) for c in cut]
            assert find_cycle(again) != ()


def test_terminology_with_a_cycle_is_refused_with_it(tmp_path: Path) -> None:
    rows = "local:a\ta\tdrug\tlocal:b\nlocal:b\tb\tdrug\tlocal:c\nlocal:c\tc\tdrug\tlocal:a\n"
    (tmp_path / "own.tsv").write_text(f"curie\tname\tkind\tparents\n{rows}", encoding="utf-8")
    with pytest.raises(TerminologyError, match="in a circle, local:a → local:b → local:c → local:a; take one"):
        read_terminology("table", tmp_path / "own.tsv")


@pytest.mark.parametrize(
    ("reader", "name", "file"),
    [
        ("obo", "doid", "doid-2016-09-01.obo.gz"),
        ("obo", "doid", "NCIthesaurus-2026-07-31.obo.gz"),
        ("obo", "symp", "symp.obo.gz"),
        ("hpo", "hpo", "hp.obo.gz"),
    ],
)
def test_real_hierarchies_have_no_cycle(reader: str, name: str, file: str, shared_data: Callable[[str], Path]) -> None:
    assert find_cycle(get_terminology(reader).read_concepts(shared_data(name) / file)) == ()


@pytest.mark.parametrize("source", read_sources(), ids=lambda source: source.name)
def test_hierarchies_of_the_starter_have_no_cycle(source: Source) -> None:
    assert find_cycle(get_terminology(source.reader).read_concepts(source.path)) == ()
