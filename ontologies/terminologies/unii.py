"""UNII, the FDA's list of substances: UNII_Names and UNII_Records, either or both, as folder, zip or one file.

Common, official and systematic names are exact synonyms, brand names narrow ones, company codes related ones; the mark
of a name's source behind it ("[INN]") is taken off. The list is all in capitals, which say nothing then: names are
written small, but for codes, and brand names with a capital. Records give CAS, RXCUI, PubChem, NCI and InChIKey, and
what sort of substance it is: plants and animals that no label has are of kind other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.releases import Release, open_release
from ontologies.tables import Column, File, find_encoding, read_columns

_SHOWN: Column = ("Display Name", "display_name", "PT")
_NAMES: tuple[Column, ...] = ("UNII", "Name", "Type")
_XREFS = {
    "RN": "cas",
    "RXCUI": "rxnorm",
    "PUBCHEM": "pubchem.compound",
    "NCIT": "NCIT",
    "INCHIKEY": "inchikey",
}
_SORT, _LABELS = "SUBSTANCE_TYPE", "DAILYMED"
_SCOPES = {"cn": Scope.EXACT, "of": Scope.EXACT, "sys": Scope.EXACT, "bn": Scope.NARROW, "cd": Scope.RELATED}
_MARK = re.compile(r"\s*\[[A-Z][A-Za-z. -]*\]$")
_GREEK = re.compile(r"\.([A-Z]{2,7})\.")
_UNII = re.compile(r"[0-9A-Z]{10}")


@dataclass(slots=True)
class _Entry:
    shown: str = ""
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The types under which each name stands, the names as the list spells them."""
    xrefs: list[str] = field(default_factory=list)
    kind: Kind = Kind.DRUG


@dataclass(frozen=True, slots=True)
class Unii:
    """The reader of UNII."""

    name: str = "unii"
    files: tuple[str, ...] = ("*names*.t*", "*records*.t*")

    def read_info(self, path: Path) -> TerminologyInfo:
        """The day of the release by the names of its files (UNII_Names_4Aug2026)."""
        version = open_release(path).version(r"(?i)_(\d{1,2}[a-z]{3}20\d\d)")
        source = "U.S. Food and Drug Administration and NCATS, Global Substance Registration System"
        return TerminologyInfo(self.name, "unii", "Unique Ingredient Identifiers", version, "public domain", source)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a substance."""
        entries: dict[str, _Entry] = defaultdict(_Entry)
        names, records = _find_files(open_release(path))
        if records:
            _add_records(records, entries)
        if names:
            _add_names(names, entries)
        for unii in list(entries):
            yield _concept(unii, entries.pop(unii))


def _find_files(release: Release) -> tuple[File | None, File | None]:
    names, records = release.first("*names*.t*"), release.first("*records*.t*")
    return (names, records) if names or records else (release.main("UNII_Names_*.txt"), None)


def _add_records(path: File, entries: dict[str, _Entry]) -> None:
    for unii, shown, sort, labels, *codes in _read(path, ("UNII", _SHOWN), [_SORT, _LABELS, *_XREFS]):
        if unii in entries:
            raise TerminologyError(f"{path}: {unii} is there twice; keep one of them")
        xrefs = [f"{prefix}:{code}" for prefix, code in zip(_XREFS.values(), codes, strict=True) if code]
        alive = sort.lower() == "structurallydiverse" and not labels
        medicine = not alive or any(xref.startswith("rxnorm:") for xref in xrefs)
        entries[unii] = _Entry(shown, xrefs=xrefs, kind=Kind.DRUG if medicine else Kind.OTHER)


def _add_names(path: File, entries: dict[str, _Entry]) -> None:
    for unii, name, sort, shown, drugbank in _read(path, _NAMES, [_SHOWN, "drugbank_id"]):
        if sort not in _SCOPES:
            raise TerminologyError(f"{path}: {name!r} has the type {sort!r}, not one of {', '.join(_SCOPES)}")
        entry = entries[unii]
        if sort in entry.names[name]:
            raise TerminologyError(f"{path}: {name!r} is there twice for {unii}; keep one of them")
        entry.names[name].add(sort)
        entry.shown = entry.shown or shown or name
        if drugbank and f"drugbank:{drugbank}" not in entry.xrefs:
            entry.xrefs.append(f"drugbank:{drugbank}")


def _concept(unii: str, entry: _Entry) -> Concept:
    name = _spelled(entry.shown, "of")
    synonyms: dict[str, Scope] = {}
    for text, sorts in entry.names.items():
        sort = min(sorts, key=list(_SCOPES).index)
        synonyms.setdefault(_spelled(text, sort), _SCOPES[sort])
    made = tuple(Synonym(text, scope) for text, scope in synonyms.items() if text and text != name)
    return Concept(f"unii:{unii}", name, entry.kind, synonyms=made, xrefs=tuple(entry.xrefs))


def _spelled(text: str, sort: str) -> str:
    """A name without the mark of its source, Greek letters without their dots, and not in capitals."""
    plain = _GREEK.sub(r"\1", _MARK.sub("", text))
    if sort == "cd" or not plain.isupper():
        return plain
    return plain.capitalize() if sort == "bn" else plain.lower()


def _read(path: File, needed: Sequence[Column], optional: Sequence[Column]) -> Iterator[list[str]]:
    """The rows whose first value is a UNII; raises TerminologyError for another."""
    encoding = find_encoding(path, "utf-8-sig", "cp1252")
    for number, row in enumerate(
        read_columns(path, needed, optional=optional, closed=True, encoding=encoding), start=1
    ):
        if not _UNII.fullmatch(row[0]):
            raise TerminologyError(f"{path}, row {number}: {row[0]!r} is no UNII (ten digits and letters); mend it")
        yield row


TERMINOLOGY = Unii()
