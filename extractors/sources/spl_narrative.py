"""The narrative blocks of a label (HL7 v3 narrative, or its HTML in openFDA) laid out as text and tables.

The elements are those of the SPL Implementation Guide, section 2.2.2 (narrative text): paragraph, list, table, content,
sub, sup, br, footnote, footnoteRef, linkHtml, renderMultiMedia, caption. Images are left out, their captions are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from extractors.model import Table
from extractors.sources.spl_tables import lay_table
from extractors.sources.spl_text import BLANK, LINE, PARAGRAPH, TextWriter

HL7 = "{urn:hl7-org:v3}"

_SIGNS = "*†‡§¶#♠♥♦♣"
_EXPONENT = re.compile(r"[-+−–]?\d+")
_UNIT = re.compile(r"(?:^|[^A-Za-z])[A-Za-z]{1,2}$")
_ORDINAL = frozenset({"st", "nd", "rd", "th"})


class Narrative:
    """Lays elements out through a writer and gathers the tables it meets."""

    def __init__(self, writer: TextWriter) -> None:
        self.writer = writer
        self.tables: list[Table] = []
        self._lists = 0
        self._notes: list[tuple[str, etree._Element]] = []
        self._signs: dict[str, str] = {}
        self._given = 0

    def lay_block(self, element: etree._Element) -> None:
        """Lay out a whole block (a section's text) and the footnotes it holds."""
        self.writer.gap(PARAGRAPH)
        self.lay(element)
        self.lay_notes()
        self.writer.gap(PARAGRAPH)

    def lay(self, element: etree._Element) -> None:
        """Lay out what stands inside `element`."""
        write, find = self.writer.write, _LAYERS.get
        if element.text:
            write(element.text)
        for child in element:
            layer = find(child.tag)
            if layer is None:
                self.lay(child)
            else:
                layer(self, child)
            if child.tail:
                write(child.tail)

    def lay_line(self, element: etree._Element) -> None:
        """Lay out `element` on one line of its own, whatever breaks it holds."""
        was, self.writer.flat = self.writer.flat, False
        self.writer.gap(LINE)
        self.writer.begin_row()
        self.lay(element)
        self.writer.end_row()
        self.writer.flat = was

    def lay_notes(self) -> None:
        """Lay out the footnotes met since the last time, a line each, behind their signs."""
        for sign, element in iter(lambda: self._notes.pop(0) if self._notes else ("", None), ("", None)):
            self.writer.gap(LINE)
            self.writer.write(f"{sign} ")
            if element is not None:
                self.lay(element)
        self.writer.gap(LINE)
        self._given = 0

    def _paragraph(self, element: etree._Element) -> None:
        kind = LINE if self._lists else PARAGRAPH
        self.writer.gap(kind)
        self.lay(element)
        self.writer.gap(kind)

    def _list(self, element: etree._Element) -> None:
        self.writer.gap(LINE)
        self._lists += 1
        self.lay(element)
        self._lists -= 1
        self.writer.gap(LINE)

    def _item(self, element: etree._Element) -> None:
        self.writer.bullet()
        self.lay(element)
        self.writer.gap(LINE)

    def _break(self, _: etree._Element) -> None:
        self.writer.gap(LINE)

    def _caption(self, element: etree._Element) -> None:
        parent = element.getparent()
        self.lay(element)
        self.writer.gap(LINE if parent is not None and str(parent.tag).endswith("list") else BLANK)

    def _superscript(self, element: etree._Element) -> None:
        raised = "".join(map(str, element.itertext())).strip()
        if len(element) or not raised:
            self.lay(element)
        else:
            self.writer.write("^" + raised if _needs_caret(self.writer.last, raised) else raised)

    def _note(self, element: etree._Element) -> None:
        sign = self._sign(element.get("ID") or "")
        self._notes.append((sign, element))
        self.writer.write(sign)

    def _note_reference(self, element: etree._Element) -> None:
        self.writer.write(self._sign(element.get("IDREF") or ""))

    def _sign(self, identifier: str) -> str:
        if identifier in self._signs:
            return self._signs[identifier]
        times, index = divmod(self._given, len(_SIGNS))
        self._given += 1
        sign = _SIGNS[index] * (times + 1)
        if identifier:
            self._signs[identifier] = sign
        return sign

    def lay_table(self, element: etree._Element) -> None:
        """Lay out a table and keep it, unless it is empty or stands inside another's cell."""
        table = lay_table(self, element)
        if table:
            self.tables.append(table)

    def _nothing(self, _: etree._Element) -> None:
        pass


def _needs_caret(before: str, raised: str) -> bool:
    """Whether a superscript would be read as part of what stands before it: 10^9, Nausea^a, but m2, 5th, Ca2+."""
    if not before or not (raised[0].isalnum() or _EXPONENT.fullmatch(raised)):
        return False
    if before[-1].isdigit():
        return raised not in _ORDINAL
    return not (raised[0].isdigit() and _UNIT.search(before))


_NAMES: dict[str, Callable[[Narrative, etree._Element], None]] = {
    "paragraph": Narrative._paragraph,
    "p": Narrative._paragraph,
    "list": Narrative._list,
    "ul": Narrative._list,
    "ol": Narrative._list,
    "item": Narrative._item,
    "li": Narrative._item,
    "table": Narrative.lay_table,
    "br": Narrative._break,
    "caption": Narrative._caption,
    "sup": Narrative._superscript,
    "footnote": Narrative._note,
    "footnoteRef": Narrative._note_reference,
    "footnoteref": Narrative._note_reference,
    "excerpt": Narrative._nothing,
    "script": Narrative._nothing,
    "style": Narrative._nothing,
}
_LAYERS = {space + name: layer for name, layer in _NAMES.items() for space in ("", HL7)}
