"""Reading RDF by what a file holds: RDF/XML, Turtle, N-Triples, JSON-LD, and OBO graphs.

OBO graphs are those of github.com/geneontology/obographs. N-Triples are read line by line; the others are held as a
graph in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from ontologies.errors import TerminologyError
from ontologies.rdf.things import OBO, OIO, OWL, RDF, RDFS, Things
from ontologies.tables import open_text
from ontologies.triples import read_triples

_TRIPLE = re.compile(r"(?:\s*#[^\n]*\n)*\s*(?:<[^>\s]+>|_:\S+)\s+<[^>\s]+>\s+(?:<[^>\s]*>|_:\S+|\".*)\s*\.\s*(?:\n|$)")
_BROKEN = (SyntaxError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
"""What rdflib's parsers raise on broken files, beside errors of their own."""
_OTHER_OWL = re.compile(r"<Ontology\b|Prefix\(|Ontology\(|Prefix:|Ontology:")


def read_things(path: Path) -> Things:
    """All that the file says of things; raises TerminologyError for a form that is not read, or one that is broken."""
    with open_text(path) as text:
        start = text.read(8000).lstrip()
    things = Things()
    if start[:1] in ("{", "["):
        _read_json(path, things)
    elif _OTHER_OWL.search(start):
        raise TerminologyError(f"{path} is OWL/XML, functional or Manchester syntax; save it as RDF/XML or Turtle")
    elif _TRIPLE.match(start):
        for triple in read_triples(path):
            things.say(*triple[:3], literal=triple.literal, language=triple.language)
    else:
        with open_text(path) as text:
            _read_graph(path, text.read(), "xml" if start.startswith("<") else "turtle", things)
    return things


def _read_json(path: Path, things: Things) -> None:
    with open_text(path) as text:
        content = text.read()
    try:
        parsed = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise TerminologyError(f"{path} is no whole JSON file: {error}; fetch it again") from error
    if isinstance(parsed, dict) and isinstance(parsed.get("graphs"), list):
        try:
            for graph in parsed["graphs"]:
                _read_obo_graph(graph, things)
        except (KeyError, TypeError, AttributeError) as error:
            raise TerminologyError(f"{path} is no OBO graph: {error!r}; fetch it again") from error
        return
    remote = next((context for context in _contexts(parsed) if "://" in context), None)
    if remote:
        raise TerminologyError(f"{path} refers to {remote} for its context; expand the JSON-LD, nothing is fetched")
    _read_graph(path, content, "json-ld", things)


def _contexts(value: Any) -> Iterator[str]:
    """The contexts that are named and not written out, wherever they stand."""
    if isinstance(value, list):
        for part in value:
            yield from _contexts(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            given = part if isinstance(part, list) else [part]
            yield from (one for one in given if key in ("@context", "@import") and isinstance(one, str))
            yield from _contexts(part)


def _read_graph(path: Path, content: str, form: str, things: Things) -> None:
    from xml.sax import SAXException

    from rdflib import Graph, Literal
    from rdflib.exceptions import Error, ParserError

    try:
        graph = Graph().parse(data=content, format=form)
    except (SAXException, Error, ParserError, *_BROKEN) as error:
        reason = " ".join(str(error).split())[:200]
        raise TerminologyError(f"{path} is no whole RDF file ({form}): {reason}; is it the right file?") from error
    # A graph has no order, and rdflib's differs from one reading to the next.
    for subject, predicate, text, literal, language in sorted(_statement(triple, Literal) for triple in graph):
        things.say(subject, predicate, text, literal=literal, language=language)


def _statement(triple: tuple[Any, Any, Any], literal: type) -> tuple[str, str, str, bool, str]:
    subject, predicate, value = triple
    if isinstance(value, literal):
        return _node(subject), str(predicate), str(value), True, getattr(value, "language", "") or ""
    return _node(subject), str(predicate), _node(value), False, ""


def _node(node: Any) -> str:
    from rdflib import BNode

    return f"_:{node}" if isinstance(node, BNode) else str(node)


def _read_obo_graph(graph: Mapping[str, Any], things: Things) -> None:
    whole = graph.get("id", "")
    things.say(whole, f"{RDF}type", f"{OWL}Ontology", literal=False)
    _read_meta(whole, graph.get("meta") or {}, things)
    for node in graph.get("nodes", ()):
        if node.get("type", "CLASS") == "CLASS":
            things.say(node["id"], f"{RDF}type", f"{OWL}Class", literal=False)
            if node.get("lbl"):
                things.say(node["id"], f"{RDFS}label", node["lbl"], literal=True)
            _read_meta(node["id"], node.get("meta") or {}, things)
    for edge in graph.get("edges", ()):
        if edge["pred"] in ("is_a", f"{RDFS}subClassOf"):
            things.say(edge["sub"], f"{RDFS}subClassOf", edge["obj"], literal=False)


def _read_meta(address: str, meta: Mapping[str, Any], things: Things) -> None:
    for synonym in meta.get("synonyms", ()):
        predicate = synonym["pred"]
        things.say(address, predicate if ":" in predicate else f"{OIO}{predicate}", synonym["val"], literal=True)
    for xref in meta.get("xrefs", ()):
        things.say(address, f"{OIO}hasDbXref", xref["val"], literal=True)
    for said in meta.get("basicPropertyValues", ()):
        things.say(address, said["pred"], said["val"], literal=said["pred"] != f"{OBO}IAO_0100001")
    if meta.get("deprecated"):
        things.say(address, f"{OWL}deprecated", "true", literal=True)
    if meta.get("version"):
        things.say(address, f"{OWL}versionIRI", meta["version"], literal=False)
