"""LOINC: Loinc.csv alone, or a release as folder or zip with its hierarchy, replacements and Chinese variant.

Observations and measurements (class types 1 and 2) are tests, documents, attachments and surveys of kind other, as are
the parts (LP...) that make up the hierarchy by system (AccessoryFiles/ComponentHierarchyBySystem). A deprecated code
with one entry in MapTo.csv is replaced by it. Chinese names come from zhCN*LinguisticVariant.csv: the display name, or
the six axes joined as in a fully specified name. Columns by the LOINC Users' Guide (Regenstrief), appendix A.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.kinds import reader_rules
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.releases import Release, open_release
from ontologies.tables import File, read_columns, split_list

_AXES = ("COMPONENT", "PROPERTY", "TIME_ASPCT", "SYSTEM", "SCALE_TYP", "METHOD_TYP")
_COLUMNS = ("LOINC_NUM", *_AXES, "CLASSTYPE", "STATUS", "LONG_COMMON_NAME", "SHORTNAME")
_NAMES = ("DisplayName", "CONSUMER_NAME", "RELATEDNAMES2", "CLASS")
_TESTS = ("1", "2")
_SHARED = 50
"""A related name of more codes than this ("Point in time", "Blood") is no name of any of them."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LICENCE = "LOINC License: free of charge with Regenstrief's notice (loinc.org/license)"


@dataclass(slots=True)
class _Around:
    """What the other files of a release say of the codes."""

    parents: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[str, str] = field(default_factory=dict)
    heirs: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    chinese: dict[str, list[Synonym]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loinc:
    """The reader of LOINC."""

    name: str = "loinc"
    files: tuple[str, ...] = ("Loinc.csv", "MapTo.csv", "*Hierarchy*.csv", "zhCN*LinguisticVariant.csv")

    def read_info(self, path: Path) -> TerminologyInfo:
        """The version by the name of the release (Loinc_2.80)."""
        version = open_release(path).version(r"(?i)loinc\w*?[_-](\d\.\d\d)")
        return TerminologyInfo(self.name, "loinc", "LOINC", version, _LICENCE, "Regenstrief Institute, loinc.org")

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a code, then one a part of the hierarchy."""
        release = open_release(path)
        table = release.main("Loinc.csv")
        shared = _find_shared(table)
        around = _read_around(release)
        seen: set[str] = set()
        for row in _read(table, _COLUMNS, _NAMES):
            if row[0] in seen:
                raise TerminologyError(f"{table}: {row[0]} is there twice; keep one of them")
            seen.add(row[0])
            yield _concept(row, around, shared)
        yield from _parts(around, seen)


def _concept(row: list[str], around: _Around, shared: Collection[str]) -> Concept:
    code, axes, (sort, status, name, short, display, consumer, related, group) = row[0], row[1:7], row[7:]
    formal = ":".join(axes).rstrip(":")
    texts = [text for text in (short, display, formal) if text]
    loose = [text for text in (consumer, *split_list(related, ";")) if text and text not in shared]
    names = [Synonym(text) for text in texts] + [Synonym(text, Scope.RELATED) for text in loose]
    best = {synonym.text: synonym for synonym in reversed(names) if synonym.text != (name or display)}
    heirs = around.heirs.get(code, [])
    gone = status == "DEPRECATED"
    return Concept(
        f"loinc:{code}",
        name or display or formal,
        _find_kind(sort, group),
        synonyms=(*around.chinese.get(code, ()), *reversed(best.values())),
        parents=tuple(f"loinc:{parent}" for parent in dict.fromkeys(around.parents.get(code, []))),
        deprecated=gone,
        replaced_by=f"loinc:{heirs[0]}" if gone and len(heirs) == 1 else None,
    )


def _find_kind(sort: str, group: str) -> Kind:
    no_test = group.upper().startswith(tuple(reader_rules("loinc")["no_tests"]))
    return Kind.TEST if sort in _TESTS and not no_test else Kind.OTHER


def _find_shared(table: File) -> set[str]:
    """Related names that too many codes have."""
    rows = _read(table, ("LOINC_NUM",), ("RELATEDNAMES2",))
    counts = Counter(text for _, related in rows for text in split_list(related, ";"))
    return {text for text, count in counts.items() if count > _SHARED}


def _read_around(release: Release) -> _Around:
    around = _Around()
    for name in ("ComponentHierarchyBySystem.csv", "MultiAxialHierarchy.csv"):
        if not around.parts and (path := release.first(name)):
            for parent, code, text in _read(path, ("IMMEDIATE_PARENT", "CODE", "CODE_TEXT")):
                around.parts.setdefault(code, text)
                if parent and parent != code:
                    around.parents[code].append(parent)
    if path := release.first("MapTo.csv"):
        for code, heir in _read(path, ("LOINC", "MAP_TO")):
            around.heirs[code].append(heir)
    for path in release.find("zhCN*LinguisticVariant.csv"):
        for code, *axes in _read(path, ("LOINC_NUM", *_AXES), ("LinguisticVariantDisplayName", "LONG_COMMON_NAME")):
            around.chinese[code] = list(_chinese_names(axes[:6], axes[6:]))
    return around


def _chinese_names(axes: list[str], displayed: list[str]) -> Iterator[Synonym]:
    """Names that are Chinese: a variant may leave some in English."""
    for text in dict.fromkeys([*displayed, ":".join(axes).rstrip(":")]):
        if _CHINESE.search(text):
            yield Synonym(text, language="zh")


def _parts(around: _Around, codes: Collection[str]) -> Iterator[Concept]:
    for code, name in around.parts.items():
        if code not in codes:
            parents = tuple(f"loinc:{parent}" for parent in dict.fromkeys(around.parents.get(code, [])))
            yield Concept(f"loinc:{code}", name or code, Kind.OTHER, parents=parents)


def _read(path: File, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> Iterator[list[str]]:
    return read_columns(path, needed, optional=optional, delimiter=",", quoted=True, closed=True)


TERMINOLOGY = Loinc()
