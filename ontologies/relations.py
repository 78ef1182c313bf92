"""What a concept is to a name that says more or something else: broader, narrower, related, or the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from ontologies.model import NameQualifier, Verdict
from ontologies.rules import read_rules

_NEAR = 0.9
"""Other words that leave less of a score do not say the same."""


@lru_cache(maxsize=10_000)
def relation_of_synonym(reason: str) -> Verdict:
    """The relation of a concept to one of its names, by the reason that `ontologies.names` gives for it."""
    if reason[:1] not in ("n", "b", "r"):
        return Verdict.EXACT
    return _synonyms().get(reason.partition(",")[0].partition(" of ")[0], Verdict.EXACT)


def relation_of_reading(qualifiers: Iterable[NameQualifier], worth: float = 1.0) -> Verdict:
    """The relation of a concept to a name of which these qualifiers were taken off; `worth` is what that left."""
    said = [_qualifiers().get(qualifier.name, Verdict.BROAD) for qualifier in qualifiers]
    if not said:
        return Verdict.EXACT if worth >= _NEAR else Verdict.RELATED
    found = Verdict.EXACT
    for relation in said:
        found = join_relations(found, relation)
    return found


def join_relations(one: Verdict, other: Verdict) -> Verdict:
    """The relation over two steps: broader of broader is broader, but broader of narrower is only related."""
    if one is other or other is Verdict.EXACT:
        return one
    return other if one is Verdict.EXACT else Verdict.RELATED


@cache
def _synonyms() -> Mapping[str, Verdict]:
    return {said: Verdict(relation) for said, relation in _rules()["synonyms"].items()}


@cache
def _qualifiers() -> Mapping[str, Verdict]:
    return {name: Verdict(relation) for relation, names in _rules()["qualifiers"].items() for name in names}


def _rules() -> Mapping[str, Any]:
    return read_rules("relations", keys=frozenset({"synonyms", "qualifiers"}))
