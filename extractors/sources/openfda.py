"""openFDA drug label JSON (open.fda.gov/apis/drug/label): a record, a list of them, or an answer with `results`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from extractors.errors import UnreadableError
from extractors.model import Document, Section, Source
from extractors.sources.openfda_products import guess_name, write_products
from extractors.sources.openfda_sections import lay_sections, texts_of
from extractors.sources.product_data import PRODUCT_DATA, PRODUCT_DATA_TITLE, ProductData
from extractors.sources.spl_narrative import Narrative
from extractors.sources.spl_text import PARAGRAPH, TextWriter, regular
from extractors.sources.versions import read_effective_time, read_version

_NOT_SECTIONS = frozenset({"id", "set_id", "version", "effective_time", "openfda", "spl_product_data_elements"})
_MARKS = re.compile(
    rb'"(?:openfda"\s*:\s*\{|(?:spl_product_data_elements|spl_unclassified_section|indications_and_usage|adverse_reactions'
    rb'|package_label_principal_display_panel|dosage_and_administration|warnings|description)"\s*:\s*\[\s*"'
    rb'|set_id"\s*:\s*")'
)


class OpenFDA:
    """Reads openFDA label records; one record is one document, with the same id as the label's SPL file."""

    name = "openfda"

    def claims(self, head: bytes) -> bool:
        """Whether this is JSON with the field names of openFDA's label records."""
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        return start.startswith((b"{", b"[")) and b'"resourceType"' not in head and bool(_MARKS.search(head))

    def read(self, data: bytes) -> Iterator[Document]:
        """The documents in `data`; raises `UnreadableError` where it is not JSON or a record lacks its id."""
        import orjson

        try:
            content = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as error:
            raise UnreadableError(f"is not valid JSON (cut off or damaged): {error}") from error
        if isinstance(content, dict) and isinstance(content.get("results"), list):
            content = content["results"]
        for record in content if isinstance(content, list) else [content]:
            if not isinstance(record, dict):
                raise UnreadableError("holds something else than label records")
            yield _read_record(record)


def _read_record(record: Mapping[str, Any]) -> Document:
    identifier = _string(record, "set_id") or _string(record, "id")
    if not identifier:
        raise UnreadableError("has neither a set id nor an id, so its versions cannot be told apart")
    block = record.get("openfda")
    given = block.items() if isinstance(block, dict) else ()
    facts = {name: [text for text in map(regular, texts_of(value)) if text] for name, value in given}
    writer = TextWriter()
    narrative, data = Narrative(writer), ProductData(writer)
    sections = list(_lay_product_data(data, facts, texts_of(record.get("spl_product_data_elements"))))
    sections += lay_sections(narrative, record, skip=_NOT_SECTIONS, first=len(sections))
    kind = next(iter(facts.get("product_type", ())), "")
    names = [data.products[0].name, data.products[0].generic_name] if data.products else []
    return Document(
        id=f"dailymed:{identifier.lower()}",
        title=" - ".join(dict.fromkeys(filter(None, names))) or f"Label {identifier.lower()}",
        text=writer.text,
        sections=tuple(sections),
        tables=tuple(sorted(narrative.tables, key=lambda table: (table.start, -table.end))),
        products=tuple(data.products),
        coded=tuple(data.coded),
        version=read_version(_string(record, "version")),
        effective=read_effective_time(_string(record, "effective_time")),
        type=f"{kind} LABEL" if kind and not kind.endswith("LABEL") else kind,
        source="openfda",
        country="US",
    )


def _string(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return str(value).strip() if isinstance(value, str | int) else ""


def _lay_product_data(data: ProductData, facts: Mapping[str, list[str]], elements: list[str]) -> Iterator[Section]:
    """The section of product data: sentences from the `openfda` block, and the product elements as they are given."""
    if not facts and not elements:
        return
    writer = data.writer
    mark = writer.open()
    writer.write(PRODUCT_DATA_TITLE)
    write_products(data, facts, guess=guess_name(elements[0]) if elements else "")
    for each in elements:
        writer.gap(PARAGRAPH)
        writer.write(each)
    start, end = writer.close(mark)
    yield Section(PRODUCT_DATA, PRODUCT_DATA_TITLE, start, end, "product_data")


SOURCE: Source = OpenFDA()
