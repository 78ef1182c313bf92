"""Rows of a graph in RDF whose relations are plain triples: Turtle, N-Triples, TriG and N-Quads.

A thing's name is its `rdfs:label`, else what its address ends with; so is a relation's. Read with rdflib, which holds
the triples in memory: for files of some hundred thousand triples, which such graphs are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from extractors.graphs.lines import open_member, read_head
from extractors.graphs.model import GraphRow, Named, RefusedRow
from extractors.items import readable
from extractors.places import Member

if TYPE_CHECKING:
    from rdflib import Dataset
    from rdflib.term import Node

#: Bytes of a file that is read: rdflib takes some hundred times a triple's text.
LARGEST = 256 << 20

_HEAD = re.compile(rb"\s*(?:#[^\n]*\n\s*)*(?:@prefix|@base|PREFIX|BASE|<[^<>\s]+>\s+<[^<>\s]+>)", re.IGNORECASE)
_QUAD = re.compile(rb'\s*<[^<>\s]+>\s+<[^<>\s]+>\s+(?:<[^<>\s]+>|"[^"\n]*"\S*)\s+<[^<>\s]+>\s*\.')
_ENDING = re.compile(r"[^/#]*$")


def is_turtle(member: Member) -> bool:
    """Whether a file is RDF as text, by how it begins."""
    return _HEAD.match(read_head(member)) is not None


def read_turtle(member: Member) -> Iterator[GraphRow | RefusedRow]:
    """The triples between resources, but their types, in the order of their text."""
    from rdflib import Dataset
    from rdflib.exceptions import ParserError

    graph = Dataset(default_union=True)
    try:
        with open_member(member) as stream:
            data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            yield RefusedRow(0, member.name, f"is over {LARGEST >> 20} MiB: split it, or give it as a table", "size")
            return
        graph.parse(data=data, format="nquads" if _QUAD.match(data) else "trig")
    except (ParserError, SyntaxError, ValueError, UnicodeDecodeError) as error:
        reason = f"{member.name} is no whole Turtle ({str(error)[:200]}): mend the file"
        yield RefusedRow(0, member.name, reason, "damage")
        return
    yield from _rows(graph, member.name)


def _rows(graph: Dataset, table: str) -> Iterator[GraphRow]:
    from rdflib import RDF, RDFS, URIRef

    told = (RDF.type, RDFS.label, RDFS.subClassOf)
    triples = sorted(
        (str(s), str(p), str(o))
        for s, p, o, _ in graph.quads()
        if p not in told and isinstance(s, URIRef) and isinstance(o, URIRef)
    )
    for number, (subject, predicate, object_) in enumerate(dict.fromkeys(triples), start=1):
        ends = [_named(graph, URIRef(subject)), _named(graph, URIRef(object_))]
        quote = readable(f"<{subject}> <{predicate}> <{object_}> .")
        yield GraphRow(number, table, quote, ends[0], _label(graph, URIRef(predicate)), ends[1])


def _named(graph: Dataset, resource: Node) -> Named:
    from rdflib import RDF

    type_ = next(iter(sorted(str(one) for one in graph.objects(resource, RDF.type))), "")
    return Named(str(resource), _label(graph, resource), unquote(_end(type_)))


def _label(graph: Dataset, resource: Node) -> str:
    from rdflib import RDFS

    return next(iter(sorted(str(one) for one in graph.objects(resource, RDFS.label))), "") or unquote(
        _end(str(resource))
    )


def _end(address: str) -> str:
    found = _ENDING.search(address.rstrip("/#"))
    return found[0] if found else address
