"""GraphML (graphml.graphdrawing.org, 1.0) for Gephi, Cytoscape, igraph and NetworkX: a node a concept, an edge a fact.

Evidence has no place in it: an edge has the id of its fact. `networkx.read_graphml` gives what `to_networkx` gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from kg.export.properties import edge_properties, node_properties
from kg.export.records import write_about
from kg.export.view import View

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
_NODE_TYPES = {"name": str, "name_zh": str, "kind": str, "synonyms": str, "aligned": bool}
_EDGE_TYPES = {
    "predicate": str, "confidence": float, "status": str, "documents": int, "evidence_count": int, "countries": str,
    "qualifiers": str,
}  # fmt: skip
_TYPES = {str: "string", bool: "boolean", float: "double", int: "long"}
#: What XML 1.0 has no way to write.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def write(view: View, folder: Path) -> dict[str, int]:
    """Counts of nodes and edges, after graph.graphml and meta.json are written."""
    counts = {"nodes": 0, "edges": 0}
    with (folder / "graph.graphml").open("w", encoding="utf-8", newline="\n", buffering=1 << 20) as file:
        file.write(_HEAD)
        _write_keys(file)
        # Several facts of one pair make it a multigraph: edges with ids of their own.
        file.write('<graph edgedefault="directed">\n')
        for node in view.iter_nodes():
            counts["nodes"] += 1
            file.write(f"<node id={_quote(node.curie)}>{''.join(_data('n', node_properties(node)))}</node>\n")
        for fact in view.iter_facts():
            counts["edges"] += 1
            ends = f"source={_quote(fact.subject.curie)} target={_quote(fact.object.curie)}"
            data = "".join(_data("e", edge_properties(fact)))
            file.write(f'<edge id="{fact.id}" {ends}>{data}</edge>\n')
        file.write("</graph>\n</graphml>\n")
    return write_about(view, counts, folder)


def _write_keys(file: TextIO) -> None:
    for of, letter, types in (("node", "n", _NODE_TYPES), ("edge", "e", _EDGE_TYPES)):
        for name, type_ in types.items():
            named = f'attr.name="{name}" attr.type="{_TYPES[type_]}"'
            file.write(f'<key id="{letter}_{name}" for="{of}" {named}/>\n')


def _data(letter: str, properties: Mapping[str, object]) -> Iterator[str]:
    for name, value in properties.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield f'<data key="{letter}_{name}">{escape(_legal(text), _SPACES)}</data>'


def _quote(text: str) -> str:
    return quoteattr(_legal(text))


def _legal(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


#: A parser would make a line feed of it.
_SPACES = {"\r": "&#13;"}
