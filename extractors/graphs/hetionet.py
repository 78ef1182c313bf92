"""Rows of a graph in the JSON of Hetionet (hetnetpy): `nodes` and `edges` in one object, things before relations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from extractors.errors import UnreadableError
from extractors.graphs.lines import open_member, read_head
from extractors.graphs.model import GraphRow, Named, RefusedRow
from extractors.graphs.shelf import Shelf
from extractors.places import Member
from extractors.shallow import Shallow

_HEAD = re.compile(rb'\s*\{[^{}]{0,4000}"(?:metanode_kinds|metaedge_tuples|kind_to_abbrev|nodes)"\s*:')


def is_hetionet(member: Member) -> bool:
    """Whether a file is of that JSON, by how it begins."""
    head = read_head(member)
    return bool(_HEAD.match(head)) and not head.partition(b"\n")[0].rstrip().endswith(b"}")


def read_hetionet(member: Member) -> Iterator[GraphRow | RefusedRow]:
    """The rows of the file, its edges; the quote is the edge as JSON. Ends with a refusal where it is damaged."""
    import ijson

    try:
        with Shelf() as shelf:
            with open_member(member) as stream:
                shelf.fill(_things(ijson.items(Shallow(stream), "nodes.item", use_float=True)))
            with open_member(member) as stream:
                edges = ijson.items(Shallow(stream), "edges.item", use_float=True)
                yield from (_row(number, edge, shelf) for number, edge in enumerate(edges, start=1))
    except (ijson.JSONError, UnreadableError, UnicodeDecodeError) as error:
        yield RefusedRow(0, member.name, f"{member.name} is no whole JSON ({error}): get the file again", "damage")


def _things(nodes: Iterator[Any]) -> Iterator[tuple[str, str, str]]:
    for node in nodes:
        if isinstance(node, dict) and {"kind", "identifier"} <= node.keys():
            yield f"{node['kind']}::{node['identifier']}", str(node.get("name") or ""), str(node["kind"])


def _row(number: int, edge: Any, shelf: Shelf) -> GraphRow | RefusedRow:
    try:
        ends = [(str(kind), str(id_)) for kind, id_ in (edge["source_id"], edge["target_id"])]
        quote, predicate = orjson.dumps(edge).decode(), str(edge["kind"])
    except (KeyError, TypeError, ValueError):
        return RefusedRow(number, "edges", "has no source_id, target_id and kind", "no edge")
    source, target = (Named(id_, shelf.get(f"{kind}::{id_}")[0], kind) for kind, id_ in ends)
    return GraphRow(number, "edges", quote, source, f"{ends[0][0]} {predicate} {ends[1][0]}", target)
