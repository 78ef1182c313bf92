"""MeSH as N-Triples (mesh.nt), read line by line. Classes and properties by NLM, MeSH RDF (hhs.github.io/meshrdf)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from ontologies.mesh.records import Record
from ontologies.model import Scope, Synonym
from ontologies.tables import File
from ontologies.triples import Triple, read_triples

_VOCABULARY = "http://id.nlm.nih.gov/mesh/vocab#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_DESCRIPTORS = {"TopicalDescriptor", "GeographicalDescriptor", "PublicationType", "CheckTag"}
_RELATIONS = {
    "narrowerConcept": Scope.NARROW,
    "broaderConcept": Scope.BROAD,
    "relatedConcept": Scope.RELATED,
}

_LISTED = {"concept", "treeNumber", "preferredTerm", "term", "registryNumber", "mappedTo", "preferredMappedTo"}

_SINGLE = ("prefLabel", "preferredConcept", "active")
_PREDICATES = {_TYPE, _LABEL, *(_VOCABULARY + word for word in (*_LISTED, *_RELATIONS, *_SINGLE))}


@dataclass(slots=True)
class _Graph:
    """What the triples say, by the last part of addresses."""

    sorts: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    preferred: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    lists: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    names: dict[str, list[Synonym]] = field(default_factory=dict)
    relations: dict[tuple[str, str], Scope] = field(default_factory=dict)

    def listed(self, word: str, of: str) -> list[str]:
        """The values of property `word`."""
        return self.lists[word].get(of, [])


def read_mesh_triples(path: File) -> Iterator[Record]:
    """The descriptors and supplementary concepts of the graph, once all of it is read."""
    graph = _Graph()
    for triple in read_triples(path, predicates=_PREDICATES):
        if triple.predicate.startswith(_VOCABULARY):
            _keep(graph, triple, triple.predicate.removeprefix(_VOCABULARY))
        elif triple.predicate == _TYPE:
            sort = _last(triple.object, "#")
            if sort in _DESCRIPTORS or sort.startswith("SCR_"):
                graph.sorts[_last(triple.subject)] = sort
        elif triple.predicate == _LABEL and triple.language in ("", "en"):
            own = _last(triple.subject)
            if own[:1] in "DC":
                graph.labels[own] = triple.object
    for own, sort in graph.sorts.items():
        yield _record(graph, own, "" if sort in _DESCRIPTORS else sort)


def _keep(graph: _Graph, triple: Triple, word: str) -> None:
    """Keeps what one property says of one thing."""
    own = _last(triple.subject)
    if word in _LISTED:
        graph.lists[word].setdefault(own, []).append(triple.object if triple.literal else _last(triple.object))
    elif word in _RELATIONS:
        graph.relations[own, _last(triple.object)] = _RELATIONS[word]
    elif word == "prefLabel":
        language = triple.language.partition("-")[0] or "en"
        graph.names.setdefault(own, []).append(Synonym(triple.object, language=language))
    elif word == "preferredConcept":
        graph.preferred[own] = _last(triple.object)
    elif word == "active" and triple.object == "false":
        graph.gone.add(own)


def _record(graph: _Graph, own: str, sort: str) -> Record:
    home = graph.preferred.get(own, "")
    record = Record(own, graph.labels.get(own, ""), sort=sort, gone=own in graph.gone)
    record.trees = graph.listed("treeNumber", own)
    record.registry = graph.listed("registryNumber", home)
    # A pair of descriptor and qualifier (D000001Q000002) counts as its descriptor.
    mapped = graph.listed("preferredMappedTo", own) + graph.listed("mappedTo", own)
    record.mapped = [heading.partition("Q")[0] for heading in mapped]
    for concept in dict.fromkeys([home, *graph.listed("concept", own)]):
        scope = Scope.EXACT if concept == home else graph.relations.get((home, concept), Scope.RELATED)
        for term in dict.fromkeys(graph.listed("preferredTerm", concept) + graph.listed("term", concept)):
            record.terms.extend(Synonym(name.text, scope, name.language) for name in graph.names.get(term, []))
    return record


def _last(address: str, mark: str = "/") -> str:
    return address.rpartition(mark)[2]
