"""The lists of diagnoses and operations of a Chinese record, item by item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from extractors.events import Coding
from extractors.model import Assertion
from extractors.note_sections import normal_heading
from extractors.sources.emr_cn_form import emr_rules
from ontologies.code_systems import find_curie

_NUMBERS = r"(?P<plain>\d{1,2})[.．、)）](?!\d{2,})|[（(](?P<round>\d{1,2})[)）]|(?P<circle>[①-⑳])"
_MARK = re.compile(rf"(?<![\dA-Za-z.])(?:{_NUMBERS})[ \t\u3000]*+")
_BREAKS = re.compile(r"[\n；;]|[ \t\u3000]{2,}")
_ICD = r"[A-TV-Z]\d{2}(?:\.[\dxX]{1,6})?(?:[+*†])?"
_LABEL = r"ICD[-‐ ]?10\s*[:：]?\s*"
#: A code counts in brackets, behind the name of its system, or with a point: T12 alone is a vertebra.
_CODE = re.compile(
    rf"[（(\[【]\s*(?:{_LABEL})?({_ICD})\s*[)）\]】]|{_LABEL}({_ICD})"
    r"|(?<![A-Za-z\d])([A-TV-Z]\d{2}\.[\dxX]{1,6})(?![A-Za-z\d])"
)
_DATE_LINE = re.compile(r"^\W*\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.*$")
#: What is looked into, and behind it what it may be: 肺部占位性质待查：肺癌？
_LOOKED_INTO = re.compile(r"(?:性质|原因)?待查[ ：:，,（(]+")
_EDGES = " \t\u3000。，,、；;:：*+-—·•"


class Item(NamedTuple):
    """An item of a list: its name without codes and marks of doubt, its codes, and what is said of it."""

    name: str
    codes: tuple[Coding, ...]
    assertion: Assertion


def read_items(text: str) -> Iterator[Item]:
    """The items of the text of a section of diagnoses, its heading left out."""
    for raw in split_items(text):
        codes = tuple(_codings(raw))
        name, assertion = _without_doubt(_CODE.sub(" ", raw))
        name = re.sub(r"\s+", " ", name).strip(_EDGES)
        if name and name not in _never() and re.search(r"[\u4e00-\u9fffA-Za-z]", name):
            yield Item(name, codes, assertion)


@cache
def _never() -> frozenset[str]:
    return frozenset(emr_rules()["diagnoses"]["none"])


def split_items(text: str) -> Iterator[str]:
    """The items as written: by their numbers, where these count on from 1, and by lines and semicolons."""
    for line in _BREAKS.split(text):
        if _DATE_LINE.match(line):
            continue
        for part in _split_numbers(_without_subtitle(line)):
            known, *guesses = _LOOKED_INTO.split(part, maxsplit=1)
            yield from filter(
                None, (known.strip(_EDGES) + "待查" * bool(guesses), *(each.strip(_EDGES + "）)") for each in guesses))
            )


def _without_subtitle(line: str) -> str:
    """A line without 西医诊断： before its list."""
    head, colon, rest = line.replace(":", "：").partition("：")
    is_subtitle = normal_heading(head) in emr_rules()["diagnoses"]["subtitles"]
    return rest if colon and is_subtitle else line


def _split_numbers(line: str) -> Iterator[str]:
    """Pieces before each number that is the next one; "2.1型糖尿病" behind item 1 is item 2, 1型糖尿病."""
    start, expected = 0, 0
    for mark in _MARK.finditer(line):
        number = _number(mark)
        if expected and number != expected and not (number == 1 and mark["round"]):
            continue
        yield line[start : mark.start()]
        start, expected = mark.end(), number + 1
    yield line[start:]


def _number(mark: re.Match[str]) -> int:
    return ord(mark["circle"]) - ord("①") + 1 if mark["circle"] else int(mark["plain"] or mark["round"])


def _codings(raw: str) -> Iterator[Coding]:
    for found in _CODE.finditer(raw):
        code = (found[1] or found[2] or found[3]).rstrip("+*†")
        yield Coding(find_curie("icd10cn", code), "ICD-10", code)


def _without_doubt(name: str) -> tuple[str, Assertion]:
    """A name without the words that deny or doubt it, and what they say."""
    rules = emr_rules()["diagnoses"]
    for assertion, words in ((Assertion.POSSIBLE, rules["possible"]), (Assertion.NEGATED, rules["negated"])):
        found = [word for word in words if word in name]
        if found:
            for word in found:
                name = name.replace(word, " ")
            return re.sub(r"[（(]\s*性?大?\s*[)）]", "", name).strip(_EDGES + "（(").removesuffix("性大"), assertion
    clean = name.strip(_EDGES)
    if clean.endswith(tuple(rules["historical"])) and len(clean) > 2:
        ending = next(word for word in rules["historical"] if clean.endswith(word))
        return clean.removesuffix(ending), Assertion.HISTORICAL
    return name, Assertion.PRESENT
