"""RxNorm: the release as folder or zip (RXNCONSO.RRF with RXNREL.RRF and RXNSAT.RRF), or the table of BioPortal.

Taken are ingredients (IN), salts and esters (PIN) with their ingredient as parent, combinations (MIN) with their parts,
and brand names (BN) with what they are the trade name of; UNII from RXNSAT, and what was withdrawn or merged from
RXNATOMARCHIVE. Clinical drugs are products, not names of drugs, and left out. Columns by the RxNorm Technical
Documentation (NLM), section 12.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.releases import Release, open_release
from ontologies.rrf import read_rrf
from ontologies.tables import File, find_version, read_rows, split_list

_TYPES = ("IN", "PIN", "MIN", "BN")
_PARENTS = {
    ("form_of", "PIN", "IN"),
    ("tradename_of", "BN", "IN"),
    ("tradename_of", "BN", "PIN"),
    ("has_part", "MIN", "IN"),
}
_NAMES = "RXNCONSO.RRF"
_BIOPORTAL = ("Class ID", "Preferred Label", "Synonyms", "Obsolete", "Semantic Types")
_SUBSTANCES = ("T109", "T110", "T116", "T121", "T123", "T125", "T127", "T129", "T131", "T195", "T196", "T197", "T114")
_PRODUCT = "T200"


@dataclass(slots=True)
class _Entry:
    name: str = ""
    sort: str = ""
    synonyms: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    xrefs: list[str] = field(default_factory=list)
    gone: bool = False
    heir: str = ""


@dataclass(frozen=True, slots=True)
class RxNorm:
    """The reader of RxNorm."""

    name: str = "rxnorm"
    files: tuple[str, ...] = ("RXNCONSO.RRF", "RXNREL.RRF", "RXNSAT.RRF", "RXNATOMARCHIVE.RRF", "RXNSAB.RRF")

    def read_info(self, path: Path) -> TerminologyInfo:
        """The release; NLM is the source."""
        release = open_release(path)
        version = _find_release(release) if release.first(_NAMES) or path.is_dir() else find_version(path)
        licence = "RxNorm's own names are free with NLM named; names of other sources by their licences"
        return TerminologyInfo(self.name, "rxnorm", "RxNorm", version, licence, "U.S. National Library of Medicine")

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """Ingredients, salts, combinations and brand names."""
        release = open_release(path)
        whole = release.first(_NAMES) or path.is_dir()
        entries = _read_release(release) if whole else _read_bioportal(path)
        for code, entry in entries.items():
            yield _concept(code, entry)


def _concept(code: str, entry: _Entry) -> Concept:
    return Concept(
        f"rxnorm:{code}",
        entry.name,
        Kind.DRUG,
        synonyms=tuple(Synonym(text, Scope.EXACT) for text in dict.fromkeys(entry.synonyms) if text != entry.name),
        parents=tuple(dict.fromkeys(f"rxnorm:{parent}" for parent in entry.parents)),
        xrefs=tuple(dict.fromkeys(entry.xrefs)),
        deprecated=entry.gone,
        replaced_by=f"rxnorm:{entry.heir}" if entry.heir else None,
    )


def _read_release(release: Release) -> dict[str, _Entry]:
    entries = _read_names(release.need(_NAMES))
    if relations := release.first("RXNREL.RRF"):
        _add_parents(entries, relations)
    if attributes := release.first("RXNSAT.RRF"):
        for row in read_rrf(attributes, 13):
            if row[8] == "UNII_CODE" and row[0] in entries:
                entries[row[0]].xrefs.append(f"unii:{row[10]}")
    if archive := release.first("RXNATOMARCHIVE.RRF"):
        _add_archive(entries, archive)
    return entries


def _read_names(path: File) -> dict[str, _Entry]:
    """The concepts of the types taken; their preferred name is RxNorm's own, other sources' names are synonyms."""
    entries: dict[str, _Entry] = defaultdict(_Entry)
    others: dict[str, list[str]] = defaultdict(list)
    for row in read_rrf(path, 18):
        code, source, sort, text, suppress = row[0], row[11], row[12], row[14], row[16]
        if source == "RXNORM" and sort in _TYPES:
            entries[code].name, entries[code].sort, entries[code].gone = text, sort, suppress == "O"
        elif suppress == "N" and row[1] == "ENG" and (source == "RXNORM" or sort in ("PT", "SY", "IN", "FSY", "SU")):
            others[code].append(text)
    for code, entry in entries.items():
        entry.synonyms = others[code]
    return dict(entries)


def _add_parents(entries: dict[str, _Entry], path: File) -> None:
    """A relation row reads backwards: the second concept has the relation to the first."""
    for row in read_rrf(path, 16):
        above, below, relation = row[0], row[4], row[7]
        if above not in entries or below not in entries:
            continue
        if (relation, entries[below].sort, entries[above].sort) in _PARENTS:
            entries[below].parents.append(above)


def _add_archive(entries: dict[str, _Entry], path: File) -> None:
    """Concepts that RxNorm no longer has: withdrawn, or merged into another one."""
    current = set(entries)
    for row in read_rrf(path, 16):
        name, code, source, sort, heir = row[2], row[12], row[13], row[14], row[15]
        if source == "RXNORM" and sort in _TYPES and code and code not in current:
            entries[code] = _Entry(name, gone=True, heir=heir if heir in current else "")


def _read_bioportal(path: Path) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for row in read_rows(path, _BIOPORTAL, delimiter=","):
        code = row["Class ID"].rpartition("/")[2]
        types = {address.rpartition("/")[2] for address in split_list(row["Semantic Types"])}
        if code.isdigit() and types.intersection(_SUBSTANCES) and _PRODUCT not in types:
            gone = row["Obsolete"].lower() == "true"
            entries[code] = _Entry(row["Preferred Label"], synonyms=split_list(row["Synonyms"]), gone=gone)
    return entries


def _find_release(release: Release) -> str:
    """The date of the release as RXNSAB or the name of the zip says it, else a digest of the names."""
    if sources := release.first("RXNSAB.RRF"):
        for row in read_rrf(sources, 25):
            if row[3] == "RXNORM" and row[6]:
                return row[6]
    release.need(_NAMES)
    return release.version(r"RxNorm\w*_(\d{8})")


TERMINOLOGY = RxNorm()
