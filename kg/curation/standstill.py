"""Why a decision moves nothing in the graph: it has other uses of the name, or none, or is so already, or it waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from extractors.naming import kinds_like
from kg.curation.uses import find_uses
from ontologies.model import Concept, Decision, Kind, Verdict
from ontologies.standing import counts_for

if TYPE_CHECKING:
    from kg.curation.desk import Change, Desk
    from kg.roles import Store

#: Per cent of letters that a name of the graph shares with one that it does not have, to be asked about.
_NEAR = 80


def find_crossing(store: Store, name: str, concept: Concept) -> str:
    """Which kind the graph has for every use of a name, where a concept of that kind never is its answer; else ""."""
    kinds = list(dict.fromkeys(use.node.kind for use in find_uses(store, name)))
    if not kinds or any(_takes(kind, concept.kind) for kind in kinds):
        return ""
    return " and ".join(kinds)


def _takes(kind: Kind, of: Kind) -> bool:
    return not kinds_like(kind) or of in kinds_like(kind)


def why_nothing_moves(change: Change, desk: Desk) -> str:
    """Why nothing in the graph moves by what was recorded, in one sentence; of many decisions how many for what."""
    said = [line.decision for line in change.lines if line.decision is not None]
    if desk.store is None or not said:
        return "nothing in the graph moves"
    waiting = {one.id for one in desk.ledger.standing().waiting}
    whys = Counter(_why(one, desk, desk.store, waiting, alone=len(said) == 1) for one in said)
    told = [why if len(said) == 1 else f"{number} × {why}" for why, number in whys.items()]
    return f"nothing in the graph moves: {'; '.join(told)}"


def _why(one: Decision, desk: Desk, store: Store, waiting: set[str], *, alone: bool) -> str:
    if one.id in waiting:
        return f"it waits for a second curator: `kg align check {one.id}`" if alone else "waits for a second curator"
    uses = find_uses(store, one.name)
    if not uses:
        return f"it does not use the name {one.name!r}{_near(store, one.name)}" if alone else "a name not used there"
    if not any(counts_for(one, kinds_like(use.node.kind), "") for use in uses):
        kinds = " and ".join(dict.fromkeys(use.node.kind for use in uses))
        return f"it has the name as {kinds}, and this counts for {one.kind} alone" if alone else "of another kind"
    same = {desk.lexicon.canonical(use.node.curie) for use in uses}
    return _as_it_is(one, is_there=bool(one.curie) and desk.lexicon.canonical(one.curie) in same)


def _as_it_is(one: Decision, *, is_there: bool) -> str:
    if one.verdict is Verdict.UNSURE:
        return "what one is unsure of stays as it is"
    if one.verdict in (Verdict.EXACT, Verdict.NONE):
        return "it is so already" if is_there is (one.verdict is Verdict.EXACT) else "other decisions keep it as it is"
    return f"a concept that is {one.verdict} is kept as a mapping alone"


def _near(store: Store, name: str) -> str:
    """A question for the name of the graph that comes nearest, if one does."""
    from rapidfuzz import fuzz, process

    names: Sequence[str] = list(dict.fromkeys(use.name for use in store.iter_names(dormant=True)))
    found = process.extractOne(name, names, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return f"; did you mean {found[0]!r}?" if found else ": check its spelling"
