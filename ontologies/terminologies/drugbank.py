"""The DrugBank vocabulary (DrugBank Open Data): the CSV, also in its zip.

UNII, CAS number and InChIKey are cross-references; an accession number of a former entry is kept as retired.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Synonym, TerminologyInfo
from ontologies.releases import open_release
from ontologies.tables import read_columns, split_list

_COLUMNS = ("DrugBank ID", "Common name")
_OTHERS = (
    "Accession Numbers",
    "Synonyms",
    "UNII",
    "CAS",
    "Standard InChI Key",
)
_PREFIXES = ("unii", "cas", "inchikey")
_ID = re.compile(r"DB\d{5,}")


@dataclass(frozen=True, slots=True)
class DrugBank:
    """The reader of the DrugBank vocabulary."""

    name: str = "drugbank"

    def read_info(self, path: Path) -> TerminologyInfo:
        """The version by the file's name, as it does not say one itself."""
        version = open_release(path).version(r"(?<!\d)(\d-\d-\d+)(?!\d)")
        source = "DrugBank Online, go.drugbank.com"
        return TerminologyInfo(self.name, "drugbank", "DrugBank vocabulary", version, "CC0 1.0", source)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a row, then the entries that were joined with another one."""
        table = open_release(path).main("*vocabulary*.csv")
        heirs: dict[str, str] = {}
        known: set[str] = set()
        rows = read_columns(table, _COLUMNS, optional=_OTHERS, delimiter=",", quoted=True)
        for number, (code, name, accessions, synonyms, *codes) in enumerate(rows, start=1):
            if not _ID.fullmatch(code):
                raise TerminologyError(f"{table}, row {number}: {code!r} is no DrugBank id; mend it")
            known.add(code)
            heirs |= {old: code for old in split_list(accessions) if _ID.fullmatch(old)}
            names = tuple(Synonym(text) for text in split_list(synonyms) if text != name)
            xrefs = tuple(f"{prefix}:{value}" for prefix, value in zip(_PREFIXES, codes, strict=True) if value)
            yield Concept(f"drugbank:{code}", name, Kind.DRUG, synonyms=names, xrefs=xrefs)
        for old, new in heirs.items():
            if old not in known:
                yield Concept(f"drugbank:{old}", old, Kind.DRUG, deprecated=True, replaced_by=f"drugbank:{new}")


TERMINOLOGY = DrugBank()
