"""Nothing that a source forbids is predicted as a use: looked up here by plain loops over all facts of a graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.model import Assertion
from kg.embed.predicting import Predictor
from kg.embed.shelf import Shelf
from kg.model import Contribution, Fact, Node, Status
from kg.predicates import PREDICATES, USES, find_opposing
from kg.roles import GraphReader, Store
from kg.stores import connect
from kg_command import ROOT, KgHere
from ontologies.lexicon import Lexicon
from ontologies.model import Kind
from ontologies.registry import open_lexicon
from small_model import make_any_model
from tests.graphs import said


def made(kind: Kind, name: str) -> Node:
    return Node(f"local:{kind.value}/{name}", name, kind)


DRUG, OTHER, SALT = (made(Kind.DRUG, name) for name in ("one", "other", "salt"))
CLASS = made(Kind.DRUG_CLASS, "class")
LIVER, CIRRHOSIS, BILIARY, HEPATIC, ASTHMA, PAIN, ITCH, RASH = (
    made(Kind.DISEASE, name)
    for name in ("liver disease", "cirrhosis", "biliary cirrhosis", "hepatopathy", "asthma", "pain", "itch", "rash")
)
#: Who says what; what is only denied has its assertion.
SAID: tuple[tuple[Node, str, Node, Assertion], ...] = (
    (DRUG, "contraindicated_in", LIVER, Assertion.PRESENT),
    (DRUG, "not_indicated_for", RASH, Assertion.PRESENT),
    (DRUG, "indicated_for", ITCH, Assertion.NEGATED),
    (DRUG, "contraindicated_in", PAIN, Assertion.NEGATED),
    (CLASS, "contraindicated_in", ASTHMA, Assertion.PRESENT),
    (DRUG, "has_pharmacologic_class", CLASS, Assertion.PRESENT),
    (SALT, "has_active_ingredient", DRUG, Assertion.PRESENT),
    (CIRRHOSIS, "subclass_of", LIVER, Assertion.PRESENT),
    (BILIARY, "subclass_of", CIRRHOSIS, Assertion.PRESENT),
    (HEPATIC, "same_as", LIVER, Assertion.PRESENT),
    (OTHER, "indicated_for", ASTHMA, Assertion.PRESENT),
)


def say(at: int, row: tuple[Node, str, Node, Assertion]) -> Contribution:
    subject, predicate, object_, assertion = row
    one = said(f"made:{at}", subject, predicate, object_, assertion=assertion)
    return replace(one, nodes=(subject, object_))


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Store]:
    folder = tmp_path / "graph"
    store = connect(folder, mode="create")
    store.put(say(at, row) for at, row in enumerate(SAID))
    make_any_model(folder)
    yield store
    store.close()


def predicted(store: GraphReader, folder: Path, drug: Node, use: str, lexicon: Lexicon | None = None) -> set[str]:
    found = Predictor(store, Shelf(folder).open(), lexicon=lexicon).predict(drug, use, first=100_000).found
    return {one.object.curie for one in found}


@pytest.mark.parametrize("use", USES)
def test_what_is_forbidden_and_all_below_it_is_no_use(planted: Store, tmp_path: Path, use: str) -> None:
    for drug in (DRUG, SALT):
        assert predicted(planted, tmp_path / "graph", drug, use) == {PAIN.curie}
    allowed = {one.curie for one in (LIVER, CIRRHOSIS, BILIARY, HEPATIC, PAIN, ITCH, RASH)}
    assert predicted(planted, tmp_path / "graph", OTHER, use) - {ASTHMA.curie} == allowed


def test_a_warning_is_still_predicted_below_what_a_drug_is_not_for(planted: Store, tmp_path: Path) -> None:
    """Only uses are closed: a contraindication that nobody wrote down is worth being asked."""
    assert CIRRHOSIS.curie in predicted(planted, tmp_path / "graph", DRUG, "contraindicated_in")


def forbidden_by(facts: list[Fact], lexicon: Lexicon, drug: Node) -> set[str]:
    """The conditions that any source forbids the drug in, without what follows from that."""
    deniers = set(find_opposing("indicated_for"))
    assert deniers == {"contraindicated_in", "not_indicated_for"}
    spoken = lexicon.canonical(drug.curie)
    return {
        lexicon.canonical(fact.object.curie)
        for fact in facts
        if fact.predicate in deniers
        and fact.status is not Status.NEGATIVE
        and lexicon.canonical(fact.subject.curie) == spoken
    }


def test_nothing_in_the_demo_graph_is_predicted_against_a_label(kg_home: Path, tmp_path: Path) -> None:
    kg = KgHere(kg_home, tmp_path)
    labels = ROOT / "kg" / "samples"
    kg("build", *(labels / f"{drug}-tablets.xml" for drug in ("metformin", "atorvastatin", "warfarin")))
    make_any_model(kg.graph)
    store, lexicon = connect(kg.graph), open_lexicon(home=kg_home)
    facts = list(store.iter_facts())
    drugs = [node for node in store.iter_nodes() if node.kind in PREDICATES["indicated_for"].domain]
    asked = 0
    for drug in drugs:
        denied = forbidden_by(facts, lexicon, drug)
        for use in USES:
            found = predicted(store, kg.graph, drug, use, lexicon)
            for curie in found:
                covered = {lexicon.canonical(curie), *lexicon.hierarchy.ancestors(curie)}
                assert denied.isdisjoint(covered), f"{drug.name} {use} {curie}"
            asked += len(found)
    assert asked and any(forbidden_by(facts, lexicon, drug) for drug in drugs)
    store.close()
