"""The terminologies of a lexicon read in order: mapping sets last, of which only rows that can be taken count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ontologies.lexicon import Lexicon
from ontologies.mapping_rows import RefusedRow, accepted_rows, refused_rows
from ontologies.mappings.find import MappingSet
from ontologies.model import Concept, TerminologyInfo
from ontologies.names import prefix_of
from ontologies.sssom import MappingRow, read_mappings
from ontologies.terminologies import read_terminology
from ontologies.terminologies.sssom import concepts_of_rows

_MAPPING_SETS = "sssom"
"""The reader whose releases say of concepts, beside what they are, what they are not."""


class Entry(Protocol):
    """A terminology that is to be read: what it is, by which reader, from where."""

    @property
    def info(self) -> TerminologyInfo:
        """What is known of it as a whole."""
        ...

    @property
    def reader(self) -> str:
        """The name of its reader."""
        ...

    @property
    def path(self) -> Path:
        """The file or folder."""
        ...


class Reading:
    """The concepts and mapping sets of `entries`; the concepts of those named in `ready` are given, not read."""

    def __init__(self, entries: Sequence[Entry], ready: Mapping[str, Sequence[Concept]]) -> None:
        self._entries = entries
        self._ready = ready
        self._prefixes = _prefixes_of(entries)
        self._known: set[str] = set()

    def read(self) -> Iterator[tuple[TerminologyInfo, Sequence[Concept]]]:
        """Each terminology with its concepts; mapping sets last, since they speak of what the others have."""
        for entry in sorted(self._entries, key=_is_mapping_set):
            if _is_mapping_set(entry):
                yield entry.info, list(concepts_of_rows(self._rows(entry)))
                continue
            concepts = self._ready.get(entry.info.name) or read_terminology(entry.reader, entry.path)[1]
            self._known.update(concept.curie for concept in concepts)
            yield entry.info, concepts

    def sets(self) -> list[MappingSet]:
        """The mapping sets with the rows that can be taken, to be gone through once all concepts are read."""
        return [(entry.info.name, self._rows(entry)) for entry in self._entries if _is_mapping_set(entry)]

    def _rows(self, entry: Entry) -> Iterator[MappingRow]:
        return accepted_rows(read_mappings(entry.path), self._is_missing)

    def _is_missing(self, curie: str) -> bool:
        return prefix_of(curie) in self._prefixes and curie not in self._known


def find_refused_rows(entries: Sequence[Entry], name: str, lexicon: Lexicon) -> list[RefusedRow]:
    """The rows of the mapping set `name` that the lexicon of `entries` left out, with the reason."""
    prefixes = _prefixes_of(entries)

    def is_missing(curie: str) -> bool:
        return prefix_of(curie) in prefixes and lexicon.entry(curie) is None

    paths = [entry.path for entry in entries if entry.info.name == name and _is_mapping_set(entry)]
    return [row for path in paths for row in refused_rows(read_mappings(path), is_missing)]


def _is_mapping_set(entry: Entry) -> bool:
    return entry.reader == _MAPPING_SETS


def _prefixes_of(entries: Iterable[Entry]) -> frozenset[str]:
    """The prefixes of the vocabularies that are here themselves."""
    return frozenset(entry.info.prefix for entry in entries if not _is_mapping_set(entry) and entry.info.prefix)
