"""A small home and graph with the names that a terminal has trouble with: hostile ones, long ones, wide ones."""

from __future__ import annotations

from pathlib import Path

from curators import bare_home
from kg.model import Node
from kg.stores.sqlite import open_store
from kg_command import KgHere
from ontologies.curies import local_curie
from ontologies.model import Kind
from ontologies.registry import add_terminology
from tests.graphs import contribution, evidence

#: Clears the screen, retitles the window, turns the text round, forges a line, rings the bell, and breaks in two.
HOSTILE = "evil\x1b[2J\x1b]0;x\x07na\u202e\u2066\x9b1m\nFORGED\r\u2028\u200b\x00end"
LONG = "recurrent " * 40 + "pericarditis of the last word"
WIDE = "慢性阻塞性肺疾病急性加重期伴有呼吸衰竭及右心功能不全的老年患者反复发作性胸闷气促" * 3

DRUG = Node("mesh:D1", "Warfarin", Kind.DRUG, "华法林")
CONCEPTS = (
    "curie\tname\tkind\tsynonyms\tparents\n"
    "mesh:D1\tWarfarin\tdrug\t华法林\t\nmesh:D2\tPericarditis\tdisease\tinflamed pericardium\tmesh:D3\n"
    "mesh:D3\tHeart disease\tdisease\t\t\nmesh:D4\t慢性阻塞性肺疾病\tdisease\t慢阻肺\t\n"
    "mesh:D5\tevil name\tdisease\t\t\n"
)


def make_odd_desk(folder: Path) -> KgHere:
    """The `kg` command, called in this process, with a home of five concepts and a graph of odd names in `folder`."""
    home = bare_home(folder)
    table = folder / "odd.tsv"
    table.write_text(CONCEPTS, encoding="utf-8")
    add_terminology("table", table, home=home)
    names = {name: _waiting(name) for name in (HOSTILE, LONG, WIDE, "pericarditis")}
    names["pericarditis"] = Node("mesh:D2", "Pericarditis", Kind.DISEASE)
    rows = [
        evidence(DRUG, "causes_adverse_event", node, quote=_quote(name), names=("warfarin", name))
        for name, node in names.items()
    ]
    rows.append(evidence(DRUG, "indicated_for", names[HOSTILE], quote=HOSTILE, names=("warfarin", HOSTILE)))
    rows.append(evidence(DRUG, "not_indicated_for", names[HOSTILE], quote=HOSTILE, names=("warfarin", HOSTILE)))
    with open_store(str(folder / "graph"), mode="create") as store:
        store.put([contribution(*rows, document=HOSTILE, country=HOSTILE, nodes=(DRUG, *names.values()))])
        store.quarantine(HOSTILE, HOSTILE)
    return KgHere(home, folder)


def _quote(name: str) -> str:
    return f"{'In studies of many patients over many years ' * 4}{name} was seen{' after long use' * 9}."


def _waiting(name: str) -> Node:
    return Node(local_curie(name, Kind.DISEASE), name, Kind.DISEASE, aligned=False)
