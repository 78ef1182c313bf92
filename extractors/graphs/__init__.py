"""Foreign graphs: rows of things and what is said between them, each as its file has it; known by content."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.graphs.hetionet import is_hetionet, read_hetionet
from extractors.graphs.lines import read_head
from extractors.graphs.model import GraphRow, GraphRules, RefusedRow
from extractors.graphs.rules import get_graph_rules, graph_names
from extractors.graphs.shelf import Shelf
from extractors.graphs.tables import find_table, read_nodes, read_table
from extractors.graphs.turtle import is_turtle, read_turtle
from extractors.places import Member, Place

__all__ = ["GraphRow", "GraphRules", "RefusedRow", "find_graph", "get_graph_rules", "graph_names", "read_graph"]

#: The rules of graphs in RDF and in Hetionet's JSON, which have no columns to be known by.
_RDF, _HETIONET = "cmekg", "hetionet"


def find_graph(place: Place) -> str | None:
    """The name of the rules that a file, or a file of a folder, is known by; None where it is no graph known here.

    Where several know it, those that ask for the most columns do.
    """
    found: list[tuple[int, str]] = []
    for member in place.members:
        for name in graph_names():
            known = find_table(member, get_graph_rules(name).tables)
            if known is not None:
                found.append((len(known[0].header) or len(known[0].pattern), name))
        if is_hetionet(member):
            found.append((1, _HETIONET))
        elif is_turtle(member):
            found.append((0, _RDF))
    return max(found)[1] if found else None


def read_graph(place: Place, rules: GraphRules) -> Iterator[GraphRow | RefusedRow]:
    """The rows of a graph, file by file in the order of their names, by what `rules` say of its layout.

    Files of a folder that are none of its tables are passed over; a file named alone is refused then.
    """
    with Shelf() as shelf:
        rest = []
        for member in place.members:
            nodes = find_table(member, [rules.nodes]) if rules.nodes else None
            relations = find_table(member, rules.tables)
            if nodes is not None and relations is None:
                shelf.fill(read_nodes(member, *nodes))
            else:
                rest.append((member, relations))
        for member, known in rest:
            if known is not None:
                yield from read_table(member, *known, rules, shelf.get)
            else:
                yield from _read_other(member, alone=not place.whole)


def _read_other(member: Member, *, alone: bool) -> Iterator[GraphRow | RefusedRow]:
    if is_hetionet(member):
        yield from read_hetionet(member)
    elif is_turtle(member):
        yield from read_turtle(member)
    elif alone:
        begin = read_head(member)[:80].decode("utf-8", "replace").partition("\n")[0]
        reason = f"{member.name} has no column that is known ({begin!r} ...): say --map subject=COLUMN and so on"
        yield RefusedRow(0, member.name, reason, "layout")
