"""A mapping set in SSSOM (mapping-commons.github.io/sssom): cross-references for the concepts that it maps.

Exact mappings alone make two concepts one; those that are negated, broad, narrow or close say nothing here. The
subject gets the object as a cross-reference, and its label as a name; where it is known from another terminology,
that is all that is added. The kind is that of the Biolink category, else of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ontologies.kinds_by_place import kind_of_category, kind_of_prefix
from ontologies.model import Concept, Kind, Synonym, TerminologyInfo
from ontologies.sssom import MappingRow, read_mappings, read_metadata
from ontologies.tables import find_version


@dataclass(slots=True)
class _Subject:
    names: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    kind: Kind = Kind.OTHER


@dataclass(frozen=True, slots=True)
class Sssom:
    """The reader of mapping sets."""

    name: str = "sssom"

    def read_info(self, path: Path) -> TerminologyInfo:
        """What the metadata say of title, version and licence; the name is that of the file."""
        said = {key: value for key, value in read_metadata(path).items() if isinstance(value, str)}
        name = path.name.split(".")[0]
        title = said.get("mapping_set_title") or said.get("mapping_set_id") or path.name
        version = find_version(path, said.get("mapping_set_version", said.get("mapping_date", "")))
        source = said.get("mapping_provider") or said.get("mapping_set_id") or "not stated"
        return TerminologyInfo(name, "", title, version, said.get("license", "not stated"), source)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a subject of exact mappings, with its objects as cross-references."""
        return concepts_of_rows(read_mappings(path))


def concepts_of_rows(rows: Iterable[MappingRow]) -> Iterator[Concept]:
    """One concept a subject of the exact mappings among `rows`, with its objects as cross-references."""
    for curie, subject in _read_subjects(rows).items():
        names = list(dict.fromkeys(subject.names)) or [curie]
        yield Concept(
            curie,
            names[0],
            subject.kind,
            synonyms=tuple(Synonym(name) for name in names[1:]),
            xrefs=tuple(dict.fromkeys(subject.objects)),
        )


def _read_subjects(rows: Iterable[MappingRow]) -> dict[str, _Subject]:
    subjects: dict[str, _Subject] = {}
    for row in rows:
        if row.says_same:
            subject = subjects.setdefault(row.subject_id, _Subject())
            subject.names.extend(label for label in (row.subject_label, row.object_label) if label)
            subject.objects.append(row.object_id)
            subject.kind = _find_kind(row) if subject.kind is Kind.OTHER else subject.kind
    return subjects


def _find_kind(row: MappingRow) -> Kind:
    """By the categories, then by the vocabulary of the subject, then by that of the object."""
    named = kind_of_category(row.subject_category) or kind_of_category(row.object_category)
    return named or kind_of_prefix(row.subject_id, kind_of_prefix(row.object_id))


TERMINOLOGY = Sssom()
