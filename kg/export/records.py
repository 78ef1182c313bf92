"""What every export holds, streamed: nodes, facts, evidence, documents, and the words about the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import orjson

from kg.credits import IMPORTS, LICENCES, TERMINOLOGIES, get_attributions, get_imports, get_terminologies
from kg.export.view import View
from kg.forms import Form, document_form, evidence_form, fact_form, node_form
from kg.model import Asleep, Evidence, LoadedDocument, Origin

#: Version of the files' layout; grows when a field changes its meaning or goes.
LAYOUT = 1


def iter_nodes(view: View) -> Iterator[Form]:
    """The nodes, by CURIE."""
    return map(node_form, view.iter_nodes())


def iter_facts(view: View) -> Iterator[Form]:
    """The facts, in an order that does not depend on the order of loading."""
    return map(fact_form, view.iter_facts())


def iter_evidence(view: View) -> Iterator[Form]:
    """The evidence rows by document, then by place in its text; one document is held at a time."""
    return map(row_form, view.iter_evidence())


def iter_documents(view: View) -> Iterator[Form]:
    """The documents without their text, by id."""
    return (listed_form(document, view) for document in view.iter_documents())


def iter_asleep(view: View) -> Iterator[Form]:
    """The rows that sleep since a decision made both of their sides one concept, by document and id."""
    return map(asleep_form, view.iter_asleep())


def asleep_form(asleep: Asleep) -> Form:
    """All of a row that sleeps, as of one that does not, and the concept that both of its sides are."""
    return row_form(asleep.row) | {"node": node_form(asleep.node)}


def row_form(row: Evidence) -> Form:
    """All of an evidence row, so that an import makes the same row of it: scores as they are, and what names were."""
    return evidence_form(row) | {
        "score": row.score,
        "said_score": row.said_score,
        "subject_origin": _origin_form(row.subject_origin),
        "object_origin": _origin_form(row.object_origin),
    }


def listed_form(document: LoadedDocument, view: View) -> Form:
    """All of a document but its text, with the stamp and time of its loading, and the licence it is under."""
    licence = view.licences.of_document(document.id, document.source)
    return document_form(document) | {"stamp": document.stamp, "loaded": document.loaded, "licence": licence}


def _origin_form(origin: Origin | None) -> Form | None:
    if origin is None:
        return None
    return {"kind": origin.kind.value, "curie": origin.curie, "score": origin.score, "name": origin.name}


#: Table → its records. The order is that of the files.
TABLES: dict[str, Callable[[View], Iterator[Form]]] = {
    "nodes": iter_nodes,
    "facts": iter_facts,
    "evidence": iter_evidence,
    "documents": iter_documents,
    "asleep": iter_asleep,
}


def get_about(view: View, counts: dict[str, int]) -> Form:
    """What meta.json says: the graph's version and age, what was asked of it, counts, whom to credit on which terms."""
    meta = view.store.get_meta()
    return {
        "layout": LAYOUT,
        "graph": {name: value for name, value in meta.items() if name not in (TERMINOLOGIES, LICENCES, IMPORTS)},
        "filter": view.selection.form(),
        "restricted": view.restricted,
        "counts": counts,
        "terminologies": [asdict(info) for info in get_terminologies(meta)],
        "licences": dict(view.licences.by_document),
        "imports": {source: asdict(one) for source, one in get_imports(meta).items()},
        "attributions": get_attributions(meta),
    }


def write_about(view: View, counts: dict[str, int], folder: Path) -> dict[str, int]:
    """The counts, after meta.json was written."""
    about = orjson.dumps(get_about(view, counts), option=orjson.OPT_INDENT_2)
    (folder / "meta.json").write_bytes(about + b"\n")
    return counts
