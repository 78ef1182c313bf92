"""Sentences on a terminal: the name that matters highlighted, the rest cut to what fits."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.cells import cell_len
from rich.text import Text

from kg.model import Evidence, Node
from kg.render.pages import window
from ontologies.printable import printable

HIGHLIGHT = "bold underline"
_GAP = " … "

#: What stands where a quote of restricted evidence would stand.
WITHHELD = "a sentence of a patient's note, restricted"


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


def draw_evidence(row: Evidence, node: Node, *, width: int, written: str = "") -> Text:
    """The row's quote between its marks, or that it is withheld; see `draw_quote`."""
    if row.restricted and not row.quote:
        return Text(WITHHELD, style="dim italic")
    return Text.assemble("“", draw_quote(row.quote, node, width=width, written=written), "”")


def draw_quote(quote: str, node: Node, *, width: int, written: str = "") -> Text:
    """The quote on one line of text with the node's name highlighted, cut around it to `width` columns.

    `written` is the name that the document gives it, looked for before the node's own.
    """
    flat = printable(" ".join(quote.split()))
    names = (printable(" ".join(name.split())) for name in (written, *names_of(node)))
    place = find_name(flat, filter(None, names))
    start, end = window(flat, place, width if cell_len(flat) <= width else width - 4)
    before, after = _GAP.lstrip() if start else "", _GAP.rstrip() if end < len(flat) else ""
    text = Text(before + flat[start:end] + after)
    if place is not None:
        text.stylize(HIGHLIGHT, place[0] - start + len(before), place[1] - start + len(before))
    return text
