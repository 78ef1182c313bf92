"""Drug names that are easily taken for one another: what a correction of spelling must never cross."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from ontologies.normalize import normal_form
from ontologies.rules import read_rules

_NOTHING: frozenset[str] = frozenset()


def confusable_with(name: str) -> frozenset[str]:
    """The normal forms of the names that `name` is known to be taken for, itself never among them."""
    return _others().get(normal_form(name), _NOTHING)


def are_confusable(name: str, other: str) -> bool:
    """True where a correction must not lead from one of these names to the other."""
    return normal_form(other) in confusable_with(name)


@cache
def _others() -> Mapping[str, frozenset[str]]:
    rules = read_rules("confusable", keys=frozenset({"english", "chinese"}))
    others: dict[str, set[str]] = defaultdict(set)
    for group in (*rules["english"]["groups"], *rules["chinese"]["groups"]):
        forms = {normal_form(name) for name in group}
        for form in forms:
            others[form] |= forms - {form}
    return {form: frozenset(names) for form, names in others.items()}
