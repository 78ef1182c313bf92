"""One decision by a command: what `accept`, `reject` and `map` have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kg.telling import tell
from ontologies.model import Kind, Verdict

if TYPE_CHECKING:
    from kg.curation.desk import Desk


def decide_one(desk: Desk, name: str, verdict: Verdict, curie: str, given: Mapping[str, Any]) -> None:
    """Records the decision and prints what it changed."""
    from kg.render.curation import print_change

    draft = desk.draft(
        name,
        verdict,
        _curie_of(desk, curie) if curie else "",
        kind=Kind(given["kind"]) if given["kind"] else None,
        language=given["language"],
        reason=given["why"],
        confidence=given["sure"],
    )
    (told,) = desk.objections([draft]) if given["anyway"] else ("",)
    change = desk.record([draft], anyway=given["anyway"])
    if told:
        tell(f"kg: decided all the same, and shown by `kg align conflicts`: {told}")
    print_change(change, desk, as_json=given["as_json"])


def _curie_of(desk: Desk, text: str) -> str:
    """The CURIE as medkg writes it; raises DecisionError for an identifier alone, with the CURIE it may be."""
    from ontologies.curies import get_converter, standard_curie
    from ontologies.errors import DecisionError

    if ":" in text:
        return standard_curie(text)
    curies = (f"{prefix}:{text}" for prefix in get_converter().prefix_map)
    known = sorted({curie for curie in curies if desk.lexicon.entry(curie) is not None})
    remedy = f"did you mean {' or '.join(known)}?" if known else "`kg search` finds the CURIEs of names"
    raise DecisionError(f"{text!r} is no CURIE, for it has no prefix; {remedy}")
