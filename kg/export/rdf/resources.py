"""What a graph holds, as resources with properties: the same in every syntax."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from extractors.model import Qualifier
from kg.export.rdf.terms import (
    Address,
    Name,
    Object,
    Text,
    asleep_address,
    concept_address,
    document_address,
    evidence_address,
    fact_address,
    qualifier_name,
)
from kg.export.records import asleep_form
from kg.export.view import View
from kg.model import Asleep, Evidence, Fact, LoadedDocument, Node, Status
from kg.predicates import PREDICATES, Predicate
from kg.stores.neo4j.layout import kind_label
from kg.stores.written import write_origin, write_qualifiers

Property = tuple[Name | Address, Object]

_TYPE = Name("rdf:type")
_JSON = "rdf:JSON"


@dataclass(frozen=True, slots=True)
class Resource:
    """A thing with its properties; a fact also says a triple, which `stands` unless it is only denied."""

    address: Address | Name
    properties: list[Property]
    says: tuple[Address, Name, Address] | None = None
    stands: bool = True


def iter_resources(view: View, counts: dict[str, int]) -> Iterator[Resource]:
    """The predicates, then nodes, facts, evidence, documents and rows that sleep; `counts` learns their numbers."""
    yield from map(_predicate, PREDICATES.values())
    licences = view.licences
    parts: dict[str, Iterable[Resource]] = {
        "nodes": map(_node, view.iter_nodes()),
        "facts": map(_fact, view.iter_facts()),
        "evidence": map(_evidence, view.iter_evidence()),
        "documents": (_document(one, licences.of_document(one.id, one.source)) for one in view.iter_documents()),
        "asleep": map(_asleep, view.iter_asleep()),
    }
    for name, resources in parts.items():
        counts[name] = 0
        for resource in resources:
            counts[name] += 1
            yield resource


def _predicate(predicate: Predicate) -> Resource:
    properties: list[Property] = [
        (_TYPE, Name("medkg:Predicate")),
        (Name("rdfs:label"), Text(predicate.label, "en")),
        (Name("rdfs:label"), Text(predicate.label_zh, "zh")),
    ]
    if predicate.biolink:
        properties.append((Name("medkg:biolink"), predicate.biolink))
    if predicate.negative_of:
        properties.append((Name("medkg:negativeOf"), Name(f"medkg:{predicate.negative_of}")))
    return Resource(Name(f"medkg:{predicate.name}"), properties)


def _node(node: Node) -> Resource:
    properties: list[Property] = [
        (_TYPE, Name("medkg:Concept")),
        (_TYPE, Name(f"medkg:{kind_label(node.kind)}")),
        (Name("medkg:curie"), node.curie),
        (Name("medkg:kind"), node.kind.value),
        (Name("medkg:aligned"), node.aligned),
        (Name("rdfs:label"), node.name),
    ]
    if node.name_zh:
        properties.append((Name("medkg:nameZh"), Text(node.name_zh, "zh")))
    properties += [(Name("skos:altLabel"), synonym) for synonym in node.synonyms]
    if len(node.synonyms) > 1:
        # Triples have no order, and synonyms have one.
        properties.append((Name("medkg:synonyms"), _json_list(node.synonyms)))
    return Resource(concept_address(node.curie), properties)


def _fact(fact: Fact) -> Resource:
    properties: list[Property] = [
        (_TYPE, Name("medkg:Fact")),
        (Name("medkg:confidence"), fact.confidence),
        (Name("medkg:status"), fact.status.value),
        (Name("medkg:documents"), fact.documents),
        (Name("medkg:evidenceCount"), fact.evidence_count),
        *((Name("medkg:country"), country) for country in fact.countries),
        *_qualifiers(fact.qualifiers),
    ]
    says = concept_address(fact.subject.curie), Name(f"medkg:{fact.predicate}"), concept_address(fact.object.curie)
    return Resource(fact_address(fact.id), properties, says, fact.status is not Status.NEGATIVE)


def _evidence(row: Evidence) -> Resource:
    properties: list[Property] = [
        (_TYPE, Name("medkg:Evidence")),
        (Name("medkg:fact"), fact_address(row.fact_id)),
        (Name("medkg:document"), document_address(row.document)),
        (Name("medkg:version"), row.version),
        (Name("medkg:section"), row.section),
        (Name("medkg:sectionTitle"), row.section_title),
        (Name("medkg:start"), row.start),
        (Name("medkg:end"), row.end),
        (Name("medkg:quote"), row.quote),
        (Name("medkg:extractor"), row.extractor),
        (Name("medkg:score"), row.score),
        (Name("medkg:assertion"), row.assertion.value),
        (Name("medkg:restricted"), row.restricted),
        *_qualifiers(row.qualifiers),
        *_names(row),
    ]
    if row.said_score is not None:
        properties.append((Name("medkg:saidScore"), row.said_score))
    return Resource(evidence_address(row.id), properties)


def _asleep(asleep: Asleep) -> Resource:
    """A row that says nothing while it sleeps, so that it is kept whole and asked for by nobody: one text."""
    properties: list[Property] = [
        (_TYPE, Name("medkg:SleepingRow")),
        (Name("medkg:document"), document_address(asleep.row.document)),
        (Name("medkg:record"), Text(orjson.dumps(asleep_form(asleep)).decode(), type=_JSON)),
    ]
    return Resource(asleep_address(asleep.row.id), properties)


def _names(row: Evidence) -> Iterator[Property]:
    for side, name, origin in (
        ("subject", row.subject_name, row.subject_origin),
        ("object", row.object_name, row.object_origin),
    ):
        if name:
            yield Name(f"medkg:{side}Name"), name
        if origin is not None:
            yield Name(f"medkg:{side}Origin"), Text(write_origin(origin), type=_JSON)


def _document(document: LoadedDocument, licence: str) -> Resource:
    properties: list[Property] = [
        (_TYPE, Name("medkg:Document")),
        (Name("dcterms:identifier"), document.id),
        (Name("dcterms:title"), document.title),
        (Name("medkg:version"), document.version),
        (Name("medkg:effective"), document.effective),
        (Name("medkg:type"), document.type),
        (Name("medkg:source"), document.source),
        (Name("dcterms:language"), document.language),
        (Name("medkg:country"), document.country),
        (Name("medkg:contentHash"), document.content_hash),
        (Name("medkg:stamp"), document.stamp),
        (Name("medkg:loaded"), document.loaded),
        (Name("medkg:restricted"), document.restricted),
        (Name("dcterms:license"), licence),
    ]
    return Resource(document_address(document.id), properties)


def _qualifiers(qualifiers: tuple[Qualifier, ...]) -> Iterator[Property]:
    """Each qualifier as a property, and all in their order as JSON."""
    for name, value in dict.fromkeys(qualifiers):
        yield qualifier_name(name), value
    if qualifiers:
        yield Name("medkg:qualifiers"), Text(write_qualifiers(qualifiers), type=_JSON)


def _json_list(values: tuple[str, ...]) -> Text:
    return Text(orjson.dumps(values).decode(), type=_JSON)
