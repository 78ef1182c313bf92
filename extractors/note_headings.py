"""Sections of a clinical note found by its headings, in English and Chinese, by rules/note_sections.toml.

A heading stands at the beginning of a line, or, in capitals and with a colon, behind the end of a sentence: notes whose
line breaks were lost are common (MTSamples, exports to CSV). A heading in capitals that is not known ends the section
before it and has no kind, unless it names a part of an examination.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from extractors.model import Section
from extractors.note_sections import chinese_headings, code_of_note_kind, kind_of_note_heading, normal_heading
from extractors.rules import check_keys, read_rules

_AT_LINE = re.compile(
    r"^[ \t>*#=_\-]*(?P<title>[A-Za-z][A-Za-z0-9 &/,.'()+\-]{0,58}?)[ \t*_#=]*+(?::|-{2,}|(?=[ \t]*+$))", re.M
)
_IN_LINE = re.compile(
    r"(?=[A-Z])(?:(?<=^)|(?<=[.,;:!?)\]\"] )|(?<=[.,;:!?)\]\"])|(?<=  ))"
    r"(?P<title>[A-Z][A-Z0-9 &/,'()+\-]{1,58}?)\s{0,3}:",
    re.M,
)
_NUMBERED = re.compile(r"^[ \t]*(?:[\dIVX]{1,4}[.)][ \t]+)(?P<title>[A-Z][A-Za-z &/,\-]{2,50}?)[ \t]*:", re.M)
_NUMBER = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]")
_SPACES = r"[ \t\u3000\u00a0]*+"
_OPEN, _CLOSE = r"[【\[〔［《]", r"[】\]〕］》]"


class _Heading(NamedTuple):
    start: int
    end: int
    title: str
    kind: str


def find_note_sections(text: str, *, language: str = "en") -> tuple[Section, ...]:
    """The sections of `text`, from each heading to the next; what stands before the first heading is in none."""
    found = _chinese(text) if language.startswith("zh") else _english(text)
    return tuple(_sections(_apart(found), len(text)))


def count_core_headings(text: str) -> int:
    """How many kinds of section begin in an English text that clinical notes have and articles have not."""
    return len({heading.kind for heading in _english(text)} & set(note_rules()["headings"]["core"]))


@cache
def note_rules() -> Mapping[str, Any]:
    """The rules for notes, their keys checked."""
    rules = read_rules("notes")
    check_keys("notes", "", rules, required={"columns", "headings"})
    check_keys("notes", "headings", rules["headings"], required={"parts", "with_parts", "core"})
    return rules


def _english(text: str) -> Iterator[_Heading]:
    for pattern in (_AT_LINE, _NUMBERED):
        for found in pattern.finditer(text):
            kind = kind_of_note_heading(found["title"])
            if kind and not _is_part(found["title"]):
                yield _Heading(found.start("title"), found.end(), found["title"].strip(), kind)
    for found in _IN_LINE.finditer(text):
        yield from _capitals(found)


def _capitals(found: re.Match[str]) -> Iterator[_Heading]:
    """The headings in a run of capitals before a colon; of "PHYSICAL EXAMINATION,VITAL SIGNS" there are two."""
    title, start = found["title"], found.start("title")
    if kind := kind_of_note_heading(title):
        yield _Heading(start, found.end(), title.strip(), kind)
        return
    first, comma, last = title.partition(",")
    kinds = kind_of_note_heading(first), kind_of_note_heading(last)
    if comma and kinds[0] and (kinds[1] or _is_part(last)):
        yield _Heading(start, start + len(first), first.strip(), kinds[0])
        title, start = last, start + len(first) + 1
        if not kinds[1]:
            return
        yield _Heading(start, found.end(), title.strip(), kinds[1])
    elif kind := _kind_of_compound(title):
        yield _Heading(start, found.end(), title.strip(), kind)
    elif len(title) > 3 and not _is_part(title) and re.search(r"[A-Z]{4}", title):
        yield _Heading(start, found.end(), title.strip(), "")


def _kind_of_compound(title: str) -> str:
    """The kind of the first heading in one like "FAMILY HISTORY AND SOCIAL HISTORY"."""
    names = re.split(r",| AND |&|/", title)
    return next((kind for name in names if (kind := kind_of_note_heading(name))), "") if len(names) > 1 else ""


@cache
def _parts() -> tuple[frozenset[str], frozenset[str]]:
    rules = note_rules()["headings"]
    return frozenset(rules["parts"]), frozenset(rules["with_parts"])


def _is_part(title: str) -> bool:
    return normal_heading(title) in _parts()[0]


def _chinese(text: str) -> Iterator[_Heading]:
    for found in _chinese_pattern().finditer(text):
        title = found["title"] or found["bare"]
        kind = kind_of_note_heading(title) or kind_of_note_heading(re.split("[、及和]", title)[0])
        yield _Heading(found.start(), found.end(), re.sub(r"\s", "", title), kind)


@cache
def _chinese_pattern() -> re.Pattern[str]:
    """A known heading in brackets, before a colon behind the end of a sentence, or at the beginning of a line."""
    names = "|".join(_SPACES.join(title) for title in chinese_headings())
    sure = "|".join(_SPACES.join(title) for title in chinese_headings() if len(title) >= 3 or title in {"主诉", "查体"})
    number = r"(?:[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]" + _SPACES + ")?"
    bracketed = rf"{_OPEN}{_SPACES}(?:{names}){_SPACES}{_CLOSE}{_SPACES}[:：]?"
    behind_sentence = rf"(?:^{_SPACES}{number}|(?<=[。；;！!？?\s）)])){_OPEN}?(?:{names})"
    behind_anything = rf"(?<=[^\u4e00-\u9fff])(?:{sure})"
    titled = rf"(?:{behind_sentence}|{behind_anything}){_SPACES}[:：]"
    several = rf"(?:{names})(?:[、及和](?:{names}))+"
    running = rf"(?:{sure})(?=[ \t\u3000]|患者|无|否认)"
    bare = rf"^{_SPACES}{number}(?:{several}|(?:{names})(?={_SPACES}$)|{running})"
    return re.compile(rf"(?P<title>{bracketed}|{titled})|(?P<bare>{bare})", re.M)


def _apart(found: Iterable[_Heading]) -> list[_Heading]:
    """The headings in their order, of those that overlap the one with a kind and then the longest."""
    kept: list[_Heading] = []
    for heading in sorted(set(found), key=lambda h: (h.start, not h.kind, -h.end)):
        if not kept or heading.start >= kept[-1].end:
            kept.append(heading)
        elif heading.kind and not kept[-1].kind:
            kept[-1] = heading
    return kept


def _sections(headings: list[_Heading], length: int) -> Iterator[Section]:
    """Vital signs within an examination are a section inside it; all others stand side by side."""
    ends = [*(heading.start for heading in headings[1:]), length] if headings else []
    top = -1
    for index, (heading, end) in enumerate(zip(headings, ends, strict=True)):
        inside = top >= 0 and _is_part(heading.title) and headings[top].kind in _parts()[1] and index > top
        if not inside:
            top = index
            end = _end_with_parts(headings, index, length)
        yield Section(
            code=code_of_note_kind(heading.kind),
            title=_NUMBER.sub("", heading.title).strip("【】[]〔〕［］《》:： "),
            start=heading.start,
            end=end,
            kind=heading.kind,
            parent=top if inside else None,
            level=2 if inside else 1,
        )


def _end_with_parts(headings: list[_Heading], index: int, length: int) -> int:
    """Where a section ends: at the next heading that is no part of it."""
    for following in headings[index + 1 :]:
        if not (headings[index].kind in _parts()[1] and _is_part(following.title)):
            return following.start
    return length
