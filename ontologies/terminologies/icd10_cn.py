"""ICD-10 in Chinese (国家临床版, 国标版, 医保版): a table of code and name, as CSV, TSV (also gzipped) or XLSX.

The columns are found by their heads: a code (code, 疾病编码, 主要编码 ...) and a name (name, disease, 疾病名称 ...).
The parent of a code is the longest shorter code of the table that it begins with.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.model import Concept, TerminologyInfo
from ontologies.sheets import read_sheet
from ontologies.tables import find_version, open_text, read_rows
from ontologies.terminologies.icd10cm import find_kind

_CODE_HEADS = ("code", "疾病编码", "疾病代码", "诊断编码", "诊断代码", "主要编码", "编码", "代码", "icd10", "icd-10")
_NAME_HEADS = ("name", "disease", "疾病名称", "诊断名称", "名称", "疾病诊断名称", "name_zh", "title")
# Codes of a manifestation or of a morphology may follow: A01.000x005+J17.0*, C22.101M81600/3.
_CODE = re.compile(r"[A-Z]\d{2}[0-9A-Za-z.+*†/]*")


@dataclass(frozen=True, slots=True)
class Icd10Cn:
    """The reader of Chinese ICD-10."""

    name: str = "icd10-cn"

    def read_info(self, path: Path) -> TerminologyInfo:
        """What is known of a list that states neither version nor licence: a digest, and who made it."""
        licence = "brought by the user: built on ICD-10, copyright of WHO"
        source = "国家卫生健康委员会 / 国家医疗保障局 (NHC / NHSA of China)"
        return TerminologyInfo(self.name, "icd10cn", "ICD-10 中文版", find_version(path), licence, source)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a code, its name in Chinese; raises TerminologyError for what is no code."""
        rows = list(_read_pairs(path))
        codes = {code for code, _ in rows}
        for code, name in rows:
            parent = _parent(code, codes)
            parents = (f"icd10cn:{parent}",) if parent else ()
            yield Concept(f"icd10cn:{code}", name, find_kind(code), "zh", parents=parents)


def _read_pairs(path: Path) -> Iterator[tuple[str, str]]:
    table = read_sheet(path) if zipfile.is_zipfile(path) else _read_text(path)
    rows = iter(table)
    head = [cell.strip().lower() for cell in next(rows, [])]
    code_at, name_at = _find_column(path, head, _CODE_HEADS), _find_column(path, head, _NAME_HEADS)
    for number, row in enumerate(rows, start=1):
        if not any(cell.strip() for cell in row):
            continue
        if max(code_at, name_at) >= len(row):
            raise TerminologyError(f"{path}, row {number}: {len(row)} values, too few; mend the row")
        code = row[code_at].strip()
        if not _CODE.fullmatch(code):
            raise TerminologyError(f"{path}, row {number}: {code!r} is no ICD-10 code; mend it or take the row out")
        yield code, row[name_at].strip()


def _read_text(path: Path) -> Iterable[list[str]]:
    with open_text(path) as text:
        first = text.readline()
    delimiter = "\t" if "\t" in first else ","
    head = next(iter(read_rows(path, (), delimiter=delimiter)), {})
    yield list(head)
    for row in read_rows(path, (), delimiter=delimiter):
        yield list(row.values())


def _find_column(path: Path, head: list[str], names: tuple[str, ...]) -> int:
    for name in names:
        if name in head:
            return head.index(name)
    raise TerminologyError(f"{path} has no column {names[0]!r} (nor {names[1]!r}), only: {', '.join(head)[:200]}")


def _parent(code: str, codes: set[str]) -> str | None:
    shorter = (code[:end].rstrip(".") for end in range(len(code) - 1, 2, -1))
    return next((candidate for candidate in shorter if candidate in codes and candidate != code), None)


TERMINOLOGY = Icd10Cn()
