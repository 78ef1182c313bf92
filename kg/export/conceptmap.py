"""FHIR ConceptMap (hl7.org/fhir/R4/conceptmap.html and R5): all alignments of a graph as one resource.

A name is a code of the system of names of its kind, a CURIE one of its own system, as `kg align export` has them.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import orjson

from kg.credits import get_terminologies
from kg.export.alignments import Alignment, Ground, read_alignments
from kg.export.records import write_about
from kg.export.view import View
from ontologies.exchange.fhir import NAMES, code_of, system_of

FILE = "conceptmap.json"

Groups = dict[tuple[str, str], dict[str, list[Alignment]]]

_COMMENTS = {Ground.DECISION: "decided by a curator", Ground.CROSS_REFERENCE: "cross-reference"}


def write_r4(view: View, folder: Path) -> dict[str, int]:
    """Count of alignments, after conceptmap.json (of R4) and meta.json are written."""
    return _write(view, folder, release="R4")


def write_r5(view: View, folder: Path) -> dict[str, int]:
    """Count of alignments, after conceptmap.json (of R5) and meta.json are written."""
    return _write(view, folder, release="R5")


def _write(view: View, folder: Path, *, release: str) -> dict[str, int]:
    alignments = read_alignments(view)
    versions = {info.prefix: info.version for info in get_terminologies(view.store.get_meta())}
    groups: Groups = defaultdict(lambda: defaultdict(list))
    for made in alignments:
        source = system_of(made.name) if made.is_concept else f"{NAMES}{made.kind.value}"
        # FHIR allows single blanks inside a code, and none around it.
        code = code_of(made.name) if made.is_concept else " ".join(made.name.split())
        groups[source, system_of(made.node.curie) if made.node else ""][code].append(made)
    resource = {
        "resourceType": "ConceptMap",
        "url": "https://medkg.invalid/ConceptMap/alignments",
        "name": "AlignmentsOfAGraph",
        "status": "active",
        "group": [_group(*systems, named, versions, release) for systems, named in sorted(groups.items())],
    }
    (folder / FILE).write_bytes(orjson.dumps(resource, option=orjson.OPT_INDENT_2) + b"\n")
    return write_about(view, {"alignments": len(alignments)}, folder)


def _group(
    source: str, target: str, named: dict[str, list[Alignment]], versions: dict[str, str], release: str
) -> dict[str, Any]:
    group: dict[str, Any] = {"source": source}
    if target:
        group["target"] = target
    prefix = next((made.node.curie.partition(":")[0] for said in named.values() for made in said if made.node), "")
    if version := versions.get(prefix):
        # R5 has no field for it: a version follows the address, after a bar.
        group |= {"targetVersion": version} if release == "R4" else {"target": f"{target}|{version}"}
    group["element"] = [_element(code, said, release) for code, said in named.items()]
    return group


def _element(code: str, said: list[Alignment], release: str) -> dict[str, Any]:
    first = said[0]
    element: dict[str, Any] = {"code": code}
    if first.is_concept and first.label.strip():
        element["display"] = first.label
    if first.node is None:
        # Waits for a concept.
        return element | ({"target": [{"equivalence": "unmatched"}]} if release == "R4" else {"noMap": True})
    return element | {"target": [_target(made, release) for made in said]}


def _target(made: Alignment, release: str) -> dict[str, Any]:
    assert made.node is not None
    target: dict[str, Any] = {"code": code_of(made.node.curie)}
    if made.node.name.strip():
        target["display"] = made.node.name
    target["equivalence" if release == "R4" else "relationship"] = "equivalent"
    if comment := _COMMENTS.get(made.ground):
        target["comment"] = comment
    return target
