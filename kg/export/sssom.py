"""SSSOM (mapping-commons.github.io/sssom, 1.1): all alignments of a graph as one mapping set.

Names are literals; a name that waits for a concept is mapped to sssom:NoTermFound.
"""

from __future__ import annotations

from pathlib import Path

import orjson

from kg.credits import get_terminologies
from kg.export.alignments import Alignment, Ground, read_alignments
from kg.export.records import write_about
from kg.export.view import View
from ontologies.exchange.sssom import COLUMNS, plain_cell, write_set
from ontologies.sssom import NO_TERM

FILE = "alignments.sssom.tsv"

_JUSTIFICATIONS = {
    Ground.NAMES: "semapv:LexicalMatching",
    Ground.DECISION: "semapv:ManualMappingCuration",
    Ground.CROSS_REFERENCE: "semapv:UnspecifiedMatching",
    Ground.UNKNOWN: "semapv:UnspecifiedMatching",
}


def write(view: View, folder: Path) -> dict[str, int]:
    """Count of alignments, after alignments.sssom.tsv and meta.json are written."""
    versions = {info.prefix: info.version for info in get_terminologies(view.store.get_meta())}
    rows = [_row(alignment, versions) for alignment in read_alignments(view)]
    with (folder / FILE).open("w", encoding="utf-8", newline="\n") as file:
        write_set(rows, file, name="alignments", title="Alignments of a graph")
    return write_about(view, {"alignments": len(rows)}, folder)


def _row(made: Alignment, versions: dict[str, str]) -> dict[str, str]:
    curie = made.node.curie if made.node else ""
    uses = {"rows": made.rows, "documents": made.documents}
    said = {
        "subject_id": made.name if made.is_concept else "",
        "subject_label": plain_cell(made.label if made.is_concept else made.name),
        "subject_category": made.kind.value,
        "subject_type": "" if made.is_concept else "rdfs literal",
        "predicate_id": "skos:exactMatch",
        "object_id": curie or NO_TERM,
        "object_label": plain_cell(made.node.name) if made.node else "",
        "object_category": made.node.kind.value if made.node else "",
        "object_source_version": versions.get(curie.partition(":")[0], ""),
        "mapping_justification": _JUSTIFICATIONS[made.ground],
        "mapping_tool": "medkg",
        "confidence": "" if made.score is None else str(made.score),
        "comment": "cross-reference" if made.ground is Ground.CROSS_REFERENCE else "",
        "other": "" if made.is_concept else orjson.dumps(uses).decode(),
    }
    return dict.fromkeys(COLUMNS, "") | said
