"""Finding nodes by their names: whole names, their beginnings, words, word beginnings, Chinese characters.

One FTS5 table does it: every Chinese character is set apart as a word of its own (a phrase of them finds words of any
length, which trigrams cannot), and each name stands a second time as one token with `_` between its words, so that
exact names and beginnings of names are look-ups and need no ranking of thousands of rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import apsw

from kg.model import Node
from kg.stores.sqlite.rows import node_columns, node_of
from ontologies.model import Kind

#: Rows looked at, at most, for each of the ways a name may fit; more are not told apart by their names anyway.
CANDIDATES = 400

#: Scores of the ways a name may fit: the whole name, its beginning, all words, beginnings of words.
EXACT, BEGINS, HAS_WORDS, HAS_PREFIXES = 1.0, 0.8, 0.6, 0.4

_CJK = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_WORD = re.compile(r"[^\W_]+")

_FIND = f"""
select {node_columns("n")} from (
    select n.* from search s join nodes n on n.id = s.rowid
    where s.search match :match and (:kinds = '' or instr(:kinds, ',' || n.kind || ',') > 0) limit {CANDIDATES}) n
order by length(n.name), n.name, n.curie limit :limit
"""


def search_words(text: str) -> list[str]:
    """The words of `text` as they are searched: folded, without accents, Chinese characters one by one."""
    if text.isascii():
        return _WORD.findall(text.lower())
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return _WORD.findall(_CJK.sub(r" \1 ", "".join(c for c in plain if not unicodedata.combining(c))))


def search_text(name: str, name_zh: str, synonyms: str) -> tuple[str, str]:
    """What the search table keeps of a node: its names in words, a lone `_` between two, and each name as one token.

    `synonyms` are lines, as in the table of nodes.
    """
    if not (name_zh or synonyms):
        words = search_words(name)
        return " ".join(words), "_".join(words)
    names = [search_words(name) for name in dict.fromkeys((name, name_zh, *synonyms.split("\n"))) if name]
    return " _ ".join(" ".join(name) for name in names), " ".join("_".join(name) for name in names)


def find_nodes(
    connection: apsw.Connection, text: str, *, kinds: Sequence[Kind], limit: int
) -> list[tuple[Node, float]]:
    """Nodes whose names fit `text`, best first, each with the score of the way it fits."""
    words = search_words(text)
    if not words:
        return []
    found: dict[str, tuple[Node, float]] = {}
    for match, score in _ways(words):
        bindings = {"match": match, "kinds": f",{','.join(kinds)}," if kinds else "", "limit": limit}
        for row in connection.execute(_FIND, bindings):
            node = node_of(row)
            found.setdefault(node.curie, (node, score))
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _ways(words: list[str]) -> list[tuple[str, float]]:
    whole = "_".join(words)
    runs = [f'"{run}"' for run in _runs(words)]
    return [
        (f'whole : "{whole}"', EXACT),
        (f'whole : "{whole}" *', BEGINS),
        (f"words : ({' AND '.join(runs)})", HAS_WORDS),
        (f"words : ({' AND '.join([*runs[:-1], runs[-1] + ' *'])})", HAS_PREFIXES),
    ]


def _runs(words: list[str]) -> list[str]:
    """Chinese characters that stand together become one phrase; a word stays a word."""
    runs: list[str] = []
    for word in words:
        if _CJK.fullmatch(word) and runs and _CJK.fullmatch(runs[-1][-1]):
            runs[-1] += f" {word}"
        else:
            runs.append(word)
    return runs
