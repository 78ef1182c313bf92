"""Kinds of concepts by where they stand, for releases that do not say what a concept is (`rules/kinds.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ontologies.model import Kind
from ontologies.rules import read_rules


def kind_rules(section: str) -> Mapping[str, Any]:
    """The rules of one section: `prefixes`, `biolink`, `mesh`."""
    rules: Mapping[str, Any] = read_rules("kinds", keys=frozenset({"prefixes", "biolink", "mesh"}))[section]
    return rules


def kind_of_prefix(curie: str, default: Kind = Kind.OTHER) -> Kind:
    """The kind of all that has the prefix of `curie`, or `default` where vocabularies of that prefix hold several."""
    return Kind(kind_rules("prefixes").get(curie.partition(":")[0], default))


def kind_of_category(category: str) -> Kind | None:
    """The kind of a category of the Biolink model ("biolink:Disease"), or None for another or none."""
    found = kind_rules("biolink").get(category.rpartition(":")[2])
    return Kind(found) if found else None
