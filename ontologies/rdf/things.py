"""What statements say of things: labels, synonyms, what is above, what is the same, what is no more.

Vocabularies: RDF Schema, SKOS, OWL 2, OBO in OWL (oboInOwl), the Information Artifact Ontology (IAO), Dublin Core.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ontologies.model import Scope, Synonym

RDF, RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
SKOS, OWL = "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/2002/07/owl#"
OBO, OIO = "http://purl.obolibrary.org/obo/", "http://www.geneontology.org/formats/oboInOwl#"
_TERMS, _DC = "http://purl.org/dc/terms/", "http://purl.org/dc/elements/1.1/"
_CONCEPTS = {f"{OWL}Class", f"{RDFS}Class", f"{SKOS}Concept"}
_WHOLES = {f"{OWL}Ontology", f"{SKOS}ConceptScheme"}
_LABELS = {f"{RDFS}label", f"{SKOS}prefLabel"}
_SYNONYMS = {
    f"{SKOS}altLabel": Scope.EXACT,
    f"{SKOS}hiddenLabel": Scope.RELATED,
    f"{OBO}IAO_0000118": Scope.EXACT,
    f"{OIO}hasExactSynonym": Scope.EXACT,
    f"{OIO}hasNarrowSynonym": Scope.NARROW,
    f"{OIO}hasBroadSynonym": Scope.BROAD,
    f"{OIO}hasRelatedSynonym": Scope.RELATED,
}
_ABOVE = {f"{RDFS}subClassOf", f"{SKOS}broader"}
_XREFS = {f"{OIO}hasDbXref", f"{SKOS}exactMatch", f"{OWL}equivalentClass"}
_LIKE = {f"{SKOS}{word}Match" for word in ("close", "broad", "narrow", "related")}
_HEIRS = {f"{OBO}IAO_0100001", f"{_TERMS}isReplacedBy"}
_NOTES = {
    f"{_DC}title": "title",
    f"{_TERMS}title": "title",
    f"{OWL}versionIRI": "address of the version",
    f"{OWL}versionInfo": "version",
    f"{_TERMS}license": "licence",
    f"{_DC}rights": "licence",
    f"{_TERMS}rights": "licence",
}


@dataclass(slots=True)
class Thing:
    """A thing with an address, and what is said of it; `labels` are texts with their languages."""

    labels: list[tuple[str, str]] = field(default_factory=list)
    synonyms: list[Synonym] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    xrefs: list[str] = field(default_factory=list)
    like: list[str] = field(default_factory=list)
    heir: str = ""
    gone: bool = False
    concept: bool = False
    whole: bool = False
    notes: dict[str, str] = field(default_factory=dict)


class Things(dict[str, Thing]):
    """Things by address, made as they are spoken of."""

    def __missing__(self, address: str) -> Thing:
        thing = self[address] = Thing()
        return thing

    def say(self, subject: str, predicate: str, value: str, *, literal: bool, language: str = "") -> None:
        """Keeps one statement, where it is one that counts; a blank node is no concept and stands for none."""
        if subject.startswith("_:") or (not literal and value.startswith("_:")):
            return
        tag = language.partition("-")[0]
        if predicate in _LABELS:
            self[subject].labels.append((value, tag))
        elif predicate in _SYNONYMS:
            self[subject].synonyms.append(Synonym(value, _SYNONYMS[predicate], tag or "en"))
        elif predicate in _ABOVE and not literal:
            self[subject].above.append(value)
        elif predicate == f"{SKOS}narrower":
            self[value].above.append(subject)
        elif predicate in _XREFS:
            self[subject].xrefs.append(value)
        elif predicate in _LIKE:
            self[subject].like.append(value)
        else:
            self._say_rest(subject, predicate, value)

    def concepts(self) -> Iterator[tuple[str, Thing]]:
        """The classes and SKOS concepts that have a label, or are no more."""
        return ((address, thing) for address, thing in self.items() if thing.concept and (thing.labels or thing.gone))

    def whole(self) -> tuple[str, Thing]:
        """The ontology or scheme itself and its address; empty where the file names none."""
        return next(((address, thing) for address, thing in self.items() if thing.whole), ("", Thing()))

    def _say_rest(self, subject: str, predicate: str, value: str) -> None:
        if predicate == f"{RDF}type":
            self[subject].concept |= value in _CONCEPTS
            self[subject].whole |= value in _WHOLES
        elif predicate == f"{OWL}deprecated":
            self[subject].gone = value.lower() in ("true", "1")
        elif predicate in _HEIRS:
            self[subject].heir = value
        elif predicate in _NOTES:
            self[subject].notes.setdefault(_NOTES[predicate], value)
