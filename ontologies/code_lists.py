"""Lists of codes and names as offices and hospitals give them out: CSV, TSV or XLSX, with whatever stands around them.

Titles above the heads, heads of two rows, merged cells, blank rows, heads that are repeated on each page, notes at the
end, cells in full width and the encodings of Chinese Windows are all met in published lists.
"""

from __future__ import annotations

import csv
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ontologies.errors import TerminologyError
from ontologies.rules import read_rules
from ontologies.sheets import read_sheets
from ontologies.tables import find_encoding, open_text

_ENCODINGS = ("utf-8-sig", "gb18030")
_SEARCHED = 30
"""Rows in which the heads are looked for."""
_BLANK = re.compile(r"\s+")
_CODE = re.compile(r"[A-Z]?\d{2}[\w.+*†/-]*")
_BYTE_ORDER = (b"\xff\xfe", b"\xfe\xff")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list: where it stands, its cells by what they are, and code and name of the levels above it."""

    number: int
    cells: Mapping[str, str]
    levels: tuple[tuple[str, str], ...]


def read_code_list(path: Path, sort: str, *, needed: Sequence[str] = ("code", "name")) -> Iterator[Line]:
    """The rows of the list at `path`, whose columns are found by the heads that `rules/code_lists.toml` has for `sort`.

    Titles, notes and repeated heads are passed over. Raises TerminologyError where no row has the `needed` heads, and
    for a row that has one of the needed cells and not the others.
    """
    rules = _rules()[sort]
    widest: list[str] = []
    for sheet in _read_sheets(path):
        rows = enumerate(sheet, start=1)
        before = list(islice(rows, _SEARCHED))
        place, columns = _find_heads(before, rules, needed)
        if columns:
            yield from _read_lines(path, chain(before[place:], rows), rules, columns, needed)
            return
        widest = max([widest, *(row for _, row in before)], key=lambda row: sum(map(bool, row)))
    heads: list[str] = rules[needed[0]]
    found = ", ".join(filter(None, widest))[:200] or "nothing"
    others = f"no row with the columns {needed[0]!r} ({', '.join(heads[1:4])} ...) and {needed[1]!r}"
    missing = next((head for head in needed if _place(widest, rules[head]) is None), needed[0])
    raise TerminologyError(f"{path} has no column {rules[missing][0]!r}: {others}, only: {found}; name the columns so")


def clean_code(text: str) -> str:
    """A code in plain characters: half width, no blanks, and the dot that the classification writes."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).replace("。", ".")


@dataclass(frozen=True, slots=True)
class _Columns:
    cells: Mapping[str, int]
    levels: tuple[tuple[int, int], ...]


def _read_lines(
    path: Path,
    rows: Iterator[tuple[int, list[str]]],
    rules: Mapping[str, Any],
    columns: _Columns,
    needed: Sequence[str],
) -> Iterator[Line]:
    width = max(chain(columns.cells.values(), *columns.levels))
    for number, row in rows:
        row = row + [""] * (width + 1 - len(row))
        if _is_note(row, columns.cells[needed[1]]) or _head(row[columns.cells[needed[0]]]) in rules[needed[0]]:
            continue
        cells = {sort: row[place] for sort, place in columns.cells.items()}
        levels = tuple((row[code], row[name]) for code, name in columns.levels)
        empty = [sort for sort in needed if not cells[sort]]
        if empty and (len(empty) < len(needed) or not any(map(all, levels))):
            raise TerminologyError(
                f"{path}, row {number} ({'|'.join(row)[:40]}): no {empty[0]}; fill it in or take it out"
            )
        yield Line(number, cells, levels)


def _is_note(row: Sequence[str], name: int) -> bool:
    """True for a blank row and for one with a single cell that is neither code nor name: a title, a note at the end."""
    filled = [place for place, cell in enumerate(row) if cell]
    if len(filled) == 1:
        named = filled[0] == name != 0
        return not named and not _CODE.fullmatch(clean_code(row[filled[0]]))
    return not filled


def _find_heads(
    rows: Sequence[tuple[int, list[str]]], rules: Mapping[str, Any], needed: Sequence[str]
) -> tuple[int, _Columns | None]:
    """How many rows go before the list, and where its columns are; 0 and None where no row has the needed heads."""
    for place, (_, row) in enumerate(rows, start=1):
        found = {sort: at for sort in rules if sort != "levels" and (at := _place(row, rules[sort])) is not None}
        if all(sort in found for sort in needed) and len({found[sort] for sort in needed}) == len(needed):
            pairs = ((_place(row, codes), _place(row, names)) for codes, names in rules["levels"])
            levels = tuple((code, name) for code, name in pairs if code is not None and name is not None)
            return place, _Columns(found, levels)
    return 0, None


def _place(row: Sequence[str], heads: Sequence[str]) -> int | None:
    own = [_head(cell) for cell in row]
    return next((own.index(head) for head in heads if head in own), None)


def _head(cell: str) -> str:
    return clean_code(cell).lower()


def _read_sheets(path: Path) -> Iterator[Iterator[list[str]]]:
    """The sheets of a workbook, or the one table of a text file; cells without blanks around and line breaks within."""
    if zipfile.is_zipfile(path):
        sheets: Iterator[Iterator[list[str]]] = read_sheets(path)
    else:
        sheets = iter([_read_text(path)])
    for sheet in sheets:
        yield ([_BLANK.sub(" ", cell).strip() for cell in row] for row in sheet)


def _read_text(path: Path) -> Iterator[list[str]]:
    encoding = _find_encoding(path)
    with open_text(path, encoding=encoding) as text:
        first = text.read(5000)
    delimiter = max("\t,;", key=first.count)
    with open_text(path, encoding=encoding) as text:
        try:
            yield from csv.reader((line for line in text if not line.startswith("#")), delimiter=delimiter, strict=True)
        except csv.Error as error:
            raise TerminologyError(f"{path} is no table: {error}; is a quotation mark left open?") from error


def _find_encoding(path: Path) -> str:
    if path.is_file():
        with path.open("rb") as data:
            start = data.read(4)
        if start == _OLD_EXCEL:
            raise TerminologyError(f"{path} is an Excel 97 workbook; save it as .xlsx or CSV")
        if start.startswith(_BYTE_ORDER):
            return "utf-16"
    return find_encoding(path, *_ENCODINGS)


def _rules() -> Mapping[str, Any]:
    return read_rules("code_lists", keys=frozenset({"icd10", "icd9cm3", "atc"}))
