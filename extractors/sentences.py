"""Sentences of English and Chinese text, as character ranges, by one pass of a regular expression for each line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from extractors.rules import check_keys, read_rules

# A bracketed remark is stepped over whole, so that nothing inside it ends a sentence; one nesting, one line.
_INNER = r"[^()（）\n]{0,300}"
_BRACKETS = rf"[(（]{_INNER}(?:[(（]{_INNER}[)）]{_INNER}){{0,9}}[)）]|\[[^\[\]\n]{{0,300}}\]|【[^【】\n]{{0,60}}】"
_EN = re.compile(rf"(?P<skip>{_BRACKETS})|(?P<end>[.!?]+[\"'”’)\]]*)(?=\s|,[A-Z])|(?P<start>\s[•▪◦‣●■])")
_ZH = re.compile(
    rf"(?P<start>(?<=[：:；;。\s，,])(?:[(（]\d{{1,2}}[)）]|\d{{1,2}}(?:[.．](?!\d)|、))|[①-⑳•●■])"
    rf"|(?P<skip>{_BRACKETS})|(?P<end>[。！？!?；;]+[”’」』\"]*)|(?P<stop>(?<=[A-Za-z\d\u4e00-\u9fff])\.(?=\s))"
)
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_LAST_WORD = re.compile(r"[^\s(\[]+$")
_NEXT = re.compile(r"\s*[\"'“‘(\[]*(\w*)")
_BULLET = re.compile(r"\s*(?:[•▪◦‣●■*·o–-]\s|\d+[.)]\s|\(?[a-z]\)\s)")
_WRAP_FROM = 50


class _Words(NamedTuple):
    inside: frozenset[str]
    seldom: frozenset[str]
    starters: frozenset[str]


@cache
def _words(language: str) -> _Words:
    table = read_rules("sentences")[language]
    check_keys("sentences", language, table, required={"inside", "seldom", "starters"})
    return _Words(frozenset(table["inside"]), frozenset(table["seldom"]), frozenset(table["starters"]))


def split_sentences(text: str, start: int, end: int, language: str) -> list[tuple[int, int]]:
    """Ranges of the sentences in `text[start:end]`, in order, without white space at either side.

    A line is never part of two paragraphs: headings, list items and rows of tables (lines with " | ", kept
    whole) are sentences of their own; a line that goes on in lower case joins the long one before it. Languages
    without rules are split as English is.
    """
    split = _split_chinese if language.startswith("zh") else _split_english
    found: list[tuple[int, int]] = []
    for low, high in _lines(text, start, end):
        ranges = [(low, high)] if " | " in text[low:high] else split(text, low, high)
        found += [trimmed for piece in ranges if (trimmed := _trim(text, *piece))]
    return found


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    low = high = -1
    for match in _LINE.finditer(text, start, end):
        if low >= 0 and _goes_on(text, low, high, match.start()):
            high = match.end()
            continue
        if low >= 0:
            yield low, high
        low, high = match.span()
    if low >= 0:
        yield low, high


def _goes_on(text: str, low: int, high: int, following: int) -> bool:
    # Wrapped prose is told from a list by the length of the line before and the small letter after.
    before = text[max(low, text.rfind("\n", low, high) + 1) : high].rstrip()
    after = text[following : following + 20]
    return (
        text.count("\n", high, following + 1) == 1
        and len(before) >= _WRAP_FROM
        and before[-1:] not in ".:;!?。；：！？|"
        and after.lstrip()[:1].islower()
        and not _BULLET.match(after)
        and " | " not in before
    )


def _split_english(text: str, start: int, end: int) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    low = start
    for match in _EN.finditer(text, start, end):
        if match["skip"] or (match["end"] and not _ends(text, low, match.start(), match.end(), end)):
            continue
        cut = match.end() if match["end"] else match.start()
        ranges.append((low, cut))
        low = cut
    return [*ranges, (low, end)]


def _ends(text: str, low: int, stop: int, after: int, end: int) -> bool:
    following = _NEXT.match(text, after, end)
    word = following[1] if following else ""
    if word[:1].islower():
        return False
    if text[stop] != ".":
        return True
    last = _LAST_WORD.search(text, max(low, stop - 30), stop)
    before = last[0].lower() if last else ""
    rules = _words("en")
    if before in rules.inside or (before.isdigit() and not text[low : stop - len(before)].strip("•*· \t")):
        return False
    return before not in rules.seldom or word.lower() in rules.starters


def _split_chinese(text: str, start: int, end: int) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    low = start
    for match in _ZH.finditer(text, start, end):
        if match["skip"]:
            continue
        cut = match.start() if match["start"] else match.end()
        if match["stop"] and text[low : match.start()].strip().isdigit():
            continue
        ranges.append((low, cut))
        low = cut
    return [*ranges, (low, end)]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    bare = piece.strip()
    if not bare:
        return None
    low = start + len(piece) - len(piece.lstrip())
    return low, low + len(bare)
