"""MeSH as XML (desc2026.xml, supp2026.xml), read element by element. Elements by NLM, MeSH XML data elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ontologies.errors import TerminologyError
from ontologies.mesh.records import Record
from ontologies.model import Scope, Synonym
from ontologies.tables import File, open_text

if TYPE_CHECKING:
    from lxml.etree import _Element

_SETS = {"DescriptorRecordSet": "DescriptorRecord", "SupplementalRecordSet": "SupplementalRecord"}
_FIRST = {"DescriptorRecord": "Descriptor", "SupplementalRecord": "SupplementalRecord"}
"""What the names of its elements begin with."""
_SCOPES = {"NRW": Scope.NARROW, "BRD": Scope.BROAD, "REL": Scope.RELATED}
_TURNED = {"NRW": Scope.BROAD, "BRD": Scope.NARROW, "REL": Scope.RELATED}


def read_xml(path: File) -> Iterator[Record]:
    """The descriptors or supplementary concepts of a file, streamed; raises TerminologyError where it is cut off."""
    from lxml import etree

    with open_text(path) as text:
        found = etree.iterparse(
            text.buffer,  # type: ignore[attr-defined]
            tag=[*_SETS.values(), *_SETS],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=True,
        )
        try:
            for _, element in found:
                if element.tag in _SETS:
                    return
                yield _record(path, element)
                _let_go(element)
        except etree.XMLSyntaxError as error:
            raise TerminologyError(f"{path} is no whole XML file: {error}; fetch it again") from error
    raise TerminologyError(f"{path} is no <{'> nor <'.join(_SETS)}>; give descYYYY.xml or suppYYYY.xml of NLM")


def _record(path: File, element: _Element) -> Record:
    sort = _FIRST[element.tag]
    own = element.findtext(f"{sort}UI") or ""
    if not own:
        raise TerminologyError(f"{path}: a <{element.tag}> without {sort}UI; fetch it again")
    record = Record(own.strip(), " ".join((element.findtext(f"{sort}Name/String") or "").split()))
    record.sort = element.get("SCRClass", "1") if sort == "SupplementalRecord" else ""
    record.trees = [tree.text.strip() for tree in element.iterfind("TreeNumberList/TreeNumber") if tree.text]
    for mapped in element.iterfind("HeadingMappedToList/HeadingMappedTo/DescriptorReferredTo/DescriptorUI"):
        record.mapped.append((mapped.text or "").strip().lstrip("*"))
    preferred = next(element.iterfind("ConceptList/Concept[@PreferredConceptYN='Y']"), None)
    home = preferred.findtext("ConceptUI") if preferred is not None else None
    for concept in element.iterfind("ConceptList/Concept"):
        record.terms.extend(_terms(concept, _scope(concept, home or "")))
    if preferred is not None:
        record.registry = [number.text or "" for number in preferred.iter("RegistryNumber")]
    return record


def _terms(concept: _Element, scope: Scope) -> Iterator[Synonym]:
    """The terms of a concept, but for those that are another with its words in another order."""
    for term in concept.iterfind("TermList/Term"):
        text = " ".join((term.findtext("String") or "").split())
        if text and term.get("IsPermutedTermYN") != "Y":
            yield Synonym(text, scope)


def _scope(concept: _Element, home: str) -> Scope:
    """What a concept of a record is to the preferred one, as the relations of the two say."""
    own = concept.findtext("ConceptUI")
    for relation in concept.iterfind("ConceptRelationList/ConceptRelation"):
        first, second = relation.findtext("Concept1UI"), relation.findtext("Concept2UI")
        word = relation.get("RelationName", "REL")
        if (first, second) == (home, own):
            return _SCOPES.get(word, Scope.RELATED)
        if (first, second) == (own, home):
            return _TURNED.get(word, Scope.RELATED)
    return Scope.EXACT if own == home else Scope.RELATED


def _let_go(element: _Element) -> None:
    """Frees an element that was read and those before it."""
    element.clear()
    above = element.getparent()
    while above is not None and element.getprevious() is not None:
        del above[0]
