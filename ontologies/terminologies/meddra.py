"""MedDRA in ASCII files, brought by the user: pt, llt, hlt, hlgt, soc and mdhier.asc in a folder or a zip.

Preferred terms (PT) are concepts with HLT, HLGT and SOC above them. A lowest level term (LLT) is no concept of its own
in the graph: its names are narrow synonyms of its PT while it is current, and its code is kept as retired and replaced
by the PT, so that data coded with it lead there. The same files in other languages lie in folders of their own, named
after the language, anywhere in what is given. Columns by the MedDRA Distribution File Format Document (MSSO).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.kinds import find_kind, kinds_of, reader_rules
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.releases import open_release
from ontologies.tables import File, open_text

_COLUMNS = {"soc": 10, "hlgt": 9, "hlt": 9, "pt": 11, "llt": 11, "mdhier": 12}
_GROUPS = ("hlt", "hlgt", "soc")
_LICENCE = "brought by the user: MedDRA subscription (MSSO); not to be passed on"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_JAPANESE = re.compile(r"[\u3040-\u30ff]")
_Set = Mapping[str, File]
_Names = Mapping[str, list[tuple[str, str]]]
"""The names of each code with their languages, the first one preferred."""


@dataclass(frozen=True, slots=True)
class Meddra:
    """The reader of MedDRA."""

    name: str = "meddra"
    files: tuple[str, ...] = ("*.asc",)

    def read_info(self, path: Path) -> TerminologyInfo:
        """The version by the name of the release (MedDRA_29_0)."""
        release = open_release(path)
        release.need("pt.asc")
        version = release.version(r"(?i)meddra\D{0,3}(\d\d[._]\d)").replace("_", ".")
        return TerminologyInfo(self.name, "meddra", "MedDRA", version, _LICENCE, "MedDRA MSSO for the ICH")

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a term of each level."""
        sets = _find_sets(path)
        main = next(iter(sets.values()))
        names = _read_names(sets)
        parents = _read_parents(main["mdhier"])
        llts = [(row[0], row[2], row[9] != "N") for row in _read(main["llt"]) if row[0] != row[2]]
        narrow: dict[str, list[str]] = defaultdict(list)
        for code, term, current in llts:
            if current:
                narrow[term].append(code)
        table = kinds_of("meddra")
        kinds = {row[0]: find_kind([row[3]], table, Kind.DISEASE) for row in _read(main["pt"])}
        for code, kind in kinds.items():
            yield _concept(code, kind, names, parents, narrow[code])
        for level in _GROUPS:
            for row in _read(main[level]):
                yield _concept(row[0], Kind.OTHER, names, parents, [])
        for code, term, _ in llts:
            lowest = _concept(code, kinds.get(term, Kind.OTHER), names, {}, [])
            yield replace(lowest, deprecated=True, replaced_by=f"meddra:{term}")


def _concept(code: str, kind: Kind, names: _Names, parents: Mapping[str, list[str]], narrow: list[str]) -> Concept:
    (text, language), *others = names[code]
    synonyms = [Synonym(other, language=tag) for other, tag in others]
    lower = dict.fromkeys(name for below in narrow for name in names[below])
    synonyms += [Synonym(other, Scope.NARROW, tag) for other, tag in lower if (other, tag) not in names[code]]
    above = tuple(f"meddra:{parent}" for parent in parents.get(code, ()))
    return Concept(f"meddra:{code}", text, kind, language, tuple(synonyms), above)


def _find_sets(path: Path) -> dict[str, _Set]:
    """The files of each language, English first; raises TerminologyError where one is missing."""
    folders: dict[str, dict[str, File]] = defaultdict(dict)
    for place, file in open_release(path).files.items():
        folder, _, name = place.rpartition("/")
        folders[folder][name.lower().removesuffix(".gz").removesuffix(".asc")] = file
    sets: dict[str, _Set] = {}
    for folder, files in folders.items():
        if "pt" in files:
            for name in _COLUMNS.keys() - files.keys():
                raise TerminologyError(f"{path}: {folder or 'it'} has no {name}.asc; give all files of the release")
            sets.setdefault(_find_language(folder, files["soc"]), files)
    if not sets:
        raise TerminologyError(f"{path} has no pt.asc; give the folder or the zip of the release")
    return dict(sorted(sets.items(), key=lambda pair: pair[0] != "en"))


def _find_language(folder: str, file: File) -> str:
    """What the folder's name says, else what the characters say."""
    words: Mapping[str, str] = reader_rules("meddra")["folders"]
    for word, language in words.items():
        if word in folder.lower():
            return language
    text = "".join(row[1] for row in _read(file))
    if _JAPANESE.search(text):
        return "ja"
    return "zh" if _CHINESE.search(text) else "en"


def _read_names(sets: Mapping[str, _Set]) -> _Names:
    names: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for language, files in sets.items():
        for level in ("pt", *_GROUPS, "llt"):
            seen: set[str] = set()
            for row in _read(files[level]):
                if row[0] in seen:
                    raise TerminologyError(f"{files[level]}: {row[0]} is there twice; keep one of them")
                seen.add(row[0])
                if level != "llt" or row[0] != row[2]:
                    names[row[0]].append((row[1], language))
    return names


def _read_parents(path: File) -> dict[str, list[str]]:
    """HLT of PT, HLGT of HLT, SOC of HLGT; those of the primary path first."""
    parents: dict[str, list[str]] = defaultdict(list)
    for row in sorted(_read(path), key=lambda row: row[11] != "Y"):
        for below, above in pairwise(row[:4]):
            if above not in parents[below]:
                parents[below].append(above)
    return parents


def _read(path: File) -> Iterator[list[str]]:
    """The rows of a file, as many values as its sort has, closed by a dollar sign each."""
    columns = _COLUMNS[path.name.lower().removesuffix(".gz").removesuffix(".asc")]
    with open_text(path) as text:
        for number, line in enumerate(text, start=1):
            row = line.rstrip("\r\n").split("$")
            if len(row) != columns + 1:
                raise TerminologyError(f"{path}, line {number}: {len(row) - 1} values, not {columns}; is it whole?")
            yield row


TERMINOLOGY = Meddra()
