"""ICD-10-CM: the tabular list as CMS publishes it (XML), or our table: code, parent, title, inclusion_terms.

Chapter XVIII (R codes: symptoms, signs, abnormal findings) gives findings, the rest diseases. Codes of external causes
and of encounters (V to Z) are of kind other: they name no condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.tables import find_version, open_text, read_header, read_rows, split_list

if TYPE_CHECKING:
    from lxml.etree import _Element

COLUMNS = ("code", "parent", "title", "inclusion_terms")
_Row = tuple[str, str, str, list[str]]
_POISONING = re.compile(r"T(?:3[6-9]|[45]\d|6[0-5])")
_NO_CONDITION = ("V", "W", "X", "Y", "Z", "CH")
_RANGE = re.compile(r"\s*\([A-Z][0-9A-Z]{2}(?:-[A-Z][0-9A-Z]{2})?\)$")


@dataclass(frozen=True, slots=True)
class Icd10cm:
    """The reader of ICD-10-CM."""

    name: str = "icd10cm"

    def read_info(self, path: Path) -> TerminologyInfo:
        """The fiscal year of the release."""
        version = _find_year(path) if _is_xml(path) else read_header(path).get("version", "")
        source = "U.S. National Center for Health Statistics and CMS"
        return TerminologyInfo(self.name, self.name, "ICD-10-CM", find_version(path, version), "public domain", source)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a chapter, section and code, its inclusion terms as narrow synonyms."""
        rows = read_tabular(path) if _is_xml(path) else _read_table(path)
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


def _is_xml(path: Path) -> bool:
    with open_text(path) as text:
        return text.read(200).lstrip().startswith("<")


def _find_year(path: Path) -> str:
    with open_text(path) as text:
        found = re.search(r"<version>([^<]+)</version>", text.read(2000))
    return found[1] if found else ""


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
