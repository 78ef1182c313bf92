"""How much hangs on each name that documents write, counted in one pass over the index of evidence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import apsw

from kg.model import NameUse
from kg.stores.sqlite.rows import fetch, node_columns, node_of
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
#: Rows that are fetched at a time, and bits of a word's number in a key of node and word.
_BLOCK, _WORD_BITS = 100_000, 32


def count_names(connection: apsw.Connection) -> Iterator[NameUse]:
    """Every name with its concept, and how many facts, rows and documents have it; most facts first."""
    with collector_paused():
        keys, *counts = _count(_read(connection))
        nodes = {number: node_of(rest) for number, *rest in fetch(connection, _NODES)} if keys else {}
        words = dict(fetch(connection, _WORDS)) if keys else {}
        uses = [
            NameUse(words[key & ((1 << _WORD_BITS) - 1)], nodes[key >> _WORD_BITS], *counted)
            for key, *counted in zip(keys, *counts, strict=True)
        ]
        uses.sort(key=lambda use: (-use.facts, -use.evidence, use.name, use.node.curie))
    yield from uses


def _read(connection: apsw.Connection) -> NDArray[np.int64]:
    """The rows of evidence as a table of numbers: fact, document, and node and word of either side."""
    import numpy as np

    cursor = connection.execute(_ROWS)
    blocks = [np.empty((0, 6), np.int64)]
    while rows := list(islice(cursor, _BLOCK)):
        blocks.append(np.array(rows, np.int64))
    table = np.concatenate(blocks)
    restricted = [number for (number,) in connection.execute("select id from documents where restricted")]
    # The rows of a fact in a restricted document are one row: how many there are is not told.
    again = (np.diff(table[:, :2], axis=0, prepend=-1) == 0).all(axis=1) & np.isin(table[:, 1], restricted)
    kept: NDArray[np.int64] = table[~again]
    return kept


def _count(rows: NDArray[np.int64]) -> list[list[int]]:
    """The keys of node and word that are there, then for each its facts, rows and documents."""
    import numpy as np

    named = np.concatenate([rows[:, side + 1] > 0 for side in (2, 4)])
    key = np.concatenate([(rows[:, side] << _WORD_BITS) | rows[:, side + 1] for side in (2, 4)])[named]
    keys, place = np.unique(key, return_inverse=True)
    # Rows of one fact come together, so that facts are numbered by where they begin.
    fact = np.cumsum(np.diff(rows[:, 0], prepend=-1) != 0)

    def distinct(number: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of these numbers each key is met with."""
        several = int(number.max(initial=0)) + 1
        pairs = np.sort(place * several + np.tile(number, 2)[named])
        return np.bincount(pairs[np.diff(pairs, prepend=-1) != 0] // several, minlength=len(keys))

    counts = (keys, distinct(fact), np.bincount(place, minlength=len(keys)), distinct(rows[:, 1]))
    return [one.tolist() for one in counts]
