"""Cliques over vocabularies: what is joined, what must not be, the proof of each conflict, and decisions laid over."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontologies.decided import lay_decisions
from ontologies.lexicon import Lexicon
from ontologies.mappings.cliques import Clash
from ontologies.mappings.conflicts import Conflict
from ontologies.mappings.find import Found, find_same
from ontologies.mappings.links import BY_HAND
from ontologies.mappings.rejoined import Rejoined
from ontologies.model import Concept, Decision, Kind, Scope, Synonym, Verdict
from ontologies.sssom import MappingRow
from ontologies.standing import Standing


def disease(curie: str, name: str, *xrefs: str, parents: tuple[str, ...] = (), kind: Kind = Kind.DISEASE) -> Concept:
    return Concept(curie, name, kind, xrefs=xrefs, parents=parents)


def row(subject: str, predicate: str, target: str, *, negated: bool = False, by: str = BY_HAND) -> MappingRow:
    return MappingRow(subject, "", f"skos:{predicate}", "Not" if negated else "", target, "", by)


def find(*concepts: Concept, rows: tuple[MappingRow, ...] = ()) -> Found:
    return find_same({concept.curie: concept for concept in concepts}, [("set", rows)])


def together(found: Found, *curies: str) -> bool:
    return len({found.speakers.get(curie, curie) for curie in curies}) == 1


def decide(subject: str, verdict: Verdict, target: str) -> Decision:
    return Decision("1", subject, None, verdict, target, "", "li", "2026-11-22T10:00:00+00:00")


def only(found: Found) -> Conflict:
    (conflict,) = found.conflicts
    return conflict


def test_two_ids_of_a_vocabulary_are_a_conflict_with_the_shortest_proof() -> None:
    found = find(
        disease("mesh:D1", "Asthma bronchiale"), disease("DOID:2", "wheeze", "mesh:D1"), disease("mesh:D9", "Wheeze")
    )
    assert together(found, "mesh:D1", "DOID:2") and not together(found, "mesh:D1", "mesh:D9")
    proof = "mesh:D1 —xref of DOID:2→ DOID:2 —same preferred name 'wheeze'→ mesh:D9: two ids of mesh"
    assert str(only(found)) == proof
    assert (only(found).clash, only(found).left_out) == (Clash.VOCABULARY, ("DOID:2", "mesh:D9"))


def test_of_two_claims_the_cross_reference_of_both_wins() -> None:
    found = find(
        disease("MONDO:1", "a", "mesh:D1"), disease("mesh:D1", "b", "MONDO:2"), disease("MONDO:2", "c", "mesh:D1")
    )
    assert together(found, "MONDO:2", "mesh:D1") and not together(found, "MONDO:1", "mesh:D1")


def test_namesake_gets_the_cross_reference_that_two_concepts_have() -> None:
    found = find(
        disease("HP:1", "gout", "mesh:D1"), disease("HP:2", "Podagra", "mesh:D1"), disease("mesh:D1", "Podagra")
    )
    assert together(found, "HP:2", "mesh:D1") and not together(found, "HP:1", "mesh:D1")


def test_drug_and_disease_are_never_one() -> None:
    found = find(disease("MONDO:1", "gold", "umls:C1"), disease("drugbank:DB1", "gold", "umls:C1", kind=Kind.DRUG))
    assert (only(found).clash, only(found).because) == (Clash.KIND, "drug and disease")
    assert not together(found, "MONDO:1", "drugbank:DB1")


def test_finding_of_one_vocabulary_is_the_disease_of_another() -> None:
    assert together(find(disease("HP:1", "Gout", kind=Kind.FINDING), disease("mesh:D1", "gout")), "HP:1", "mesh:D1")


def test_salt_is_not_its_base_whatever_is_said() -> None:
    base = Concept("drugbank:DB1", "base", Kind.DRUG, xrefs=("cas:1",))
    salt = Concept("unii:S", "salt", Kind.DRUG, xrefs=("cas:1",), parents=("drugbank:DB1",))
    found = find(base, salt)
    assert only(found).clash is Clash.HIERARCHY and "unii:S under drugbank:DB1" in str(only(found))


def test_circle_of_hierarchies_leaves_out_its_weakest_link() -> None:
    found = find(
        disease("MONDO:1", "one"),
        disease("MONDO:2", "two", parents=("MONDO:1",)),
        disease("DOID:1", "one", parents=("DOID:2",)),
        disease("DOID:2", "zwei", "MONDO:2"),
    )
    assert only(found).clash is Clash.CIRCLE and only(found).left_out == ("DOID:2", "MONDO:2")
    assert together(found, "MONDO:1", "DOID:1") and not together(found, "MONDO:2", "DOID:2")


def test_circle_of_namesakes_is_told_and_left() -> None:
    found = find(
        disease("MONDO:1", "one"),
        disease("MONDO:2", "two", parents=("MONDO:1",)),
        disease("DOID:1", "one", parents=("DOID:2",)),
        disease("DOID:2", "two"),
    )
    assert only(found).clash is Clash.CIRCLE and only(found).followed
    assert together(found, "MONDO:2", "DOID:2")


def test_negative_row_forbids_a_join_even_by_a_chain() -> None:
    concepts = disease("MONDO:1", "a", "umls:C1"), disease("DOID:1", "b", "umls:C1")
    assert together(find(*concepts), "MONDO:1", "DOID:1")
    found = find(*concepts, rows=(row("MONDO:1", "exactMatch", "DOID:1", negated=True),))
    assert not together(found, "MONDO:1", "DOID:1") and only(found).clash is Clash.DENIED


def test_row_made_by_hand_wins_over_a_denial_that_a_program_made_and_that_is_told() -> None:
    rows = (
        row("MONDO:1", "exactMatch", "DOID:1"),
        row("MONDO:1", "exactMatch", "DOID:1", negated=True, by="semapv:Other"),
    )
    found = find(disease("MONDO:1", "a"), disease("DOID:1", "b"), rows=rows)
    assert together(found, "MONDO:1", "DOID:1") and only(found).followed and only(found).clash is Clash.DENIED


def test_what_a_set_calls_broader_is_not_the_same() -> None:
    rows = (row("MONDO:1", "broadMatch", "DOID:1", by=""),)
    found = find(disease("MONDO:1", "a", "DOID:1"), disease("DOID:1", "b"), rows=rows)
    assert only(found).clash is Clash.HIERARCHY and not together(found, "MONDO:1", "DOID:1")


def test_mapping_to_a_retired_concept_is_told_with_its_heir() -> None:
    old = Concept("HP:1", "old", Kind.DISEASE, deprecated=True, replaced_by="HP:2")
    found = find(disease("MONDO:1", "a", "HP:1"), old, disease("HP:2", "new"))
    assert str(only(found)) == "MONDO:1 —xref→ HP:1: HP:1 is retired, replaced by HP:2"


def test_several_cross_references_to_one_vocabulary_join_one_at_most() -> None:
    found = find(disease("HP:1", "a", "umls:C1", "umls:C2"), disease("MONDO:1", "b", "umls:C2"))
    assert together(found, "MONDO:1", "umls:C2") and not together(found, "umls:C1", "umls:C2")
    assert Clash.XREFS in {conflict.clash for conflict in found.conflicts}


POOL = [f"{prefix}:{n}" for prefix in ("MONDO", "DOID", "mesh", "HP") for n in range(4)]
CONCEPTS = st.lists(
    st.builds(
        lambda curie, name, xrefs, kind, parent: Concept(
            curie, name, kind, xrefs=tuple(xrefs), parents=(parent,), synonyms=(Synonym("c", Scope.EXACT),)
        ),
        st.sampled_from(POOL),
        st.sampled_from(["a", "b", "c", "d e"]),
        st.lists(st.sampled_from([*POOL, "umls:1", "umls:2"]), max_size=3),
        st.sampled_from([Kind.DISEASE, Kind.FINDING, Kind.DRUG]),
        st.sampled_from(POOL),
    ),
    max_size=10,
    unique_by=lambda concept: concept.curie,
)


@given(CONCEPTS, st.randoms(use_true_random=False))
def test_order_of_input_has_no_say_and_no_clique_has_two_ids(concepts: list[Concept], dice: random.Random) -> None:
    found = find(*concepts)
    shuffled = list(concepts)
    dice.shuffle(shuffled)
    again = find(*shuffled)
    assert found.speakers == again.speakers
    assert [str(one) for one in found.conflicts] == [str(one) for one in again.conflicts]
    cliques: dict[str, list[str]] = {}
    for curie, speaker in found.speakers.items():
        cliques.setdefault(speaker, []).append(curie.partition(":")[0])
    assert all(len(set(prefixes)) == len(prefixes) for prefixes in cliques.values())


LINKED = (
    disease("MONDO:1", "a", "umls:C1"),
    disease("DOID:1", "b", "umls:C1"),
    disease("mesh:D1", "b"),
    disease("HP:1", "c", kind=Kind.FINDING),
    disease("HP:2", "other"),
)


def laid(*decisions: Decision, over: Lexicon) -> Lexicon:
    return lay_decisions(over, Standing({str(n): (one,) for n, one in enumerate(decisions)}, (), "stamp"))


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.of(LINKED)


def test_decision_splits_a_clique_and_undoing_it_brings_it_back(lexicon: Lexicon) -> None:
    assert lexicon.members("mesh:D1") == ("MONDO:1", "mesh:D1", "DOID:1", "umls:C1")
    split = laid(decide("MONDO:1", Verdict.NONE, "umls:C1"), over=lexicon)
    assert split.canonical("umls:C1") == split.canonical("DOID:1") == "mesh:D1"
    assert split.members("MONDO:1") == ("MONDO:1",)
    assert split.find("b")[0].curie == "mesh:D1" and lexicon.find("b")[0].curie == "MONDO:1"
    assert laid(over=lexicon).members("mesh:D1") == lexicon.members("mesh:D1")


def test_decision_joins_what_nothing_joined(lexicon: Lexicon) -> None:
    joined = laid(decide("HP:1", Verdict.EXACT, "mesh:D1"), over=lexicon)
    assert joined.canonical("HP:1") == "MONDO:1" and joined.find("c")[0].curie == "MONDO:1"
    assert "HP:1" in joined.members("umls:C1")


def test_decision_that_two_ids_of_a_vocabulary_are_one_is_followed_and_told(lexicon: Lexicon) -> None:
    rejoined = Rejoined(lexicon, lexicon.database, [decide("HP:1", Verdict.EXACT, "HP:2")])
    assert rejoined.canonical("HP:2") == "HP:1"
    (conflict,) = [one for one in rejoined.conflicts() if one.followed]
    assert str(conflict) == "HP:1 —decided by li, 2026-11-22→ HP:2: two ids of HP"


@given(CONCEPTS)
def test_without_a_decision_the_overlay_finds_the_cliques_that_were_compiled(concepts: list[Concept]) -> None:
    below = Lexicon.of(concepts)
    unheard = [decide(curie, Verdict.NONE, "local:nothing") for curie in POOL]
    rejoined = Rejoined(below, below.database, unheard)
    for curie in [*POOL, "umls:1", "umls:2"]:
        assert rejoined.canonical(curie) == below.canonical(curie)
        assert set(rejoined.members(curie)) == set(below.members(curie))
