"""ICD-10-CM: the tabular list as CMS publishes it (XML), its text of all codes, or a table.

- XML (icd10cm_tabular_2026.xml): chapters, sections and codes with inclusion terms as narrow synonyms. Excludes and
  other notes are no names and left out; codes are not lengthened by seventh characters.
- Text (icd10cm_order_2026.txt, icd10cm_codes_2026.txt): every code, those with a seventh character too, and its long
  title. Added beside the XML it brings these; hence its own name, icd10cm-order.
- Table: ours (code, parent, title, inclusion_terms), or one with code, English and Chinese title (Taiwan's 中文版, also
  XLSX), icd10cm-zh: its names are added to the same codes.

Chapter XVIII (R codes: symptoms, signs, abnormal findings) gives findings, the rest diseases. Codes of external causes
and of encounters (V to Z) are of kind other: they name no condition.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from ontologies.code_lists import clean_code, read_code_list
from ontologies.codes import find_parent
from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.tables import find_version, open_text, read_header, read_rows, split_list

if TYPE_CHECKING:
    from lxml.etree import _Element

COLUMNS = ("code", "parent", "title", "inclusion_terms")
_Row = tuple[str, str, str, list[str]]
_POISONING = re.compile(r"T(?:3[6-9]|[45]\d|6[0-5])")
_NO_CONDITION = ("V", "W", "X", "Y", "Z", "CH")
_CODE = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")
_ORDER = re.compile(r"\d{5} ([A-Z]\d[0-9A-Z]{1,5}) +[01] .{60} (\S.*)")
_CODES = re.compile(r"([A-Z]\d[0-9A-Z]{1,5}) +(\S.*)")
_CHINESE_HEAD = re.compile(r"zh|中文", re.IGNORECASE)
_RANGE = re.compile(r"\s*\([A-Z][0-9A-Z]{2}(?:-[A-Z][0-9A-Z]{2})?\)$")


class _Form(Enum):
    XML = auto()
    TEXT = auto()
    TABLE = auto()
    BILINGUAL = auto()


@dataclass(frozen=True, slots=True)
class Icd10cm:
    """The reader of ICD-10-CM."""

    name: str = "icd10cm"

    def read_info(self, path: Path) -> TerminologyInfo:
        """The fiscal year of the release, from the file or its name."""
        form = _find_form(path)
        source = "U.S. National Center for Health Statistics and CMS"
        if form is _Form.BILINGUAL:
            licence = "by the terms of the office that gives it out (Taiwan: Open Government Data License 1.0)"
            title = "ICD-10-CM in English and Chinese"
            return TerminologyInfo(
                "icd10cm-zh", self.name, title, find_version(path), licence, "衛生福利部中央健康保險署"
            )
        name = f"{self.name}-order" if form is _Form.TEXT else self.name
        version = find_version(path, _find_year(path, form))
        return TerminologyInfo(name, self.name, "ICD-10-CM", version, "public domain", source)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a chapter, section and code."""
        form = _find_form(path)
        if form is _Form.BILINGUAL:
            yield from _read_bilingual(path)
            return
        rows = {_Form.XML: read_tabular, _Form.TEXT: _read_text, _Form.TABLE: _read_table}[form](path)
        for code, parent, title, inclusions in _without_twins(rows):
            name = _RANGE.sub("", title)
            # What is included under a poisoning are the names of the drugs.
            narrow = [] if _POISONING.match(code) else [text for text in inclusions if text != name]
            synonyms = tuple(Synonym(text, Scope.NARROW) for text in narrow)
            parents = (f"icd10cm:{parent}",) if parent else ()
            yield Concept(f"icd10cm:{code}", name, find_kind(code), synonyms=synonyms, parents=parents)


def find_kind(code: str) -> Kind:
    """Finding for chapter XVIII, other for external causes, encounters and chapters, disease for the rest."""
    if code.startswith("R"):
        return Kind.FINDING
    return Kind.OTHER if code.startswith(_NO_CONDITION) else Kind.DISEASE


def _without_twins(rows: Iterable[_Row]) -> Iterator[_Row]:
    """The rows, a section of one category being joined with it, since both bear the same code."""
    kept: list[_Row] = []
    places: dict[str, int] = {}
    for row in rows:
        code, parent = row[:2]
        if parent == code and code in places:
            kept[places[code]] = (code, kept[places[code]][1], *row[2:])
        else:
            places.setdefault(code, len(kept))
            kept.append(row)
    return iter(kept)


def _read_table(path: Path) -> Iterator[_Row]:
    for row in read_rows(path, COLUMNS):
        yield row["code"], row["parent"], row["title"], split_list(row["inclusion_terms"])


def _find_form(path: Path) -> _Form:
    """The form of the release by how it begins."""
    if zipfile.is_zipfile(path):
        return _Form.BILINGUAL
    with open_text(path) as text:
        start = text.read(2000).lstrip()
    if start.startswith("<"):
        return _Form.XML
    if _ORDER.match(start) or _CODES.match(start):
        return _Form.TEXT
    head = next((line for line in start.splitlines() if not line.startswith("#")), "")
    return _Form.BILINGUAL if _CHINESE_HEAD.search(head) else _Form.TABLE


def _find_year(path: Path, form: _Form) -> str:
    if form is _Form.TABLE:
        return read_header(path).get("version", "")
    if form is _Form.TEXT:
        year = re.search(r"(?<!\d)20\d\d(?!\d)", path.name)
        return year[0] if year else ""
    with open_text(path) as text:
        found = re.search(r"<version>([^<]+)</version>", text.read(2000))
    return found[1] if found else ""


def _read_text(path: Path) -> Iterator[_Row]:
    """The codes of CMS's text with their dots; a parent is the longest shorter code of the text."""
    titles: dict[str, str] = {}
    with open_text(path) as text:
        for number, line in enumerate(text, start=1):
            found = _ORDER.match(line) or _CODES.match(line)
            if found is None and line.strip():
                raise TerminologyError(f"{path}, line {number} ({line.strip()[:40]}): no code and title; is it whole?")
            if found is not None:
                code = f"{found[1][:3]}.{found[1][3:]}".rstrip(".")
                if code in titles:
                    raise TerminologyError(f"{path}, line {number}: {code} is there twice; keep one of them")
                titles[code] = found[2].strip()
    for code, title in titles.items():
        yield code, find_parent(code, titles) or "", title, []


def _read_bilingual(path: Path) -> Iterator[Concept]:
    lines = list(read_code_list(path, "icd10", needed=("code", "english", "chinese")))
    codes = {clean_code(line.cells["code"]) for line in lines}
    for line in lines:
        code = clean_code(line.cells["code"])
        if not _CODE.fullmatch(code):
            raise TerminologyError(f"{path}, row {line.number}: {code!r} is no ICD-10-CM code; mend it or take it out")
        parent = find_parent(code, codes)
        parents = (f"icd10cm:{parent}",) if parent else ()
        chinese = (Synonym(line.cells["chinese"], language="zh"),)
        yield Concept(f"icd10cm:{code}", line.cells["english"], find_kind(code), synonyms=chinese, parents=parents)


def read_tabular(path: Path) -> Iterator[_Row]:
    """Code, parent, title and inclusion terms of every entry of the tabular list (XML), parents first."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        with open_text(path) as text:
            root = etree.fromstring(text.read().encode(), parser)
    except etree.XMLSyntaxError as error:
        raise TerminologyError(f"{path} is no whole XML file: {error}") from error
    if root.tag != "ICD10CM.tabular":
        raise TerminologyError(f"{path} is <{root.tag}>, not <ICD10CM.tabular>; give the tabular list of CMS")
    for chapter in root.iter("chapter"):
        code = f"CH{_text(chapter, 'name')}"
        yield code, "", _text(chapter, "desc"), []
        for section in chapter.iter("section"):
            yield section.get("id", ""), code, _text(section, "desc"), []
            for diagnosis in section.iterchildren("diag"):
                yield from _read_diagnosis(diagnosis, section.get("id", ""))


def _read_diagnosis(diagnosis: _Element, parent: str) -> Iterator[_Row]:
    code = _text(diagnosis, "name")
    notes = [note.text or "" for term in diagnosis.iterchildren("inclusionTerm") for note in term.iterchildren("note")]
    yield code, parent, _text(diagnosis, "desc"), notes
    for child in diagnosis.iterchildren("diag"):
        yield from _read_diagnosis(child, code)


def _text(element: _Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())


TERMINOLOGY = Icd10cm()
