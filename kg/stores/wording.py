"""The words under which nodes are searched, whatever the store: the same text is found by the same questions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from kg.model import Node

#: Rows looked at, at most, for each of the ways a name may fit; more are not told apart by their names anyway.
CANDIDATES = 400

#: Scores of the ways a name may fit: the whole name, its beginning, all words, beginnings of words.
EXACT, BEGINS, HAS_WORDS, HAS_PREFIXES = 1.0, 0.8, 0.6, 0.4

_CJK = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_WORD = re.compile(r"[^\W_]+")


def gather(
    ways: Iterable[tuple[str, float]], find: Callable[[str], Iterable[Node]], *, limit: int
) -> list[tuple[Node, float]]:
    """Up to `limit` nodes, each with the score of the first way that finds it; ways are tried till there are enough."""
    found: dict[str, tuple[Node, float]] = {}
    for match, score in ways:
        for node in find(match):
            found.setdefault(node.curie, (node, score))
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


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


def phrases_of(words: list[str]) -> list[str]:
    """Chinese characters that stand together become one phrase; a word stays a word."""
    runs: list[str] = []
    for word in words:
        if _CJK.fullmatch(word) and runs and _CJK.fullmatch(runs[-1][-1]):
            runs[-1] += f" {word}"
        else:
            runs.append(word)
    return runs
