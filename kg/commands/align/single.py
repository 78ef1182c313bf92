"""One decision by a command: what `accept`, `reject` and `map` have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ontologies.model import Kind, Verdict

if TYPE_CHECKING:
    from kg.curation.desk import Desk


def decide_one(desk: Desk, name: str, verdict: Verdict, curie: str, given: Mapping[str, Any]) -> None:
    """Records the decision and prints what it changed."""
    from kg.render.curation import print_change
    from ontologies.curies import standard_curie

    draft = desk.draft(
        name,
        verdict,
        standard_curie(curie) if curie else "",
        kind=Kind(given["kind"]) if given["kind"] else None,
        language=given["language"],
        reason=given["why"],
        confidence=given["sure"],
    )
    print_change(desk.record([draft]), desk, as_json=given["as_json"])
