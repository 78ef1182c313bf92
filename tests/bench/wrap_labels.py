"""Wraps the texts of the TAC 2017 labels as SPL XML into a temporary folder: real words in the form that is read.

Tests only: the texts come from a data set that is not shipped.
"""

from __future__ import annotations

import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

_CODES = {
    "adverse reactions": ("34084-4", "ADVERSE REACTIONS SECTION"),
    "boxed warnings": ("34066-1", "BOXED WARNING SECTION"),
    "warnings and precautions": ("43685-7", "WARNINGS AND PRECAUTIONS SECTION"),
    "precautions": ("42232-9", "PRECAUTIONS SECTION"),
    "warnings": ("34071-1", "WARNINGS SECTION"),
}
_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<document xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<id root="{id}"/>
<code code="34391-3" codeSystem="2.16.840.1.113883.6.1" displayName="HUMAN PRESCRIPTION DRUG LABEL"/>
<title>{title}</title><effectiveTime value="20170101"/><setId root="{id}"/><versionNumber value="1"/>
<component><structuredBody>
<component><section><id root="{id}"/><code code="48780-1" codeSystem="2.16.840.1.113883.6.1"/>
<effectiveTime value="20170101"/>
<subject><manufacturedProduct><manufacturedProduct>
<code code="00000-0000" codeSystem="2.16.840.1.113883.6.69"/><name>{title}</name>
<formCode code="C42998" codeSystem="2.16.840.1.113883.3.26.1.1" displayName="TABLET"/>
<asEntityWithGeneric><genericMedicine><name>{title}</name></genericMedicine></asEntityWithGeneric>
</manufacturedProduct></manufacturedProduct></subject></section></component>
{sections}</structuredBody></component></document>
"""
_SECTION = """<component><section><id root="{id}"/>
<code code={code} codeSystem="2.16.840.1.113883.6.1" displayName={name}/>
<title>{title}</title><text>{paragraphs}</text></section></component>
"""


def wrap_labels(corpus: Path, target: Path, *, limit: int) -> tuple[int, int]:
    """Writes up to `limit` labels of `corpus` (0: all) into `target`; how many, and of how many characters of text."""
    labels = characters = 0
    for name, data in _read_all(corpus):
        if limit and labels >= limit:
            break
        root = etree.fromstring(data)
        (target / f"{name}.xml").write_text(_wrap(name, root), encoding="utf-8")
        labels += 1
        characters += sum(len(section.text or "") for section in root.iter("Section"))
    return labels, characters


def _read_all(corpus: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted((corpus / "train_xml").glob("*.xml")):
        yield path.stem, path.read_bytes()
    with tarfile.open(corpus / "unannotated_xml.tar.gz") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.name.endswith(".xml") else None
            if stream is not None:
                yield f"unannotated-{Path(member.name).stem}", stream.read()


def _wrap(name: str, root: etree._Element) -> str:
    sections = "".join(
        _wrap_section(f"{name}/{s.get('id')}", s.get("name", ""), s.text or "") for s in root.iter("Section")
    )
    return _DOCUMENT.format(id=_id(name), title=escape(root.get("drug") or name), sections=sections)


def _wrap_section(key: str, name: str, text: str) -> str:
    code, display = _CODES.get(name, ("42229-5", "SPL UNCLASSIFIED SECTION"))
    paragraphs = "".join(f"<paragraph>{escape(block)}</paragraph>" for block in text.split("\n\n") if block.strip())
    return _SECTION.format(
        id=_id(key), code=quoteattr(code), name=quoteattr(display), title=escape(name.upper()), paragraphs=paragraphs
    )


def _id(key: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"medkg:bench/{key}"))
