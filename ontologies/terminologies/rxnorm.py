"""RxNorm: a folder of the release (RXNCONSO.RRF with RXNREL.RRF and RXNSAT.RRF beside it), or the table of BioPortal.

Taken are ingredients (IN), salts and esters (PIN) with their ingredient as parent, combinations (MIN) with their parts,
and brand names (BN) with what they are the trade name of; UNII from RXNSAT. Clinical drugs are products, not names of
drugs, and left out. Columns by the RxNorm Technical Documentation (NLM), section 12.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.tables import find_version, open_text, read_rows, split_list

_TYPES = ("IN", "PIN", "MIN", "BN")
_PARENTS = {
    ("form_of", "PIN", "IN"),
    ("tradename_of", "BN", "IN"),
    ("tradename_of", "BN", "PIN"),
    ("has_part", "MIN", "IN"),
}
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


@dataclass(frozen=True, slots=True)
class RxNorm:
    """The reader of RxNorm."""

    name: str = "rxnorm"

    def read_info(self, path: Path) -> TerminologyInfo:
        """The release; NLM is the source."""
        version = find_version(path) if path.is_file() else _find_release(path)
        licence = "RxNorm's own names are free with NLM named; names of other sources by their licences"
        return TerminologyInfo(self.name, "rxnorm", "RxNorm", version, licence, "U.S. National Library of Medicine")

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """Ingredients, salts, combinations and brand names."""
        entries = _read_release(path) if path.is_dir() else _read_bioportal(path)
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
    )


def _read_release(folder: Path) -> dict[str, _Entry]:
    entries = _read_names(_file(folder, "RXNCONSO.RRF"))
    if (folder / "RXNREL.RRF").is_file():
        _add_parents(entries, folder / "RXNREL.RRF")
    if (folder / "RXNSAT.RRF").is_file():
        for row in _read_rrf(folder / "RXNSAT.RRF", 13):
            if row[8] == "UNII_CODE" and row[0] in entries:
                entries[row[0]].xrefs.append(f"unii:{row[10]}")
    return entries


def _read_names(path: Path) -> dict[str, _Entry]:
    """The concepts of the types taken; their preferred name is RxNorm's own, other sources' names are synonyms."""
    entries: dict[str, _Entry] = defaultdict(_Entry)
    others: dict[str, list[str]] = defaultdict(list)
    for row in _read_rrf(path, 18):
        code, source, sort, text, suppress = row[0], row[11], row[12], row[14], row[16]
        if source == "RXNORM" and sort in _TYPES:
            entries[code].name, entries[code].sort, entries[code].gone = text, sort, suppress == "O"
        elif suppress == "N" and row[1] == "ENG" and (source == "RXNORM" or sort in ("PT", "SY", "IN", "FSY", "SU")):
            others[code].append(text)
    for code, entry in entries.items():
        entry.synonyms = others[code]
    return dict(entries)


def _add_parents(entries: dict[str, _Entry], path: Path) -> None:
    """A relation row reads backwards: the second concept has the relation to the first."""
    for row in _read_rrf(path, 16):
        above, below, relation = row[0], row[4], row[7]
        if above not in entries or below not in entries:
            continue
        if (relation, entries[below].sort, entries[above].sort) in _PARENTS:
            entries[below].parents.append(above)


def _read_bioportal(path: Path) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for row in read_rows(path, _BIOPORTAL, delimiter=","):
        code = row["Class ID"].rpartition("/")[2]
        types = {address.rpartition("/")[2] for address in split_list(row["Semantic Types"])}
        if code.isdigit() and types.intersection(_SUBSTANCES) and _PRODUCT not in types:
            gone = row["Obsolete"].lower() == "true"
            entries[code] = _Entry(row["Preferred Label"], synonyms=split_list(row["Synonyms"]), gone=gone)
    return entries


def _read_rrf(path: Path, columns: int) -> Iterator[list[str]]:
    """The rows of a file of RRF, `columns` values closed by a bar each."""
    with open_text(path, encoding="utf-8") as text:
        for number, line in enumerate(text, start=1):
            row = line.rstrip("\r\n").split("|")
            if len(row) != columns + 1:
                raise TerminologyError(f"{path}, line {number}: {len(row) - 1} values, not {columns}; is it whole?")
            yield row


def _file(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise TerminologyError(f"{folder} has no {name}; give the rrf folder of the release")
    return path


def _find_release(folder: Path) -> str:
    """The date of the release as RXNSAB or the folder's name says it, else a digest of the names."""
    path = folder / "RXNSAB.RRF"
    if path.is_file():
        for row in _read_rrf(path, 25):
            if row[3] == "RXNORM" and row[6]:
                return row[6]
    return find_version(_file(folder, "RXNCONSO.RRF"))


TERMINOLOGY = RxNorm()
