"""OWL and SKOS say the same in every form of RDF."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from rdflib import Graph

from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Scope, Synonym
from ontologies.terminologies import get_terminology, read_terminology

SCHEME = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <https://example.org/own/> .
ex: a skos:ConceptScheme ; <http://purl.org/dc/terms/title> "Own scheme" .
ex:a a skos:Concept ; skos:prefLabel "fruit"@en, "水果"@zh ; skos:altLabel "fruits"@en ; skos:narrower ex:b .
ex:b a skos:Concept ; skos:prefLabel "苹果"@zh ; skos:hiddenLabel "平果"@zh .
ex:c a skos:Concept ; skos:prefLabel "pear"@en ; skos:broader ex:a .
"""
OBO_GRAPH = """
{"graphs": [{"id": "http://purl.obolibrary.org/obo/sample.owl",
  "meta": {"version": "http://purl.obolibrary.org/obo/sample/2099-01-02/sample.owl"},
  "nodes": [
    {"id": "http://purl.obolibrary.org/obo/HP_9000001", "lbl": "sample sign", "type": "CLASS",
     "meta": {"synonyms": [{"pred": "hasBroadSynonym", "val": "sign"}], "xrefs": [{"val": "UMLS:C9000001"}]}},
    {"id": "http://purl.obolibrary.org/obo/HP_9000002", "lbl": "old sign", "type": "CLASS",
     "meta": {"deprecated": true, "basicPropertyValues": [
       {"pred": "http://purl.obolibrary.org/obo/IAO_0100001", "val": "HP:9000001"}]}},
    {"id": "http://purl.obolibrary.org/obo/HP_9000003", "lbl": "fine sign", "type": "CLASS"},
    {"id": "http://purl.obolibrary.org/obo/RO_1", "lbl": "has", "type": "PROPERTY"}],
  "edges": [{"sub": "http://purl.obolibrary.org/obo/HP_9000003", "pred": "is_a",
             "obj": "http://purl.obolibrary.org/obo/HP_9000001"}]}]}
"""


@pytest.fixture
def sample(samples: Path) -> Path:
    return samples / "terminologies" / "owl.ttl"


def read(path: Path) -> dict[str, Concept]:
    return {concept.curie: concept for concept in read_terminology("owl", path)[1]}


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_class_has_labels_synonyms_parents_and_xrefs(sample: Path) -> None:
    concepts = read(sample)
    assert concepts["MONDO:9000001"].name_in("zh") == "样品病"
    acute = concepts["MONDO:9000002"]
    assert (acute.kind, acute.parents) == (Kind.DISEASE, ("MONDO:9000001",))
    assert acute.xrefs == ("DOID:9000002", "mesh:D900002", "umls:C9000001")
    assert {(s.text, s.scope) for s in acute.synonyms} == {
        ("sampleosis, acute", Scope.EXACT),
        ("juvenile sampleosis", Scope.NARROW),
        ("sampling", Scope.RELATED),
    }


def test_deprecated_class_knows_its_replacement_and_properties_are_no_concepts(sample: Path) -> None:
    concepts = read(sample)
    assert (concepts["MONDO:9000003"].deprecated, concepts["MONDO:9000003"].replaced_by) == (True, "MONDO:9000001")
    assert set(concepts) == {"MONDO:9000001", "MONDO:9000002", "MONDO:9000003", "local:Thing1"}


def test_ontology_says_its_title_version_and_licence(sample: Path) -> None:
    info = get_terminology("owl").read_info(sample)
    assert (info.name, info.prefix, info.title, info.version) == ("sample", "MONDO", "Sample ontology", "2099-01-02")
    assert "publicdomain" in info.licence


@pytest.mark.parametrize("form", ["xml", "nt", "json-ld", "turtle"])
def test_every_form_says_the_same(form: str, sample: Path, tmp_path: Path) -> None:
    other = tmp_path / "sample.rdf"
    Graph().parse(sample, format="turtle").serialize(other, format=form)
    assert read(other) == read(sample)
    (tmp_path / "sample.rdf.gz").write_bytes(gzip.compress(other.read_bytes()))
    assert read(tmp_path / "sample.rdf.gz") == read(sample)


def test_scheme_of_skos_is_read(tmp_path: Path) -> None:
    concepts = read(write(tmp_path / "own.ttl", SCHEME))
    assert concepts["local:a"].synonyms == (Synonym("水果", language="zh"), Synonym("fruits"))
    assert concepts["local:b"].parents == ("local:a",) == concepts["local:c"].parents
    assert (concepts["local:b"].name, concepts["local:b"].language) == ("苹果", "zh")
    assert concepts["local:b"].synonyms == (Synonym("平果", Scope.RELATED, "zh"),)


def test_file_beside_says_kind_and_prefix(tmp_path: Path) -> None:
    write(tmp_path / "own.toml", 'prefix = "medkg"\nkind = "food"\nlicence = "CC0 1.0"\n')
    path = write(tmp_path / "own.ttl", SCHEME)
    assert read(path)["medkg:a"].kind is Kind.FOOD
    assert get_terminology("owl").read_info(path).licence == "CC0 1.0"


def test_order_of_statements_changes_nothing(sample: Path, tmp_path: Path) -> None:
    head, _, body = sample.read_text("utf-8").partition("\n\n")
    turned = write(tmp_path / "turned.ttl", "\n\n".join([head, *reversed(body.split("\n\n"))]))
    assert list(read(turned)) == list(read(sample))
    assert get_terminology("owl").read_info(turned).title == get_terminology("owl").read_info(sample).title


def test_obo_graph_is_read(tmp_path: Path) -> None:
    concepts = read(write(tmp_path / "sample.json", OBO_GRAPH))
    assert concepts["HP:9000001"].synonyms == (Synonym("sign", Scope.BROAD),)
    assert concepts["HP:9000001"].xrefs == ("umls:C9000001",)
    assert concepts["HP:9000003"].parents == ("HP:9000001",)
    assert concepts["HP:9000002"].replaced_by == "HP:9000001" and concepts["HP:9000002"].deprecated
    assert get_terminology("owl").read_info(tmp_path / "sample.json").version == "2099-01-02"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">', "no whole RDF file"),
        ("@prefix x: <http://x/> . x:a x:b", "no whole RDF file"),
        ('{"graphs": [', "no whole JSON file"),
        ('{"graphs": [{"nodes": [{"lbl": "x"}]}]}', "no OBO graph"),
        ('{"@context": "https://example.org/c.jsonld", "@id": "x"}', r"refers to https://example\.org/c\.jsonld"),
        ("Prefix(:=<http://x/>)\nOntology(<http://x/>)", "save it as RDF/XML or Turtle"),
        ('<?xml version="1.0"?><Ontology xmlns="http://www.w3.org/2002/07/owl#"/>', "save it as RDF/XML or Turtle"),
    ],
)
def test_what_is_wrong_is_told(text: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(TerminologyError, match=wrong):
        read(write(tmp_path / "broken.owl", text))


def test_external_entities_are_not_read(tmp_path: Path) -> None:
    write(tmp_path / "secret", "secret")
    start = f'<!DOCTYPE rdf [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"'
    thing = '<rdfs:Class rdf:about="http://x/a"><rdfs:label>n&x;</rdfs:label></rdfs:Class>'
    path = write(tmp_path / "bomb.owl", f'<?xml version="1.0"?>{start}<rdf:RDF {rdf}>{thing}</rdf:RDF>')
    assert [concept.name for concept in read(path).values()] == ["n"]
