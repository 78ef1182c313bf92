"""Nothing that a source forbids is predicted as a use: looked up here by plain loops over all facts of a graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
from ontologies.model import Concept, Kind
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


@contextmanager
def modelled(folder: Path, rows: Iterable[tuple[Node, str, Node, Assertion]]) -> Iterator[Store]:
    """A graph that says this, with a model by chance."""
    store = connect(folder, mode="create")
    store.put(say(at, row) for at, row in enumerate(rows))
    make_any_model(folder)
    yield store
    store.close()


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Store]:
    with modelled(tmp_path / "graph", SAID) as store:
        yield store


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


BISOPROLOL, FUMARATE, TABLET, BOTH, THIAZIDE = (
    made(Kind.DRUG, name)
    for name in ("Bisoprolol", "bisoprolol fumarate", "Cordexa tablets", "Cordexa plus", "Thiazide")
)
SHOCK, CARDIOGENIC, GOUT = (made(Kind.DISEASE, name) for name in ("shock", "cardiogenic shock", "gout"))
#: A label that names the base and its salt, and one of two ingredients.
LABELS: tuple[tuple[Node, str, Node, Assertion], ...] = (
    (TABLET, "has_active_ingredient", BISOPROLOL, Assertion.PRESENT),
    (TABLET, "has_active_ingredient", FUMARATE, Assertion.PRESENT),
    (BOTH, "has_active_ingredient", BISOPROLOL, Assertion.PRESENT),
    (BOTH, "has_active_ingredient", THIAZIDE, Assertion.PRESENT),
    (TABLET, "contraindicated_in", ASTHMA, Assertion.PRESENT),
    (BISOPROLOL, "contraindicated_in", CARDIOGENIC, Assertion.PRESENT),
    (FUMARATE, "contraindicated_in", PAIN, Assertion.PRESENT),
    (BOTH, "contraindicated_in", GOUT, Assertion.PRESENT),
    (CARDIOGENIC, "subclass_of", SHOCK, Assertion.PRESENT),
)


@pytest.fixture
def labelled(tmp_path: Path) -> Iterator[Store]:
    with modelled(tmp_path / "graph", LABELS) as store:
        yield store


@pytest.mark.parametrize("drug", [TABLET, BISOPROLOL, FUMARATE])
def test_what_is_denied_of_a_product_or_salt_is_denied_of_its_only_ingredient(
    labelled: Store, tmp_path: Path, drug: Node
) -> None:
    """By the facts of the graph alone: no lexicon is asked."""
    allowed = {SHOCK.curie, GOUT.curie}
    assert predicted(labelled, tmp_path / "graph", drug, "indicated_for") == allowed


def test_what_is_denied_of_two_together_is_denied_of_neither_alone(labelled: Store, tmp_path: Path) -> None:
    assert GOUT.curie in predicted(labelled, tmp_path / "graph", THIAZIDE, "indicated_for")
    assert ASTHMA.curie in predicted(labelled, tmp_path / "graph", THIAZIDE, "indicated_for")
    assert predicted(labelled, tmp_path / "graph", BOTH, "indicated_for") == {SHOCK.curie}


def test_what_lies_above_a_denied_condition_carries_the_denial_as_a_caution(labelled: Store, tmp_path: Path) -> None:
    predictor = Predictor(labelled, Shelf(tmp_path / "graph").open())
    cautions = {one.object.curie: one.cautions for one in predictor.predict(FUMARATE, "indicated_for").found}
    assert cautions[GOUT.curie] == ()
    (caution,) = cautions[SHOCK.curie]
    assert (caution.subject.curie, caution.predicate) == (BISOPROLOL.curie, "contraindicated_in")
    assert caution.object.curie == CARDIOGENIC.curie
    adverse = predictor.predict(FUMARATE, "causes_adverse_event").found
    assert not any(one.cautions for one in adverse)


def test_a_salt_that_the_lexicon_knows_denies_for_its_ingredient(tmp_path: Path) -> None:
    names = {node.curie: node for node in (BISOPROLOL, FUMARATE)}
    lexicon = Lexicon.of(
        Concept(curie, node.name, Kind.DRUG, parents=(BISOPROLOL.curie,) if node is FUMARATE else ())
        for curie, node in names.items()
    )
    store = connect(tmp_path / "graph", mode="create")
    store.put(
        say(at, row)
        for at, row in enumerate(
            [
                (FUMARATE, "contraindicated_in", PAIN, Assertion.PRESENT),
                (BISOPROLOL, "indicated_for", ITCH, Assertion.PRESENT),
            ]
        )
    )
    make_any_model(tmp_path / "graph")
    assert predicted(store, tmp_path / "graph", BISOPROLOL, "indicated_for") == {PAIN.curie}
    assert predicted(store, tmp_path / "graph", BISOPROLOL, "indicated_for", lexicon) == set()
    store.close()


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
