"""What every export holds, streamed: nodes, facts, evidence, documents, and the words about the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import groupby

from kg.credits import TERMINOLOGIES, get_attributions, get_terminologies
from kg.forms import Form, document_form, evidence_form, fact_form, node_form
from kg.roles import Store

#: Version of the files' layout; grows when a field changes its meaning or goes.
LAYOUT = 1

#: Documents asked of the store at a time.
_LISTED = 1000


def iter_nodes(store: Store) -> Iterator[Form]:
    """The nodes, by CURIE."""
    return map(node_form, store.iter_nodes())


def iter_facts(store: Store) -> Iterator[Form]:
    """The facts, in an order that does not depend on the order of loading."""
    return map(fact_form, store.iter_facts())


def iter_evidence(store: Store) -> Iterator[Form]:
    """The evidence rows by document, then by place in its text; one document is held at a time."""
    for _, rows in groupby(store.iter_evidence(), key=lambda row: row.document):
        for row in sorted(rows, key=lambda row: (row.start, row.end, row.id)):
            yield evidence_form(row)


def iter_documents(store: Store) -> Iterator[Form]:
    """The documents without their text, by id."""
    after: str | None = None
    while listed := store.list_documents(first=_LISTED, after=after):
        yield from map(document_form, listed)
        after = listed[-1].id


#: Table → its records. The order is that of the files.
TABLES: dict[str, Callable[[Store], Iterator[Form]]] = {
    "nodes": iter_nodes,
    "facts": iter_facts,
    "evidence": iter_evidence,
    "documents": iter_documents,
}


def get_about(store: Store, counts: dict[str, int]) -> Form:
    """What meta.json says: the graph's version and age, counts, and whom to credit on which terms."""
    meta = store.get_meta()
    return {
        "layout": LAYOUT,
        "graph": {name: value for name, value in meta.items() if name != TERMINOLOGIES},
        "counts": counts,
        "terminologies": [asdict(info) for info in get_terminologies(meta)],
        "attributions": get_attributions(meta),
    }
