"""SNOMED CT in RF2: a release as folder or zip, an edition and its extensions together where several are in it.

Snapshot files are read where there are any, else Full ones, of which the newest row of each component counts. Taken
are concepts with their descriptions (preferred terms by the language reference sets), is-a relationships, and what
replaced an inactive concept. A concept's kind comes from its semantic tag, and for a few branches from the hierarchy.

Formats by the SNOMED CT Release File Specification (SNOMED International), chapters 4 and 5; check digits by chapter 6.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ontologies.kinds import kinds_of
from ontologies.model import Concept, Kind, Synonym, TerminologyInfo
from ontologies.releases import Release, open_release
from ontologies.rf2 import check_concept_id, newest_rows

_LICENCE = "brought by the user: SNOMED CT Affiliate License (free in member countries)"
_FULL_NAME = "900000000000003001"
_DEFINITION = "900000000000550004"
_IS_A = "116680003"
_PREFERRED = "900000000000548007"
_ACCEPTED, _WITHDRAWN = 4, 10
_US, _GB = "900000000000509007", "900000000000508004"
_HEIRS = ("900000000000526001", "900000000000527005")
"""Associations that name one concept to use instead: REPLACED BY, SAME AS."""
_TAG = re.compile(r"\s*\(([^()]*)\)$")


@dataclass(slots=True)
class _Entry:
    active: bool
    names: list[tuple[int, str, str]] = field(default_factory=list)
    """Rank, text, language of each description; the smallest rank is the name to prefer."""
    tag: str = ""
    parents: list[str] = field(default_factory=list)
    heirs: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Snomed:
    """The reader of SNOMED CT."""

    name: str = "snomed"
    files: tuple[str, ...] = ("*sct2_Concept_*", "*sct2_Description_*", "*sct2_Relationship_*", "*der2_cRefset_*")

    def read_info(self, path: Path) -> TerminologyInfo:
        """The date of the release by the names of its files."""
        release = open_release(path)
        release.need("*sct2_Concept_*.txt")
        version = release.version(r"_(\d{8})(?:T\w*)?(?:\.|$)")
        return TerminologyInfo(self.name, "snomedct", "SNOMED CT", version, _LICENCE, "SNOMED International")

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a row of the concept file; inactive ones are retired."""
        release = open_release(path)
        entries = _read_entries(release)
        _add_names(release, entries)
        _add_parents(release, entries)
        _add_heirs(release, entries)
        branches = _find_branches(entries)
        for code in list(entries):
            yield _concept(code, entries.pop(code), branches)


def _read_entries(release: Release) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for path, row in newest_rows(release, "sct2_Concept_", ("active",), needed=True):
        check_concept_id(path, row[0])
        entries[row[0]] = _Entry(row[2] == "1")
    return entries


def _add_names(release: Release, entries: Mapping[str, _Entry]) -> None:
    preferred = _read_preferred(release)
    columns = ("active", "conceptId", "languageCode", "typeId", "term")
    for _, row in newest_rows(release, "sct2_Description_", columns, needed=True):
        code, _, active, concept, language, sort, term = row
        entry = entries.get(concept)
        if entry is None or sort == _DEFINITION:
            continue
        if tag := _TAG.search(term) if sort == _FULL_NAME else None:
            term = term[: tag.start()]
            if not entry.tag or (active == "1" and language == "en"):
                entry.tag = tag[1]
        if active == "1" or not entry.names:
            rank = _rank(preferred, code, full=sort == _FULL_NAME) if active == "1" else _WITHDRAWN
            entry.names.append((rank, term, language[:2]))


def _rank(preferred: Mapping[str, int], code: str, *, full: bool) -> int:
    """Full names come last, but first where no reference set says which of the others is preferred."""
    if full and not preferred:
        return 0
    return preferred.get(code, _ACCEPTED) + (_ACCEPTED if full else 0)


def _read_preferred(release: Release) -> dict[str, int]:
    """The descriptions that a language reference set prefers: in the US 1, in Great Britain 2, elsewhere 3."""
    ranks = {_US: 1, _GB: 2}
    preferred: dict[str, int] = {}
    columns = ("active", "refsetId", "referencedComponentId", "acceptabilityId")
    for _, row in newest_rows(release, "der2_cRefset_Language", columns):
        if row[2] == "1" and row[5] == _PREFERRED:
            preferred[row[4]] = min(preferred.get(row[4], 3), ranks.get(row[3], 3))
    return preferred


def _add_parents(release: Release, entries: Mapping[str, _Entry]) -> None:
    columns = ("active", "sourceId", "destinationId", "typeId")
    for _, row in newest_rows(release, "sct2_Relationship_", columns):
        _, _, active, child, parent, sort = row
        if active == "1" and sort == _IS_A and child in entries and parent in entries:
            entries[child].parents.append(parent)


def _add_heirs(release: Release, entries: Mapping[str, _Entry]) -> None:
    columns = ("active", "refsetId", "referencedComponentId", "targetComponentId")
    for _, row in newest_rows(release, "der2_cRefset_Association", columns):
        if row[2] == "1" and row[3] in _HEIRS and row[4] in entries and row[5] in entries:
            entries[row[4]].heirs.append(row[5])


def _find_branches(entries: Mapping[str, _Entry]) -> dict[str, Kind]:
    """The kinds of the concepts that lie in the branches named by the rules."""
    children: dict[str, list[str]] = defaultdict(list)
    for code, entry in entries.items():
        for parent in entry.parents:
            children[parent].append(code)
    found: dict[str, Kind] = {}
    for root, (_, kind) in kinds_of("snomedct", "branches").items():
        front = [root]
        while front:
            code = front.pop()
            if code not in found:
                found[code] = kind
                front.extend(children.get(code, ()))
    return found


def _concept(code: str, entry: _Entry, branches: Mapping[str, Kind]) -> Concept:
    names = dict.fromkeys((text, language) for _, text, language in sorted(entry.names, key=lambda name: name[0]))
    first = next((name for name in names if name[1] == "en"), next(iter(names), (code, "en")))
    kind = branches.get(code) or kinds_of("snomedct").get(entry.tag, (0, Kind.OTHER))[1]
    heirs = set(entry.heirs)
    return Concept(
        f"snomedct:{code}",
        first[0],
        kind,
        first[1],
        synonyms=tuple(Synonym(text, language=language) for text, language in names if (text, language) != first),
        parents=tuple(f"snomedct:{parent}" for parent in dict.fromkeys(entry.parents)),
        deprecated=not entry.active,
        replaced_by=f"snomedct:{heirs.pop()}" if len(heirs) == 1 and not entry.active else None,
    )


TERMINOLOGY = Snomed()
