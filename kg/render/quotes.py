"""Sentences on a terminal: the name that matters highlighted, the rest cut to what fits."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.text import Text

from kg.model import Node
from ontologies.printable import printable

HIGHLIGHT = "bold underline"
_GAP = " … "


def names_of(node: Node) -> list[str]:
    """All names of a node, longest first, as they are looked for in a quote."""
    return sorted({name for name in (node.name, node.name_zh, *node.synonyms) if name}, key=len, reverse=True)


def find_name(quote: str, names: Iterable[str]) -> tuple[int, int] | None:
    """Where the first of `names` that stands in `quote` stands, regardless of case, plural or not."""
    for name in names:
        found = re.search(rf"(?<![^\W_]){re.escape(name)}(?:e?s)?(?![^\W_])", quote, re.IGNORECASE)
        if found is None and not name.isascii():
            found = re.search(re.escape(name), quote)
        if found is not None:
            return found.span()
    return None


def draw_quote(quote: str, node: Node, *, width: int, written: str = "") -> Text:
    """The quote on one line of text with the node's name highlighted, cut around it to about `width` characters.

    `written` is the name that the document gives it, looked for before the node's own.
    """
    flat = printable(" ".join(quote.split()))
    place = find_name(flat, [*filter(None, [written]), *names_of(node)])
    start, end = _window(len(flat), place, width)
    before, after = _GAP.lstrip() if start else "", _GAP.rstrip() if end < len(flat) else ""
    text = Text(before + flat[start:end] + after)
    if place is not None:
        text.stylize(HIGHLIGHT, place[0] - start + len(before), place[1] - start + len(before))
    return text


def _window(length: int, place: tuple[int, int] | None, width: int) -> tuple[int, int]:
    """The range of a quote to show: all of it, its beginning, or `width` characters around the name."""
    if length <= width:
        return 0, length
    middle = sum(place) // 2 if place else 0
    start = max(0, min(middle - width // 2, length - width))
    return start, start + width
