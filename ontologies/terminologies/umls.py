"""The UMLS Metathesaurus: the META folder of a release or its zip (MRCONSO.RRF, MRSTY.RRF, MRREL.RRF if it is there).

A concept is a CUI: its names in English and Chinese (in another language only where it has neither), its kind by
semantic type, its parents by MRREL (a parent that closes a circle, as sources that contradict each other make them,
is left out), and the codes of the sources in `rules/readers.toml` as cross-references. Rows
that are suppressed give no names, unless a concept has no others: it is a retired one then. CUIs that were merged or
deleted are told by MRCUI.RRF, or MERGEDCUI.RRF and DELETEDCUI.RRF.

Columns by the UMLS Reference Manual (NLM), chapter 3. MRCONSO is read one CUI at a time, in the order of the release.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.hierarchy import cut_cycles
from ontologies.kinds import find_kind, kinds_of, reader_rules
from ontologies.model import Concept, Kind, Synonym, TerminologyInfo
from ontologies.releases import Release, open_release
from ontologies.rrf import read_rrf
from ontologies.tables import File

_NAMES, _TYPES = "MRCONSO.RRF", "MRSTY.RRF"
_LICENCE = "brought by the user: UMLS Metathesaurus License; each source by its own terms"
_NO_CODES = ("NOCODE", "MTHU")
_OURS = ("en", "zh")
_Parents = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Umls:
    """The reader of the UMLS."""

    name: str = "umls"
    files: tuple[str, ...] = ("MRCONSO.RRF", "MRSTY.RRF", "MRREL.RRF", "MRCUI.RRF", "MERGEDCUI.RRF", "DELETEDCUI.RRF")

    def read_info(self, path: Path) -> TerminologyInfo:
        """The release by the name of the folder or zip (2026AA)."""
        release = open_release(path)
        release.need(_NAMES)
        version = release.version(r"(?<!\d)(20\d\dA[AB])")
        source = "U.S. National Library of Medicine, UMLS Metathesaurus"
        return TerminologyInfo(self.name, "umls", "UMLS Metathesaurus", version, _LICENCE, source)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a CUI, then the CUIs that are no more."""
        return cut_cycles(self._read(path))

    def _read(self, path: Path) -> Iterator[Concept]:
        release = open_release(path)
        names = release.need(_NAMES)
        kinds = _read_kinds(release.need(_TYPES))
        parents = _read_parents(release, kinds)
        for cui, rows in _group_rows(names):
            yield _concept(cui, rows, kinds.get(cui, Kind.OTHER), parents.get(cui, []))
        yield from _read_retired(release, kinds)


def _group_rows(path: File) -> Iterator[tuple[str, list[list[str]]]]:
    """The rows of each CUI; raises TerminologyError where they do not stand together."""
    last = ""
    for cui, rows in groupby(read_rrf(path, 18), key=itemgetter(0)):
        if cui <= last:
            raise TerminologyError(f"{path}: {cui} stands after {last}; sort the file by its first column, as NLM does")
        last = cui
        yield cui, list(rows)


def _concept(cui: str, rows: list[list[str]], kind: Kind, parents: list[str]) -> Concept:
    languages = reader_rules("languages")["umls"]
    current = [row for row in rows if row[16] == "N"]
    used = sorted(current or rows, key=_place)
    names = [(row[14], languages.get(row[1], "und")) for row in used]
    ours = [name for name in names if name[1] in _OURS] or names
    first = next((name for name in ours if name[1] == "en"), ours[0])
    return Concept(
        f"umls:{cui}",
        first[0],
        kind,
        first[1],
        synonyms=tuple(Synonym(text, language=tag) for text, tag in dict.fromkeys(ours) if (text, tag) != first),
        parents=tuple(f"umls:{parent}" for parent in parents),
        xrefs=tuple(dict.fromkeys(_codes(used))),
        deprecated=not current,
    )


def _place(row: list[str]) -> tuple[bool, bool, bool]:
    """Preferred terms first (TS), of them the preferred form (STT) and the preferred atom (ISPREF)."""
    return row[2] != "P", row[4] != "PF", row[6] != "Y"


def _codes(rows: list[list[str]]) -> Iterator[str]:
    """The codes of known sources; some are written with their prefix (HP:0001250)."""
    sources = reader_rules("umls")["sources"]
    for row in rows:
        prefix, code = sources.get(row[11]), row[13]
        if prefix and code and not code.startswith(_NO_CODES):
            yield f"{prefix}:{code.rpartition(':')[2]}"


def _read_kinds(path: File) -> dict[str, Kind]:
    table = kinds_of("umls")
    rows = groupby(read_rrf(path, 6), key=itemgetter(0))
    return {cui: find_kind((row[1] for row in types), table) for cui, types in rows}


def _read_parents(release: Release, known: Mapping[str, Kind]) -> _Parents:
    """A row of MRREL says what its second concept is to its first: PAR is its parent, CHD its child."""
    parents: dict[str, list[str]] = defaultdict(list)
    path = release.first("MRREL.RRF")
    for row in read_rrf(path, 16) if path else ():
        first, relation, second = row[0], row[3], row[4]
        if relation not in ("PAR", "CHD") or row[14] not in ("N", "") or first == second:
            continue
        below, above = (first, second) if relation == "PAR" else (second, first)
        if above in known and below in known and above not in parents[below]:
            parents[below].append(above)
    return parents


def _read_retired(release: Release, known: Mapping[str, Kind]) -> Iterator[Concept]:
    """CUIs that the release no longer has: merged into another one (SY), or deleted."""
    gone: dict[str, tuple[str, str]] = {}
    for row in _rows_of(release, "DELETEDCUI.RRF", 2):
        gone[row[0]] = row[1], ""
    for row in _rows_of(release, "MERGEDCUI.RRF", 2):
        gone[row[0]] = "", row[1]
    for row in _rows_of(release, "MRCUI.RRF", 7):
        name, heir = gone.get(row[0], ("", ""))
        gone[row[0]] = name, heir or (row[5] if row[2] == "SY" else "")
    for cui, (name, heir) in gone.items():
        if cui not in known:
            new = f"umls:{heir}" if heir else None
            yield Concept(f"umls:{cui}", name or cui, Kind.OTHER, deprecated=True, replaced_by=new)


def _rows_of(release: Release, name: str, columns: int) -> Iterator[list[str]]:
    path = release.first(name)
    return read_rrf(path, columns) if path else iter(())


TERMINOLOGY = Umls()
