"""Deciding many names at once: those for which a condition holds, if a sample of them shows that it may be trusted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from kg.curation.desk import Change, Desk
from kg.curation.items import Item, grounded, join_spellings, make_items
from kg.curation.verdicts import Refused
from kg.curation.where import Condition
from kg.errors import StoreError
from ontologies.decisions import Line
from ontologies.model import Match, Verdict
from ontologies.names import prefix_of
from ontologies.normalize import normal_form
from ontologies.printable import printable
from ontologies.residual import is_residual
from ontologies.standing import Standing, sort_of

#: Shares of letters that may differ where two spellings count as one name.
_TYPO = 0.2


def find_pool(desk: Desk, standing: Standing, condition: Condition) -> list[Item]:
    """The names nobody decided on yet for whose best candidate the condition holds, by name."""
    if desk.store is None:
        raise StoreError("a condition is about names of a graph, and there is none here: name one with --graph")
    items = grounded(make_items(join_spellings(desk.store.iter_names()), desk, standing), desk)
    fit = (item for item in items if item.status != "decided" and item.candidates and condition(values_of(item)))
    return sorted(fit, key=lambda item: (item.usage.name, item.usage.node.curie))


def values_of(item: Item) -> dict[str, Any]:
    """What conditions may ask of an item and its best candidate."""
    match, usage = item.candidates[0], item.usage
    exact = normal_form(match.matched) == normal_form(usage.name)
    return {
        "score": match.score,
        "kind": item.kind.value,
        "same_kind": sort_of(match.kind) is sort_of(item.kind),
        "language": item.language,
        "prefix": prefix_of(match.curie),
        "reason": match.reason,
        "exact": exact,
        "typo": not exact and _is_near(match.matched, usage.name),
        "facts": usage.facts,
        "documents": usage.documents,
        "residual": is_residual(match.matched),
    }


def decide_pool(
    desk: Desk,
    pool: Sequence[Item],
    verdict: Verdict,
    *,
    batch: str,
    reason: str,
    wrong: Collection[str] = (),
    unsure: Collection[str] = (),
) -> tuple[Change, list[Refused]]:
    """One batch with a decision for each name of the pool, and what was left out, with the reason.

    Those that the sample showed wrong get the contrary; those of which the curator was unsure wait as such. Left out
    are decisions against which something speaks.
    """
    contrary = Verdict.NONE if verdict is Verdict.EXACT else Verdict.EXACT
    said = {**dict.fromkeys(wrong, contrary), **dict.fromkeys(unsure, Verdict.UNSURE)}
    drafts = [_draft(desk, item, said.get(mark(item), verdict), batch, reason) for item in pool]
    change, told = desk.record_fit(drafts)
    return change, [Refused(0, f"{mark(item)}: {why}") for item, why in zip(pool, told, strict=True) if why]


def mark(item: Item) -> str:
    """What tells an item from others, and may be printed: its name, and the candidate that is judged."""
    return f"{printable(item.usage.name)}\t{item.candidates[0].curie}"


def _draft(desk: Desk, item: Item, verdict: Verdict, batch: str, reason: str) -> Line:
    best: Match = item.candidates[0]
    return desk.draft(
        item.name_decided,
        verdict,
        "" if verdict is Verdict.UNSURE else best.curie,
        kind=item.kind_decided,
        language=item.language,
        reason=reason,
        batch=batch,
        guesses=item.candidates,
    )


def _is_near(left: str, right: str) -> bool:
    from rapidfuzz.distance import DamerauLevenshtein

    return DamerauLevenshtein.normalized_distance(normal_form(left), normal_form(right)) <= _TYPO
