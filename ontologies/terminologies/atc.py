"""The ATC classification as a table, CSV or TSV: a code and a name, with or without the defined daily doses.

Heads are those of the WHO Collaborating Centre (ATC code, ATC level name) or of tables made of its pages (atc_code,
atc_name, ddd ...), which repeat a code for each route of its dose. Codes of seven characters are drugs, shorter ones
classes; the parent is the code one level up (1, 3, 4, 5, 7 characters: WHOCC, Guidelines for ATC classification).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.kinds import reader_rules
from ontologies.model import Concept, Kind, Synonym, TerminologyInfo
from ontologies.releases import open_release
from ontologies.tables import Column, File, find_delimiter, read_columns

_CODE: Column = ("ATC code", "atc_code", "ATCCode", "code")
_NAME: Column = ("ATC level name", "atc_name", "name", "ATC name")
_CHINESE: Column = ("name_zh", "atc_name_zh", "中文名称", "药品名称")
_DOSES: tuple[Column, ...] = (("ddd",), ("uom", "unit", "u"), ("adm_r", "adm.r", "route"), ("note", "comment"))
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
        entries = _read_entries(open_release(path).main("*atc*.[ct]sv"))
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
        synonyms=(Synonym(entry.chinese, language="zh"),) if entry.chinese else (),
        parents=(f"atc:{above}",) if above else (),
    )


def _above(code: str) -> Iterator[int]:
    """The lengths of the codes above, nearest first: a table may leave out a level."""
    length = _LEVELS.get(len(code))
    while length:
        yield length
        length = _LEVELS.get(length)


def _read_entries(path: File) -> dict[str, _Entry]:
    delimiter = find_delimiter(path)
    entries: dict[str, _Entry] = {}
    rows = read_columns(path, (_CODE, _NAME), optional=(_CHINESE, *_DOSES), delimiter=delimiter, quoted=True)
    for number, (code, name, chinese, *doses) in enumerate(rows, start=1):
        if not _ATC.fullmatch(code):
            raise TerminologyError(f"{path}, row {number}: {code!r} is no ATC code; mend it or take the row out")
        entry = entries.setdefault(code, _Entry(name.strip(), chinese.strip(), set()))
        if entry.name != name.strip() or tuple(doses) in entry.doses:
            raise TerminologyError(f"{path}, row {number}: {code} is there twice; keep one of the rows")
        entry.doses.add(tuple(doses))
    return entries


TERMINOLOGY = Atc()
