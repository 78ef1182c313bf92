"""The narrative of a C-CDA document: each section a note, a table row a line; and what its ids point at."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.note_sections import code_of_note_kind, kind_of_note_code, kind_of_note_heading, kind_of_template
from extractors.sources.ccda_xml import Element, attribute, child, children, own_text, template_ids
from extractors.sources.draft import Draft
from extractors.sources.spl_text import LINE, PARAGRAPH, Mark

_LINES = frozenset({"paragraph", "list", "caption", "text", "div", "p", "ul", "ol", "footnote", "title", "pre"})
_ITEMS = frozenset({"item", "li"})
_CELLS = frozenset({"td", "th"})


def kind_of_section(section: Element) -> str:
    """The kind of a section: by its templates, else its code, else its title; empty where none is known."""
    kinds = (kind_of_template(oid) for oid in template_ids(section))
    by_template = next((kind for kind in kinds if kind), "")
    return (
        by_template
        or kind_of_note_code(attribute(child(section, "code"), "code"))
        or kind_of_note_heading(own_text(child(section, "title")))
    )


def top_sections(root: Element) -> Iterator[Element]:
    """The sections of the body, those inside others left out."""
    for body in children(root, "component/structuredBody"):
        yield from body.findall("component/section")


class Narrative:
    """The text of one section and of those inside it, and the text that each id in it stands for."""

    def __init__(self, section: Element | None = None, *, title: str = "") -> None:
        self.draft = Draft()
        self.title = title
        self.has_text = False
        self._rows = 0
        self._texts: dict[str, str] = {}
        if section is not None:
            self.title = own_text(child(section, "title"))
            self._write_section(section)

    @classmethod
    def of_text(cls, text: Element, title: str) -> Narrative:
        """The narrative of a body that is plain text, line by line, without sections."""
        narrative = cls(title=title)
        for line in "".join(str(part) for part in text.itertext()).splitlines():
            narrative.draft.write_line(line)
        narrative.has_text = bool(narrative.text)
        return narrative

    @property
    def text(self) -> str:
        """The whole text."""
        return self.draft.text

    def resolve(self, reference: str) -> str:
        """What `#id` points at, in one line; empty where nothing has that id. Vendors differ in the capitals."""
        wanted = reference.strip().removeprefix("#")
        found = (self._texts.get(wanted) or self._texts.get(wanted.lower(), "")).removeprefix("• ")
        return " ".join(found.replace(" | ", " ").split())

    def _write_section(self, section: Element) -> None:
        title = own_text(child(section, "title"))
        kind = kind_of_section(section)
        code = attribute(child(section, "code"), "code") or code_of_note_kind(kind)
        self.draft.open_section(title, code=code, kind=kind, heading=title)
        text = child(section, "text")
        if text is not None:
            self.has_text = self.has_text or bool(own_text(text))
            self._write(text)
        for inner in children(section, "component/section"):
            self._write_section(inner)
        self.draft.close_section()

    def _write(self, element: Element) -> str:
        """Write an element; gives back its text. An id on an empty element stands for the text around it."""
        writer = self.draft.writer
        mark = writer.open()
        name = str(element.tag)
        self._begin(name)
        writer.write(element.text or "")
        empty: list[str] = []
        for index, inner in enumerate(element):
            if index and inner.tag in _CELLS:
                self._next_cell()
            if isinstance(inner.tag, str) and not self._write(inner):
                empty.append(_id_of(inner))
            writer.write("" if name in {"tr", "tbody", "thead", "table"} else inner.tail or "")
        self._end(name)
        return self._remember([_id_of(element), *empty], mark)

    def _next_cell(self) -> None:
        if self._rows == 1:
            self.draft.writer.begin_cell()
        else:
            self.draft.writer.gap(LINE)

    def _begin(self, name: str) -> None:
        writer = self.draft.writer
        self._rows += name == "tr"
        if name == "tr" and self._rows == 1:
            writer.begin_row()
        elif name in _ITEMS and not writer.flat:
            writer.bullet()
        elif name == "table" and not self._rows:
            writer.gap(PARAGRAPH)
        elif name in _LINES or name in _ITEMS or name in {"br", "tr"}:
            writer.gap(LINE)

    def _end(self, name: str) -> None:
        writer = self.draft.writer
        self._rows -= name == "tr"
        if name == "tr" and not self._rows:
            writer.end_row()
        elif name == "table" and not self._rows:
            writer.gap(PARAGRAPH)
        elif name in _LINES or name in _ITEMS:
            writer.gap(LINE)

    def _remember(self, ids: list[str], mark: Mark) -> str:
        start, end = self.draft.writer.close(mark)
        if start == end:
            return ""
        text = self.draft.writer.text_of(mark)
        for name in filter(None, ids):
            self._texts.setdefault(name, text)
            self._texts.setdefault(name.lower(), text)
        return text


def _id_of(element: Element) -> str:
    return attribute(element, "ID") or attribute(element, "id") if isinstance(element.tag, str) else ""
