"""Finding nodes by their names: whole names, their beginnings, words, word beginnings, Chinese characters.

One FTS5 table does it: every Chinese character is set apart as a word of its own (a phrase of them finds words of any
length, which trigrams cannot), and each name stands a second time as one token with `_` between its words, so that
exact names and beginnings of names are look-ups and need no ranking of thousands of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import apsw

from kg.model import Node
from kg.stores.sqlite.rows import node_columns, node_of
from kg.stores.wording import BEGINS, CANDIDATES, EXACT, HAS_PREFIXES, HAS_WORDS, gather, phrases_of, search_words
from ontologies.model import Kind

_FIND = f"""
select {node_columns("n")} from (
    select n.* from search s join nodes n on n.id = s.rowid
    where s.search match :match and (:kinds = '' or instr(:kinds, ',' || n.kind || ',') > 0) limit {CANDIDATES}) n
order by length(n.name), n.name, n.curie limit :limit
"""


def find_nodes(
    connection: apsw.Connection, text: str, *, kinds: Sequence[Kind], limit: int
) -> list[tuple[Node, float]]:
    """Nodes whose names fit `text`, best first, each with the score of the way it fits."""
    words = search_words(text)
    asked = {"kinds": f",{','.join(kinds)}," if kinds else "", "limit": limit}

    def find(match: str) -> Iterable[Node]:
        return map(node_of, connection.execute(_FIND, {"match": match, **asked}))

    return gather(_ways(words) if words else (), find, limit=limit)


def _ways(words: list[str]) -> list[tuple[str, float]]:
    whole = "_".join(words)
    runs = [f'"{run}"' for run in phrases_of(words)]
    return [
        (f'whole : "{whole}"', EXACT),
        (f'whole : "{whole}" *', BEGINS),
        (f"words : ({' AND '.join(runs)})", HAS_WORDS),
        (f"words : ({' AND '.join([*runs[:-1], runs[-1] + ' *'])})", HAS_PREFIXES),
    ]
