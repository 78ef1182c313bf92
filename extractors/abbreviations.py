"""Abbreviations that a document defines: "progressive multifocal leukoencephalopathy (PML)", 国际标准化比值（INR）.

Method: Schwartz and Hearst, A simple algorithm for identifying abbreviation definitions in biomedical text, PSB 2003.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractors.phrases import phrase_pattern
from extractors.rules import check_keys, read_rules

_PAREN = re.compile(r"[(（]\s*([^()（）\n]{2,120}?)\s*[)）]")
_SHORT = re.compile(r"(?=[^\s]*[A-Z])[A-Za-z\d][\w/+.&-]{0,8}[\w+](?:\s[A-Z\d][\w-]{0,5})?")
_INNER_END = re.compile(r"\s*[;；,，:：]\s|[；，]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_QUOTES = "“”\"'‘’「」 "
_CAPITALS = re.compile(r"[A-Za-z]+")
_WORD = re.compile(r"[^\s()（）]+")


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and the range of the long form it stands for, both in the document's characters.

    `long_start` is None where only the end of the long form is known (Chinese before a bracket): the name
    that ends there decides. `start`..`end` is the short form where it is defined.
    """

    short: str
    start: int
    end: int
    long_start: int | None
    long_end: int


@cache
def _introductions() -> re.Pattern[str]:
    table = read_rules("mentions")["abbreviations"]
    check_keys("mentions", "abbreviations", table, required={"introductions", "never", "words"})
    return re.compile(rf"(?:{phrase_pattern(table['introductions'], words=False).pattern})[:：\s]*", re.IGNORECASE)


@cache
def _never() -> frozenset[str]:
    return frozenset(read_rules("mentions")["abbreviations"]["never"])


def is_word(text: str, start: int, end: int) -> bool:
    """Whether a short form at a place is rather the ordinary word in a line of capitals: "SUCH AS NAUSEA"."""
    if text[start:end].lower() not in read_rules("mentions")["abbreviations"]["words"]:
        return False
    beside = _CAPITALS.findall(text[max(0, start - 20) : start])[-1:] + _CAPITALS.findall(text[end : end + 20])[:1]
    return any(len(word) > 1 and word.isupper() and word != text[start:end] for word in beside)


def find_abbreviations(text: str) -> list[Abbreviation]:
    """The abbreviations that `text` defines in brackets, in order; the first definition of a short form counts."""
    found: dict[str, Abbreviation] = {}
    for match in _PAREN.finditer(text):
        for abbreviation in _read(text, match, _end_before(text, match.start())):
            if abbreviation.short not in _never():
                found.setdefault(abbreviation.short, abbreviation)
    return list(found.values())


def _end_before(text: str, position: int) -> int:
    while position and text[position - 1].isspace():
        position -= 1
    return position


def _read(text: str, match: re.Match[str], before: int) -> Iterator[Abbreviation]:
    inner, start = match[1], match.start(1)
    said = _introductions().match(inner)
    if said:
        name = inner[said.end() :].strip(_QUOTES)
        at = inner.find(name, said.end())
        if name:
            yield Abbreviation(name, start + at, start + at + len(name), None, before)
        return
    short = _INNER_END.split(inner, maxsplit=1)[0].strip(_QUOTES)
    at = start + inner.find(short)
    if _SHORT.fullmatch(short):
        yield from _before(text, short, at, before)
    elif " " in inner:
        yield from _inside(text, inner, start, before)


def _before(text: str, short: str, at: int, long_end: int) -> Iterator[Abbreviation]:
    if _CHINESE.match(text, long_end - 1):
        yield Abbreviation(short, at, at + len(short), None, long_end)
        return
    start = _aligned(short, text, long_end)
    if start is not None:
        yield Abbreviation(short, at, at + len(short), start, long_end)


def _inside(text: str, inner: str, start: int, before: int) -> Iterator[Abbreviation]:
    # The other order: PML (progressive multifocal leukoencephalopathy).
    low = max(text.rfind(mark, max(0, before - 14), before) for mark in " \n(") + 1
    short = text[low:before]
    if _SHORT.fullmatch(short) and _aligned(short, inner, len(inner)) == 0:
        yield Abbreviation(short, low, before, start, start + len(inner))


def _aligned(short: str, text: str, end: int) -> int | None:
    """Where the long form before `end` begins, or None: the letters of `short` are found from right to left."""
    letters = [c.lower() for c in short if c.isalnum()]
    window = max(0, end - 14 * len(letters) - 30)
    limit = max(text.rfind(mark, window, end) for mark in "\n.;:()（）") + 1
    words = list(_WORD.finditer(text, max(window, limit), end))[-min(len(letters) + 5, 2 * len(letters)) :]
    if not words or len(letters) < 2:
        return None
    position, low = end, words[0].start()
    for index in range(len(letters) - 1, -1, -1):
        position -= 1
        while position >= low and not _fits(text, position, letters[index], first=index == 0):
            position -= 1
        if position < low:
            return None
    return position if _is_long(short, text[position:end]) else None


def _fits(text: str, position: int, letter: str, *, first: bool) -> bool:
    if text[position].lower() != letter:
        return False
    return not first or position == 0 or not text[position - 1].isalnum()


def _is_long(short: str, long: str) -> bool:
    return len(long) > len(short) and short not in long.split()
