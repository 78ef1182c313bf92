"""CodeableConcepts of FHIR as names and codes, and what their statuses say of an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from extractors.events import Coding
from extractors.model import Assertion
from extractors.rules import read_rules
from extractors.sources.fhir_paths import Resource, codes_at, each, first_text, text_of
from ontologies.code_systems import find_curie

#: The assertion that says most comes first: what was refuted and is a plan was refuted.
_ORDER = ("retracted", Assertion.NEGATED, Assertion.HYPOTHETICAL, Assertion.POSSIBLE)


class Named(NamedTuple):
    """What a thing is called, and its codes."""

    name: str = ""
    codes: tuple[Coding, ...] = ()


def read_concept(node: Any) -> Named:
    """Name and codes of a CodeableConcept, a Coding, or the concept of a CodeableReference."""
    if not isinstance(node, dict):
        return Named(text_of(node))
    concept = node["concept"] if isinstance(node.get("concept"), dict) else node
    found = each(concept, "coding") or ([concept] if "code" in concept else [])
    codes = dict.fromkeys(
        _coding(first_text(each_one, "system"), code, first_text(each_one, "display"))
        for each_one in found
        if (code := first_text(each_one, "code"))
    )
    name = first_text(concept, "text", "coding.display", "display", "coding.code", "code")
    return Named(name, tuple(codes))


def read_concepts(nodes: Iterable[Any]) -> list[Named]:
    """Name and codes of each CodeableConcept that has any."""
    return [found for node in nodes if (found := read_concept(node)).name]


def names_at(node: Any, *paths: str) -> str:
    """The names of the concepts at the first of the paths that has any, with semicolons between them."""
    for path in paths:
        if found := [concept.name for concept in read_concepts(each(node, path))]:
            return "; ".join(dict.fromkeys(found))
    return ""


def assertion_of(resource: Resource) -> Assertion | None:
    """What the statuses of a resource say of it; None where the source took it back."""
    said = {
        meanings[code]
        for first, path, meanings in _meanings()
        if first in resource
        for code in codes_at(resource, path)
        if code in meanings
    }
    strongest = next((meaning for meaning in _ORDER if meaning in said), Assertion.PRESENT)
    return None if strongest == "retracted" else Assertion(strongest)


@cache
def _meanings() -> list[tuple[str, str, Mapping[str, str]]]:
    assertions: Mapping[str, Mapping[str, str]] = read_rules("fhir")["assertions"]
    return [(path.partition(".")[0], path, meanings) for path, meanings in assertions.items()]


@lru_cache(maxsize=50_000)
def _coding(system: str, code: str, name: str) -> Coding:
    return Coding(find_curie(system, code), system, code, name)
