"""The text fields of an openFDA label record as sections: nested ones found in the text of the outer, tables in place.

openFDA gives every coded section as one string, headings and all, and repeats a subsection's words in a field of its
own; its tables stand flattened in that string and again, as HTML, in `<field>_table`. Each word is laid out once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from extractors.model import Section
from extractors.rules import check_keys, read_rules
from extractors.sections import kind_of_code, kind_of_heading
from extractors.sources.openfda_tables import PlacedTable, place_tables
from extractors.sources.spl_narrative import Narrative
from extractors.sources.spl_text import PARAGRAPH, regular

_LOOSE = re.compile(r" (?=[)\],;.](?:\s|$))|(?<=[(\[]) ")
_NUMBER = r"(?:\d{1,2}(?:\.\d{1,2})? )?"
_SUBHEADING = re.compile(r"(?<=[.:;)\]] )\d{1,2}\.\d{1,2} (?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Field:
    """A text field, blanks made regular; `heading` is the one its text begins with."""

    name: str
    code: str
    title: str
    text: str
    heading: str


@dataclass(frozen=True, slots=True)
class Inner:
    """A field whose whole text stands in an outer one, at `start`..`end`."""

    field: Field
    start: int
    end: int


@cache
def read_fields() -> Mapping[str, tuple[str, str]]:
    """Field name → LOINC code and title, in the order of a label (rules/openfda.toml)."""
    rules = read_rules("openfda")
    check_keys("openfda", "", rules, required={"fields"})
    return {name: (code, title) for name, (code, title) in rules["fields"].items()}


def texts_of(value: object) -> list[str]:
    """The strings in a field's value, which is a string or a list of strings."""
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, str)]


def lay_sections(
    narrative: Narrative, record: Mapping[str, Any], *, skip: Collection[str], first: int
) -> list[Section]:
    """The sections of all text fields of `record` but those in `skip`, laid out; `first` is the index of the first."""
    nested = nest_fields(list(_fields(record, skip)))
    owners = [{outer.name, *(each.field.name for each in inner)} for outer, inner in nested]
    sources = [
        (name.removesuffix("_table"), fragment)
        for name in record
        if name.endswith("_table") and nested
        for fragment in texts_of(record[name])
    ]
    sections: list[Section] = []
    placed = place_tables([outer.text for outer, _ in nested], owners, sources)
    for (outer, inner), tables in zip(nested, placed, strict=True):
        sections += _lay_field(narrative, outer, inner, tables, index=first + len(sections))
    return sections


def nest_fields(fields: Sequence[Field]) -> list[tuple[Field, list[Inner]]]:
    """The outer fields, in order, each with those whose whole text stands in its own."""
    by_length = sorted(range(len(fields)), key=lambda index: -len(fields[index].text))
    everything = "\0".join(fields[index].text for index in by_length)
    starts: list[int] = []
    inner: dict[int, list[Inner]] = {index: [] for index in by_length}
    start = 0
    for index in by_length:
        each = fields[index]
        found = everything.find(each.text)
        if found < start:
            holder = bisect_right(starts, found) - 1
            begin = found - starts[holder]
            inner[by_length[holder]].append(Inner(each, begin, begin + len(each.text)))
            del inner[index]
        starts.append(start)
        start += len(each.text) + 1
    ordered = {index: sorted(found, key=lambda i: (i.start, -i.end)) for index, found in inner.items()}
    return [(fields[index], ordered[index]) for index in sorted(ordered)]


def _fields(record: Mapping[str, Any], skip: Collection[str]) -> Iterator[Field]:
    known = read_fields()
    others = [name for name in record if name not in known and isinstance(record[name], list)]
    for name in [*known, *others]:
        if name in skip or name.endswith("_table"):
            continue
        code, title = known.get(name, ("", name.replace("_", " ").capitalize()))
        for given in texts_of(record.get(name)):
            text = _LOOSE.sub("", regular(given))
            if text:
                yield Field(name, code, title, text, _heading(text, title))


def _heading(text: str, title: str) -> str:
    """The heading that `text` begins with: the field's title, or any known one in capitals; numbered or not."""
    words = r"[\s,/]*(?:&|and)?\s*".join(map(re.escape, re.split(r"[\s,/]+(?:and )?", title)))
    found = re.match(rf"{_NUMBER}{words}\b:?", text, re.IGNORECASE) if title else None
    found = found or _capital_heading().match(text)
    return found.group() if found else ""


@cache
def _capital_heading() -> re.Pattern[str]:
    """The headings of rules/sections.toml in capitals, before a word that is not: `USES Boils`, not `WARNING: RISK`."""
    headings = {heading.upper() for table in read_rules("sections").values() for heading in table["en"]}
    words = "|".join(map(re.escape, sorted(headings, key=len, reverse=True)))
    return re.compile(rf"{_NUMBER}(?:{words})\b:?(?=\s+\S*[a-z])")


def _lay_field(
    narrative: Narrative, outer: Field, inner: Sequence[Inner], tables: Sequence[PlacedTable], *, index: int
) -> Iterator[Section]:
    """Lay out a field piece by piece, cut where a heading, an inner field or a table begins or ends."""
    writer = narrative.writer
    writer.gap(PARAGRAPH)
    whole = writer.open()
    if outer.title and not outer.heading:
        writer.write(outer.title)
    starts, ends = _lay_pieces(narrative, outer.text, _cuts(outer, inner), tables)
    start, end = writer.close(whole)
    kind = kind_of_code(outer.code) or kind_of_heading(outer.heading or outer.title)
    yield Section(outer.code, outer.heading or outer.title, start, end, kind)
    around: list[tuple[int, Section]] = [(index, Section(outer.code, "", start, end, kind))]
    for number, each in enumerate(inner, start=index + 1):
        begin = starts[bisect_right(starts, (each.start, 1 << 62)) - 1][1]
        finish = max(ends[min(bisect_right(ends, (each.end, -1)), len(ends) - 1)][1], begin)
        while len(around) > 1 and around[-1][1].end <= begin:
            around.pop()
        section = _inner_section(each.field, begin, finish, *around[-1])
        around.append((number, section))
        yield section


def _inner_section(field: Field, start: int, end: int, parent: int, outer: Section) -> Section:
    kind = kind_of_code(field.code) or kind_of_heading(field.heading or field.title) or outer.kind
    title = field.heading or field.title
    return Section(field.code, title, start, min(end, outer.end), kind, parent, outer.level + 1)


def _cuts(outer: Field, inner: Sequence[Inner]) -> set[int]:
    cuts = {0, len(outer.heading), len(outer.text)}
    for each in inner:
        cuts |= {each.start, each.start + len(each.field.heading), each.end}
    return cuts | {found.start() for found in _SUBHEADING.finditer(outer.text)}


def _lay_pieces(
    narrative: Narrative, text: str, cuts: set[int], tables: Sequence[PlacedTable]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Lay out `text` cut at `cuts`, with `tables` in place of their words.

    Gives two lists: place in `text` where a piece starts and its offset in the document, and the same of the ends.
    """
    pieces: list[tuple[int, int, PlacedTable | None]] = [(table.start, table.end, table) for table in tables]
    free = [0, *(place for table in tables for place in table[:2]), len(text)]
    for low, high in zip(free[::2], free[1::2], strict=True):
        points = [low, *sorted(cut for cut in cuts if low < cut < high), high]
        pieces += [(a, b, None) for a, b in pairwise(points) if a < b]
    starts, ends = [], []
    for a, b, table in sorted(pieces, key=lambda piece: piece[:2]):
        narrative.writer.gap(PARAGRAPH)
        mark = narrative.writer.open()
        if table is None:
            narrative.writer.write(text[a:b])
        else:
            narrative.lay_table(table.element)
        narrative.writer.close(mark)
        starts.append((a, mark.start))
        ends.append((b, mark.end))
    return starts, ends
