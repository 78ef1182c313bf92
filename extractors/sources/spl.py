"""Structured Product Labeling (HL7 v3) of DailyMed: Rx labels of both formats, OTC Drug Facts, class indexing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from extractors.errors import UnreadableError
from extractors.model import Document, Section, Source
from extractors.sections import kind_of_code, kind_of_heading
from extractors.sources.product_data import PRODUCT_DATA, PRODUCT_DATA_TITLE, ProductData, write_product
from extractors.sources.safe_xml import parse_xml, root_of
from extractors.sources.spl_classes import write_classes
from extractors.sources.spl_narrative import HL7, Narrative
from extractors.sources.spl_products import find_all, find_one, read_makers, read_products
from extractors.sources.spl_text import PARAGRAPH, Mark, TextWriter
from extractors.sources.versions import read_effective_time, read_version

#: LOINC code of "SPL indexing data elements section".
_INDEXING = "48779-3"
_BOILERPLATE = re.compile(
    r"^These highlights do not include all .*? See full prescribing information for [^.]*(?:\.\S[^.]*)*\.\s*"
)


@dataclass(slots=True)
class _Draft:
    """A section being laid out."""

    code: str
    kind: str
    parent: int | None
    level: int
    mark: Mark
    title: str = field(default="")


class SPL:
    """Reads one SPL file as one document."""

    name = "spl"

    def claims(self, head: bytes) -> bool:
        """Whether the first element is a `document` of HL7 v3."""
        name, attributes = root_of(head)
        return name == "document" and "urn:hl7-org:v3" in attributes

    def read(self, data: bytes) -> Iterator[Document]:
        """The one document in `data`; raises `UnreadableError` where it is not SPL or lacks what a label must have."""
        root = parse_xml(data)
        if root.tag != HL7 + "document":
            raise UnreadableError(f"is XML, but not SPL: its first element is {root.tag}")
        yield _Label(root).read()


class _Label:
    """One label while it is read."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.writer = TextWriter()
        self.narrative = Narrative(self.writer)
        self.data = ProductData(self.writer)
        self.drafts: list[_Draft] = []

    def read(self) -> Document:
        identifier, version, effective = _identify(self.root)
        body = find_one(self.root, "component/structuredBody")
        if body is None:
            raise UnreadableError("is an SPL file without a structured body, so it holds no sections")
        sections = find_all(body, "component/section")
        listing = next((s for s in sections if _code(s) in {PRODUCT_DATA, _INDEXING}), None)
        self._lay_product_data(listing)
        for section in sections:
            if section is not listing:
                self._lay_section(section, None)
        kind = find_one(self.root, "code")
        return Document(
            id=f"dailymed:{identifier}",
            title=self._title(),
            text=self.writer.text,
            sections=tuple(_nested(self.drafts)),
            tables=tuple(sorted(self.narrative.tables, key=lambda table: (table.start, -table.end))),
            products=tuple(self.data.products),
            coded=tuple(self.data.coded),
            version=version,
            effective=effective,
            type=kind.get("displayName", "") if kind is not None else "",
            source="spl",
            language=_language(self.root),
            country="US",
        )

    def _title(self) -> str:
        """The title without the sentence that every label in the new format begins with, else the first product."""
        element = find_one(self.root, "title")
        writer = TextWriter()
        if element is not None:
            Narrative(writer).lay_line(element)
        title = _BOILERPLATE.sub("", writer.text) or writer.text
        return title or next((product.name for product in self.data.products), "")

    def _lay_product_data(self, listing: etree._Element | None) -> None:
        code = _code(listing) if listing is not None else PRODUCT_DATA
        products = list(read_products(self.root))
        if listing is None and not products:
            return
        draft = self._open(code, None, "product_data")
        draft.title = PRODUCT_DATA_TITLE
        self.writer.write(PRODUCT_DATA_TITLE)
        makers, sites = read_makers(self.root)
        for product in products:
            write_product(self.data, product, makers=makers, sites=sites)
        write_classes(self.data, self.root)
        if listing is not None:
            self._lay_contents(listing, len(self.drafts) - 1)
        self.writer.close(draft.mark)

    def _lay_section(self, element: etree._Element, parent: int | None) -> None:
        draft = self._open(_code(element), parent, "")
        index = len(self.drafts) - 1
        title = find_one(element, "title")
        if title is not None:
            draft.title = self._lay_title(title)
        inherited = "" if parent is None else self.drafts[parent].kind
        draft.kind = kind_of_code(draft.code) or kind_of_heading(draft.title) or inherited
        self._lay_contents(element, index)
        self.writer.close(draft.mark)

    def _open(self, code: str, parent: int | None, kind: str) -> _Draft:
        self.writer.gap(PARAGRAPH)
        level = 1 if parent is None else self.drafts[parent].level + 1
        self.drafts.append(_Draft(code, kind, parent, level, self.writer.open()))
        return self.drafts[-1]

    def _lay_title(self, title: etree._Element) -> str:
        mark = self.writer.open()
        self.narrative.lay_line(title)
        self.writer.close(mark)
        return self.writer.text_of(mark)

    def _lay_contents(self, element: etree._Element, index: int) -> None:
        """Lay out a section's text and its sections; its highlights only where there is nothing else, to read once."""
        before = self.writer.length
        for text in find_all(element, "text"):
            self.narrative.lay_block(text)
        for section in find_all(element, "component/section"):
            self._lay_section(section, index)
        if self.writer.length == before:
            for text in find_all(element, "excerpt/highlight/text"):
                self.narrative.lay_block(text)


def _identify(root: etree._Element) -> tuple[str, int, str]:
    values = {}
    for name, attribute in (("setId", "root"), ("id", "root"), ("versionNumber", "value"), ("effectiveTime", "value")):
        element = find_one(root, name)
        values[name] = element.get(attribute, "").strip() if element is not None else ""
    identifier = values["setId"] or values["id"]
    if not identifier:
        raise UnreadableError("has neither a set id nor an id, so its versions cannot be told apart")
    return identifier.lower(), read_version(values["versionNumber"]), read_effective_time(values["effectiveTime"])


def _language(root: etree._Element) -> str:
    element = find_one(root, "languageCode")
    return (element.get("code", "") if element is not None else "").partition("-")[0].lower() or "en"


def _code(section: etree._Element) -> str:
    code = find_one(section, "code")
    return code.get("code", "") if code is not None else ""


def _nested(drafts: list[_Draft]) -> Iterator[Section]:
    """The sections; an empty one, whose place between others is free, is put inside its parent."""
    done: list[Section] = []
    for draft in drafts:
        start, end = draft.mark.start, draft.mark.end
        section = Section(draft.code, draft.title, start, end, draft.kind, draft.parent, draft.level)
        if draft.parent is not None:
            outer = done[draft.parent]
            section = replace(section, start=min(max(start, outer.start), outer.end), end=min(end, outer.end))
        done.append(replace(section, end=max(section.start, section.end)))
        yield done[-1]


SOURCE: Source = SPL()
