"""The sheets of an XLSX workbook as rows of text: as much of Office Open XML (ECMA-376) as lists of codes need."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ontologies.errors import TerminologyError

if TYPE_CHECKING:
    from lxml.etree import _Element

_LIMIT = 500_000_000
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_sheets(path: Path) -> Iterator[Iterator[list[str]]]:
    """The rows of each sheet, in the order of the workbook.

    Raises TerminologyError for another zip, a damaged one, or one that blows up.
    """
    try:
        with zipfile.ZipFile(path) as book:
            shared = [_text(item) for item in _parse(book, path, "xl/sharedStrings.xml").iterchildren(f"{_NS}si")]
            for name in _sheet_files(book, path):
                sheet = _parse(book, path, name)
                yield (_cells(row, shared) for row in sheet.iter(f"{_NS}row"))
    except (zipfile.BadZipFile, OSError, zlib.error) as error:
        raise TerminologyError(f"{path} cannot be read: {error}; is it a whole .xlsx file?") from error


def _sheet_files(book: zipfile.ZipFile, path: Path) -> list[str]:
    """The files of the sheets as the workbook lists them; the first one where it lists none."""
    links = _parse(book, path, "xl/_rels/workbook.xml.rels")
    targets = {link.get("Id"): link.get("Target", "").removeprefix("/xl/") for link in links}
    sheets = _parse(book, path, "xl/workbook.xml").iter(f"{_NS}sheet")
    files = [f"xl/{targets[sheet.get(_LINK)]}" for sheet in sheets if targets.get(sheet.get(_LINK))]
    return files or ["xl/worksheets/sheet1.xml"]


def _parse(book: zipfile.ZipFile, path: Path, name: str) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    if name not in book.namelist():
        if "/worksheets/" not in name:
            return etree.Element("none")
        raise TerminologyError(f"{path} has no first sheet; is it an .xlsx file?")
    if book.getinfo(name).file_size > _LIMIT:
        raise TerminologyError(f"{path} unpacks to more than {_LIMIT // 1_000_000} MB; save it as TSV")
    try:
        return etree.fromstring(book.read(name), parser)
    except etree.XMLSyntaxError as error:
        raise TerminologyError(f"{path} is damaged: {error}; save it again") from error


def _cells(row: _Element, shared: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{_NS}c"):
        cells.extend([""] * (_column(cell.get("r", ""), len(cells)) - len(cells)))
        value = cell.findtext(f"{_NS}v") or ""
        cells.append(_shared(shared, value) if cell.get("t") == "s" and value else value or _text(cell))
    return cells


def _shared(shared: list[str], value: str) -> str:
    return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""


def _column(reference: str, default: int) -> int:
    """The place of a cell ("C7" is 2), since empty cells are left out of a row."""
    letters = re.match(r"[A-Z]+", reference)
    if letters is None:
        return default
    place = 0
    for letter in letters[0]:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _text(element: _Element) -> str:
    """The text of a string, without the pronunciation that may stand beside it."""
    parts = (part for part in element.iter(f"{_NS}t") if not _is_sound(part))
    return "".join(part.text or "" for part in parts)


def _is_sound(part: _Element) -> bool:
    above = part.getparent()
    return above is not None and above.tag == f"{_NS}rPh"
