"""How much hangs on each name that documents write, counted in one pass over the index of evidence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import apsw

from kg.model import NameUse
from kg.stores.sqlite.rows import fetch, node_columns, node_of
from kg.stores.tally import count_uses, split_key
from ontologies.collector import collector_paused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# In the order of the index, each row once: grouping by name in SQL takes several times as long.
_ROWS = """
select e.fact, e.document, f.subject, e.subject_name, f.object, e.object_name
from evidence e indexed by evidence_by_fact cross join facts f on f.id = e.fact
"""
_NODES = f"select n.id, {node_columns('n')} from nodes n"
_WORDS = "select id, text from words"
#: Rows that are fetched at a time.
_BLOCK = 100_000


def count_names(connection: apsw.Connection) -> Iterator[NameUse]:
    """Every name with its concept, and how many facts, rows and documents have it; most facts first."""
    with collector_paused():
        keys, *counts = count_uses(*_read(connection))
        nodes = {number: node_of(rest) for number, *rest in fetch(connection, _NODES)} if keys else {}
        words = dict(fetch(connection, _WORDS)) if keys else {}
        uses = [
            NameUse(words[word], nodes[node], *counted)
            for (node, word), *counted in zip(map(split_key, keys), *counts, strict=True)
        ]
        uses.sort(key=lambda use: (-use.facts, -use.evidence, use.name, use.node.curie))
    yield from uses


def _read(connection: apsw.Connection) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The rows of evidence as `count_uses` takes them, and whether each is of a restricted document."""
    import numpy as np

    cursor = connection.execute(_ROWS)
    blocks = [np.empty((0, 6), np.int64)]
    while rows := list(islice(cursor, _BLOCK)):
        blocks.append(np.array(rows, np.int64))
    table = np.concatenate(blocks)
    restricted = [number for (number,) in connection.execute("select id from documents where restricted")]
    return table, np.isin(table[:, 1], restricted)
