"""ICD-10 in Chinese (国家临床版, 国标版, 医保版): a list of codes and names, as CSV, TSV (also gzipped) or XLSX.

The columns are found by their heads (`rules/code_lists.toml`); titles above them, merged cells and notes do no harm,
and GB 18030 is read as well as UTF-8. The parent of a code is the longest shorter code of the list that it begins
with; where the list has columns of chapters (章) and sections (节), these are concepts too, above the categories.
A further code (附加编码: of a manifestation) that is in the list is a second parent.

Published lists give some codes twice with different names: the second is a narrow synonym. A row that is there twice
is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.code_lists import read_code_list
from ontologies.codes import Entry, find_parents, gather_entries
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.tables import find_version
from ontologies.terminologies.icd10cm import find_kind

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
        entries = gather_entries(path, read_code_list(path, "icd10"), _CODE, "ICD-10")
        for code, entry in entries.items():
            yield Concept(
                f"icd10cn:{code}",
                entry.name,
                _find_kind(code, entry),
                "zh",
                synonyms=tuple(_synonyms(entry)),
                parents=tuple(f"icd10cn:{parent}" for parent in find_parents(code, entries)),
            )


def _find_kind(code: str, entry: Entry) -> Kind:
    """A chapter names no condition."""
    return Kind.OTHER if entry.level == 0 and "-" in code else find_kind(code)


def _synonyms(entry: Entry) -> Iterator[Synonym]:
    yield from (Synonym(name, Scope.NARROW, "zh") for name in entry.others)
    if entry.english:
        yield Synonym(entry.english)


TERMINOLOGY = Icd10Cn()
