"""ICD-9-CM volume 3, procedures: the list of CMS as text, or a Chinese list (手术操作) as CSV, TSV or XLSX.

The text has a code without its dot and a title in each line (CMS32_DESC_LONG_SG.txt). Codes of the classification, of
up to four digits, are `icd9cm` in both, so that their English and Chinese names come together. What Chinese editions
add to them (00.0100, 00.0100x001) is `icd9cn`, below the code that it begins with, whether that is listed or not.
Chinese lists are read as those of `icd10-cn` are.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.code_lists import read_code_list
from ontologies.codes import Entry, find_parents, gather_entries
from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.tables import find_encoding, find_version, open_text

_CODE = re.compile(r"\d{2}(?:\.\d{1,4}(?:x\d{2,4})?)?")
_CORE = re.compile(r"\d{2}(?:\.\d{1,2})?")
_RANGE = re.compile(r"\d{2}-\d{2}")
_LINE = re.compile(r"(\d{2})(\d{0,2})\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class Icd9cm3:
    """The reader of the procedures of ICD-9-CM."""

    name: str = "icd9cm3"

    def read_info(self, path: Path) -> TerminologyInfo:
        """Whose list it is; the version is the number in the name of CMS's file, else a digest."""
        if not _is_english(path):
            source = "国家卫生健康委员会 / 国家医疗保障局 (NHC / NHSA of China)"
            licence = "brought by the user: built on ICD-9-CM, public domain in the U.S."
            return TerminologyInfo(self.name, "icd9cn", "ICD-9-CM-3 手术操作", find_version(path), licence, source)
        number = re.search(r"CMS(\d+)", path.name)
        version = find_version(path, number[1] if number else "")
        source = "U.S. Centers for Medicare & Medicaid Services"
        return TerminologyInfo(self.name, "icd9cm", "ICD-9-CM procedures", version, "public domain", source)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a code, all of them procedures; raises TerminologyError for what is no code."""
        if _is_english(path):
            entries, language = _read_english(path), "en"
        else:
            lines = read_code_list(path, "icd9cm3")
            entries, language = gather_entries(path, lines, _CODE, "ICD-9-CM-3"), "zh"
        for code, entry in entries.items():
            above = find_parents(code, entries) or ([code[:5]] if len(code) > 5 else [])
            synonyms = [Synonym(name, Scope.NARROW, language) for name in entry.others]
            synonyms += [Synonym(entry.english)] if entry.english else []
            parents = tuple(map(_curie, above))
            yield Concept(_curie(code), entry.name, Kind.PROCEDURE, language, tuple(synonyms), parents)


def _curie(code: str) -> str:
    own = _CORE.fullmatch(code) or _RANGE.fullmatch(code)
    return f"{'icd9cm' if own else 'icd9cn'}:{code}"


def _is_english(path: Path) -> bool:
    """True for a text whose first line is code and title, without heads."""
    if not path.is_file() or zipfile.is_zipfile(path):
        return False
    with open_text(path, encoding="latin-1") as text:
        return bool(re.match(r"\d{2,4} +\S", text.readline()))


def _read_english(path: Path) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    with open_text(path, encoding=find_encoding(path, "utf-8-sig", "latin-1")) as text:
        for number, line in enumerate(text, start=1):
            found = _LINE.fullmatch(line.strip())
            if found is None and line.strip():
                raise TerminologyError(f"{path}, line {number} ({line.strip()[:40]}): no code and title; mend the line")
            if found is None:
                continue
            code = f"{found[1]}.{found[2]}" if found[2] else found[1]
            if code in entries:
                raise TerminologyError(f"{path}, line {number}: {code} is there twice; keep one of them")
            entries[code] = Entry(found[3], -1)
    return entries


TERMINOLOGY = Icd9cm3()
