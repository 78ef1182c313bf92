"""The ATC classification as a table (CSV, TSV, XLSX): a code and a name, with or without the defined daily doses.

Heads are those of the WHO Collaborating Centre (ATC code, ATC level name), of tables made of its pages (atc_code,
atc_name, ddd ...), which repeat a code for each dose, or Chinese ones (`rules/code_lists.toml`). Codes of seven
characters are drugs, shorter ones classes; the parent is the code one level up (1, 3, 4, 5, 7 characters: WHOCC,
Guidelines for ATC classification and DDD assignment).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ontologies.code_lists import read_code_list
from ontologies.errors import TerminologyError
from ontologies.kinds import reader_rules
from ontologies.model import Concept, Kind, Synonym, TerminologyInfo
from ontologies.releases import open_release

_DOSE = ("dose", "unit", "route", "note")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ATC = re.compile(r"[A-Z](?:\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?)?")
_LEVELS = {7: 5, 5: 4, 4: 3, 3: 1}
"""The length of the code above, by the length of a code."""
_LICENCE = "brought by the user: WHO Collaborating Centre, not for commercial purposes, not to be altered"


@dataclass(slots=True)
class _Entry:
    name: str
    chinese: str
    doses: set[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Atc:
    """The reader of ATC."""

    name: str = "atc"

    def read_info(self, path: Path) -> TerminologyInfo:
        """The year or day that the file's name bears."""
        version = open_release(path).version(r"(?<!\d)((?:19|20)\d\d(?:-\d\d-\d\d)?)(?!\d)")
        source = "WHO Collaborating Centre for Drug Statistics Methodology, Oslo"
        return TerminologyInfo(
            self.name, "atc", "Anatomical Therapeutic Chemical classification", version, _LICENCE, source
        )

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a code."""
        entries = _read_entries(path)
        for code, entry in entries.items():
            yield _concept(code, entry, entries)


def _concept(code: str, entry: _Entry, entries: Mapping[str, _Entry]) -> Concept:
    above = next((code[:end] for end in _above(code) if code[:end] in entries), None)
    name = entry.name
    if above and len(code) == 7 and name.lower() in reader_rules("atc")["residual"]:
        name = f"{entries[above].name}: {name}"
    return Concept(
        f"atc:{code}",
        name,
        Kind.DRUG if len(code) == 7 else Kind.DRUG_CLASS,
        "zh" if _CHINESE.search(name) else "en",
        synonyms=(Synonym(entry.chinese, language="zh"),) if entry.chinese not in ("", name) else (),
        parents=(f"atc:{above}",) if above else (),
    )


def _above(code: str) -> Iterator[int]:
    """The lengths of the codes above, nearest first: a table may leave out a level."""
    length = _LEVELS.get(len(code))
    while length:
        yield length
        length = _LEVELS.get(length)


def _read_entries(path: Path) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for line in read_code_list(path, "atc"):
        code, name = line.cells["code"], line.cells["name"]
        if not _ATC.fullmatch(code):
            raise TerminologyError(f"{path}, row {line.number}: {code!r} is no ATC code; mend it or take the row out")
        dose = tuple(line.cells.get(cell, "") for cell in _DOSE)
        entry = entries.setdefault(code, _Entry(name, line.cells.get("chinese", ""), set()))
        if entry.name != name or dose in entry.doses:
            raise TerminologyError(f"{path}, row {line.number}: {code} is there twice; keep one of the rows")
        entry.doses.add(dose)
    return entries


TERMINOLOGY = Atc()
