"""The HTML tables of an openFDA record, each with its place in the text where its words stand flattened."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from lxml import etree


class PlacedTable(NamedTuple):
    """A table whose words stand at `start`..`end` of a text; both are the text's end where it has them not."""

    start: int
    end: int
    element: etree._Element


class _Letters:
    """A text with one blank between words, in which letters are found whatever the blanks between them."""

    def __init__(self, text: str) -> None:
        self.end = len(text)
        self._letters = text.replace(" ", "")
        self._before = list(accumulate(map(len, text.split(" ")), initial=0))

    def find(self, flat: str) -> tuple[int, int] | None:
        """Start and end of `flat`, which has no blanks, or None."""
        first = self._letters.find(flat) if flat else -1
        if first < 0:
            return None
        last = first + len(flat) - 1
        # Before a letter there are as many blanks as words have ended before it.
        return first + bisect_right(self._before, first) - 1, last + bisect_right(self._before, last)


def place_tables(
    texts: Sequence[str], owners: Sequence[Collection[str]], sources: Iterable[tuple[str, str]]
) -> list[list[PlacedTable]]:
    """For each of `texts` its tables in order, none overlapping.

    `sources` are pairs of a field's name and a fragment with tables; `owners` names the fields that each text holds.
    A table whose words stand in no text follows the first one that holds its field. The same fragment counts once.
    """
    letters = [_Letters(text) for text in texts]
    placed: list[list[PlacedTable]] = [[] for _ in texts]
    distinct: dict[str, str] = {}
    for name, fragment in sources:
        distinct.setdefault(fragment, name)
    for fragment, name in distinct.items():
        near = [index for index, names in enumerate(owners) if name in names]
        for table in parse_tables(fragment):
            index, start, end = _find_place(letters, near, "".join("".join(map(str, table.itertext())).split()))
            placed[index].append(PlacedTable(start, end, table))
    return [_apart(tables, len(text)) for tables, text in zip(placed, texts, strict=True)]


def _find_place(letters: Sequence[_Letters], near: Sequence[int], flat: str) -> tuple[int, int, int]:
    """Index of the text that holds `flat`, those in `near` asked first, and where; else the end of the nearest."""
    for index in dict.fromkeys([*near, *range(len(letters))]):
        place = letters[index].find(flat)
        if place:
            return index, *place
    index = near[0] if near else len(letters) - 1
    return index, letters[index].end, letters[index].end


def _apart(tables: Sequence[PlacedTable], end: int) -> list[PlacedTable]:
    """The tables in order; one that begins inside another goes to the end, as an addition."""
    kept: list[PlacedTable] = []
    added: list[PlacedTable] = []
    for table in sorted(tables, key=lambda each: each[:2]):
        if kept and table.start < kept[-1].end:
            added.append(PlacedTable(end, end, table.element))
        else:
            kept.append(table)
    return kept + added


def parse_tables(source: str) -> list[etree._Element]:
    """The outermost tables in a fragment of XML, or of HTML where it is no XML."""
    safe = "" if "<!" in source else source
    try:
        root = etree.fromstring(f"<div>{safe}</div>", etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        root = etree.fromstring(f"<div>{safe}</div>", etree.HTMLParser(no_network=True))
    return [t for t in root.iter("table") if next(t.iterancestors("table"), None) is None]
