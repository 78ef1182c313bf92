"""Kinds by what a release calls its concepts, as `rules/readers.toml` states it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from ontologies.model import Kind
from ontologies.rules import read_rules

_SECTIONS = frozenset({"languages", "umls", "snomedct", "loinc", "atc", "omop", "meddra"})


def reader_rules(section: str) -> Mapping[str, Any]:
    """The rules of one reader, or the languages."""
    rules: Mapping[str, Any] = read_rules("readers", keys=_SECTIONS)[section]
    return rules


@cache
def kinds_of(section: str, table: str = "kinds") -> Mapping[str, tuple[int, Kind]]:
    """The kind of each word of a table, and its place there: where several words fit, the first place counts."""
    rows: Sequence[tuple[str, list[str]]] = reader_rules(section)[table]
    return {word: (place, Kind(kind)) for place, (kind, words) in enumerate(rows) for word in words}


def find_kind(words: Iterable[str], kinds: Mapping[str, tuple[int, Kind]], default: Kind = Kind.OTHER) -> Kind:
    """The kind of what bears these words; `default` where the table has none of them."""
    return min((kinds[word] for word in words if word in kinds), default=(0, default))[1]
