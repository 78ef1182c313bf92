"""A curator's place: a home with decisions of its own over a lexicon that is compiled once, and a graph to work on."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson

from kg_command import ROOT, Kg, KgHere
from ontologies.starter.sources import read_sources


def curator_home(compiled: Path, folder: Path) -> Path:
    """A home in `folder` that shares the lexicon of the home `compiled` and nothing else."""
    home = folder / "home"
    home.mkdir()
    (home / "lexicon").symlink_to(compiled / "lexicon")
    return home


def make_demo_graph(compiled: Path, folder: Path) -> Path:
    """The folder of the graph that the bundled samples give."""
    Kg(curator_home(compiled, folder), folder)("build", ROOT / "kg" / "samples", "--workers", "0")
    return folder / "graph"


def at_the_desk(compiled: Path, graph: Path, folder: Path) -> Kg:
    """The `kg` command, called in this process, with a home of its own and a copy of the graph."""
    shutil.copytree(graph, folder / "graph")
    return KgHere(curator_home(compiled, folder), folder)


def bare_home(folder: Path) -> Path:
    """A home in `folder` without any terminology: what is added to it compiles in no time."""
    home = folder / "home"
    (home / "terminologies").mkdir(parents=True, exist_ok=True)
    removed = [source.name for source in read_sources()]
    (home / "terminologies" / "added.json").write_bytes(orjson.dumps({"added": [], "removed": removed}))
    return home
