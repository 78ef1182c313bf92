"""RDF in every syntax: read back by other programs it says the same, its shapes hold, and no denial is a fact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, Dataset, Graph, Literal, Namespace, URIRef

from extractors.model import Assertion
from kg.export import write_graph
from kg.export.rdf import SHAPES
from kg.export.rdf.terms import PREFIXES, concept_address, document_address
from kg.export.records import TABLES
from kg.export.selection import Selection
from kg.model import Node, Status
from kg.stores.sqlite import SqliteStore, open_store
from odd_names import HOSTILE, make_odd_desk
from ontologies.model import Kind

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")

MEDKG = Namespace(PREFIXES["medkg"])
SYNTAXES = {"turtle": "graph.ttl", "trig": "graph.trig", "nquads": "graph.nq"}


@pytest.fixture(params=SYNTAXES)
def exported(request: pytest.FixtureRequest, small_store: SqliteStore, tmp_path: Path) -> Path:
    write_graph(request.param, small_store, tmp_path / "out")
    return tmp_path / "out" / SYNTAXES[request.param]


def _read(path: Path) -> Graph:
    """All that a file says of resources, and no plain triple of a fact."""
    if path.suffix == ".ttl":
        return Graph().parse(path)
    whole = Dataset()
    whole.parse(path)
    graph: Graph = whole.default_graph
    return graph


def _stated(path: Path) -> set[tuple[str, str, str]]:
    """The plain triples of facts, with the fact whose graph they stand in where there are graphs."""
    graph = Dataset(default_union=True) if path.suffix != ".ttl" else Graph()
    graph.parse(path)
    predicates = set(graph.subjects(RDF.type, MEDKG.Predicate))
    return {(str(s), str(p), str(o)) for s, p, o in graph.triples((None, None, None)) if p in predicates}


@pytest.mark.parametrize("prefix", ["mesh:", "local:drug/", "unheard-of:"])
def test_two_concepts_never_share_an_address(prefix: str) -> None:
    names = ("a b", "a%20b", "a_b", "5% glucose")
    assert len({concept_address(f"{prefix}{name}").iri for name in names}) == len(names)
    assert concept_address("https://example.org/a%20b").iri == "https://example.org/a%20b"


def test_every_syntax_says_the_same(small_store: SqliteStore, tmp_path: Path) -> None:
    graphs = []
    for name, file in SYNTAXES.items():
        write_graph(name, small_store, tmp_path / name)
        graph = _read(tmp_path / name / file)
        predicates = set(graph.subjects(RDF.type, MEDKG.Predicate))
        graphs.append({triple for triple in graph if triple[1] not in predicates})
    assert graphs[0] == graphs[1] == graphs[2]


def test_resources_hold_every_field(exported: Path, small_store: SqliteStore) -> None:
    graph = _read(exported)
    with small_store.snapshot():
        for row in small_store.iter_evidence():
            at = URIRef(f"https://medkg.invalid/evidence/{row.id}")
            said: dict[str, Any] = {str(p).rpartition("#")[2]: o for p, o in graph.predicate_objects(at)}
            assert said["fact"] == URIRef(f"https://medkg.invalid/fact/{row.fact_id}")
            assert said["document"] == URIRef(document_address(row.document).iri)
            assert (str(said["quote"]), said["start"].toPython(), said["end"].toPython()) == (
                row.quote, row.start, row.end,
            )  # fmt: skip
            assert said["score"].toPython() == row.score
            assert str(said["assertion"]) == row.assertion.value
            assert _json(said.get("qualifiers")) == [list(q) for q in row.qualifiers]
        for node in small_store.iter_nodes():
            at = URIRef(concept_address(node.curie).iri)
            assert graph.value(at, MEDKG.curie) == Literal(node.curie)
            names = {str(name) for name in graph.objects(at, URIRef(f"{PREFIXES['skos']}altLabel"))}
            assert names == set(node.synonyms)


def _json(literal: Any) -> Any:
    return json.loads(str(literal)) if literal is not None else []


def test_what_is_denied_is_no_plain_triple(exported: Path, small_store: SqliteStore) -> None:
    facts = list(small_store.iter_facts())
    standing = [fact for fact in facts if fact.status is not Status.NEGATIVE]
    expected = {(_iri(fact.subject), f"{MEDKG}{fact.predicate}", _iri(fact.object)) for fact in standing}
    assert _stated(exported) == expected
    assert len(standing) < len(facts)


def _iri(node: Node) -> str:
    return concept_address(node.curie).iri


def test_a_plain_triple_stands_in_the_graph_of_its_fact(small_store: SqliteStore, tmp_path: Path) -> None:
    for name in ("trig", "nquads"):
        write_graph(name, small_store, tmp_path / name)
        whole = Dataset()
        whole.parse(tmp_path / name / SYNTAXES[name])
        for fact in small_store.iter_facts():
            graph = whole.graph(URIRef(f"https://medkg.invalid/fact/{fact.id}"))
            assert len(graph) == (0 if fact.status is Status.NEGATIVE else 1)


def test_rdf_1_2_reifies_triple_terms(small_store: SqliteStore, tmp_path: Path) -> None:
    oxigraph = pytest.importorskip("pyoxigraph", reason="needs pyoxigraph: pip install 'medkg[dev]'")
    write_graph("turtle-star", small_store, tmp_path / "out")
    quads = list(oxigraph.parse(path=tmp_path / "out" / "graph.ttl", format=oxigraph.RdfFormat.TURTLE))
    terms = {quad.subject.value: quad.object for quad in quads if quad.predicate.value.endswith("#reifies")}
    for fact in small_store.iter_facts():
        term = terms[f"https://medkg.invalid/fact/{fact.id}"]
        assert term.predicate.value == f"{MEDKG}{fact.predicate}"
        assert term.subject.value == concept_address(fact.subject.curie).iri
        stands = any(quad.triple == term for quad in quads)
        assert stands == (fact.status is not Status.NEGATIVE)


def test_the_shapes_hold_and_see_what_is_missing(exported: Path) -> None:
    pyshacl = pytest.importorskip("pyshacl", reason="needs pyshacl: pip install 'medkg[dev]'")
    graph = _read(exported)
    shapes = exported.with_name(SHAPES)
    conforms, _, report = pyshacl.validate(graph, shacl_graph=str(shapes), advanced=False)
    assert conforms, report
    fact = next(graph.subjects(RDF.type, MEDKG.Fact))
    evidence = next(graph.subjects(RDF.type, MEDKG.Evidence))
    graph.set((fact, MEDKG.status, Literal("certain")))
    graph.remove((evidence, MEDKG.quote, None))
    conforms, _, report = pyshacl.validate(graph, shacl_graph=str(shapes), advanced=False)
    assert not conforms
    assert "Results (2)" in report


def test_the_shapes_name_all_words_that_there_are() -> None:
    shapes = (Path(__file__).parents[2] / "kg" / "export" / "rdf" / SHAPES).read_text(encoding="utf-8")
    for words in (Kind, Status, Assertion):
        written = " ".join(f'"{word.value}"' for word in words)
        assert written in " ".join(shapes.split())


@pytest.mark.parametrize("name", SYNTAXES)
def test_hostile_names_are_read_back_as_they_are(name: str, tmp_path: Path) -> None:
    desk = make_odd_desk(tmp_path)
    with open_store(str(desk.graph)) as store:
        write_graph(name, store, tmp_path / "out")
    graph = _read(tmp_path / "out" / SYNTAXES[name])
    assert HOSTILE in {str(value) for value in graph.objects(None, MEDKG.quote)}
    assert HOSTILE in {str(value) for value in graph.objects(None, MEDKG.objectName)}


def test_a_part_of_a_graph_is_whole_in_itself(small_store: SqliteStore, tmp_path: Path) -> None:
    counts = write_graph("nquads", small_store, tmp_path / "out", selection=Selection(countries=("CN",)))
    graph = _read(tmp_path / "out" / "graph.nq")
    assert counts.keys() == TABLES.keys()
    assert {len(set(_of(graph, kind))) == counts[table] for kind, table in KINDS.items()} == {True}
    assert set(graph.objects(None, MEDKG.fact)) == set(_of(graph, "Fact"))


KINDS = {"Concept": "nodes", "Fact": "facts", "Evidence": "evidence", "Document": "documents", "SleepingRow": "asleep"}


def _of(graph: Graph, kind: str) -> Iterator[Any]:
    return graph.subjects(RDF.type, MEDKG[kind])
