"""RDF: concepts, facts, evidence and documents as resources, in four syntaxes, with SHACL shapes beside.

A fact is a resource that the evidence points at, by the fact's id. What it says stands, besides, as a plain triple:
in Turtle beside it, in TriG and N-Quads in a named graph that is called as the fact is, and in Turtle of RDF 1.2 as
the triple term that the fact reifies. A fact that is only denied, or that denies another, is never a plain triple of
the predicate that it denies: it has a status, or a predicate of its own.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from kg.export.rdf.resources import iter_resources
from kg.export.rdf.syntaxes import Syntax, write_nquads, write_trig, write_turtle, write_turtle_star
from kg.export.records import write_about
from kg.export.view import View

SHAPES = "shapes.ttl"


def turtle(view: View, folder: Path) -> dict[str, int]:
    """Counts by kind of resource, after graph.ttl, shapes.ttl and meta.json are written."""
    return _write(view, folder, "graph.ttl", write_turtle)


def trig(view: View, folder: Path) -> dict[str, int]:
    """Counts by kind of resource, after graph.trig, shapes.ttl and meta.json are written."""
    return _write(view, folder, "graph.trig", write_trig)


def nquads(view: View, folder: Path) -> dict[str, int]:
    """Counts by kind of resource, after graph.nq, shapes.ttl and meta.json are written."""
    return _write(view, folder, "graph.nq", write_nquads)


def turtle_star(view: View, folder: Path) -> dict[str, int]:
    """Counts by kind of resource, after graph.ttl (of RDF 1.2) and meta.json are written."""
    return _write(view, folder, "graph.ttl", write_turtle_star, shapes=False)


def _write(view: View, folder: Path, name: str, write: Syntax, *, shapes: bool = True) -> dict[str, int]:
    counts: dict[str, int] = {}
    with (folder / name).open("w", encoding="utf-8", newline="\n", buffering=1 << 20) as file:
        write(file, iter_resources(view, counts))
    if shapes:
        shutil.copyfile(Path(__file__).with_name(SHAPES), folder / SHAPES)
    return write_about(view, counts, folder)
