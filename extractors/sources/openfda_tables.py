"""The HTML tables of an openFDA field, each with its place in the field's text, where its words stand flattened."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree


class PlacedTable(NamedTuple):
    """A table whose words stand at `start`..`end` of a text; both are the text's end where it has them not."""

    start: int
    end: int
    element: etree._Element


def place_tables(text: str, sources: Iterable[str]) -> list[PlacedTable]:
    """The tables of the fragments `sources` in the order of `text`, none overlapping; the same fragment counts once."""
    letters = text.replace(" ", "")
    found = [
        PlacedTable(*_find_flat(text, letters, table), table)
        for source in dict.fromkeys(sources)
        for table in parse_tables(source)
    ]
    kept: list[PlacedTable] = []
    added: list[PlacedTable] = []
    for place in sorted(found, key=lambda each: each[:2]):
        if kept and place.start < kept[-1].end:
            added.append(PlacedTable(len(text), len(text), place.element))
        else:
            kept.append(place)
    return kept + added


def parse_tables(source: str) -> list[etree._Element]:
    """The outermost tables in a fragment of XML, or of HTML where it is no XML."""
    safe = "" if "<!" in source else source
    try:
        root = etree.fromstring(f"<div>{safe}</div>", etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        root = etree.fromstring(f"<div>{safe}</div>", etree.HTMLParser(no_network=True))
    return [t for t in root.iter("table") if next(t.iterancestors("table"), None) is None]


def _find_flat(text: str, letters: str, table: etree._Element) -> tuple[int, int]:
    """Where the words of `table` stand in `text` (`letters` without blanks), whatever the blanks between them."""
    words = "".join("".join(map(str, table.itertext())).split())
    at = letters.find(words) if words else -1
    if at < 0:
        return len(text), len(text)
    return _place_of_letter(text, at), _place_of_letter(text, at + len(words) - 1) + 1


def _place_of_letter(text: str, count: int) -> int:
    """The index in `text` of the letter that `count` others stand before, blanks not counted."""
    passed = 0
    for word in re.finditer("[^ ]+", text):
        size = word.end() - word.start()
        if passed + size > count:
            return word.start() + count - passed
        passed += size
    return len(text)
