"""The predicates that rules and extractors name are those of the graph, with kinds it allows."""

from __future__ import annotations

from extractors.rules import read_rules
from kg.predicates import PREDICATES
from ontologies.model import Kind

_PARTS = {"population", "treated", "risk", "allergen", "comparator", "combination", "advice", "aside"}


def test_roles_of_cues_are_predicates_or_parts() -> None:
    roles = {table["role"] for table in read_rules("cues").values()}
    assert roles <= set(PREDICATES) | _PARTS


def test_cues_govern_kinds_that_their_predicate_allows() -> None:
    wrong = [
        (name, kind)
        for name, table in read_rules("cues").items()
        if table["role"] in PREDICATES
        for kind in table["kinds"]
        if Kind(kind) not in PREDICATES[table["role"]].range
    ]
    assert wrong == []


def test_sections_and_qualifiers_speak_of_predicates() -> None:
    relations = read_rules("relations")
    named = {name for table in relations["sections"].values() for name in table["predicates"]}
    named |= {name for table in relations["instead"].values() for names in table.values() for name in names}
    named |= set(relations["assertions"]) | set(read_rules("qualifiers")["carried"])
    named |= set(read_rules("classes")["watched"].values())
    assert named <= set(PREDICATES)
