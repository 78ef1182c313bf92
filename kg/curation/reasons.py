"""Why a name stands in the queue, in a curator's words."""

from __future__ import annotations

from kg.curation.items import SETTLED, SURE, Item
from ontologies.model import Decision, Verdict


def why_queued(item: Item) -> str:
    """Why the name waits, or what is uncertain about what the graph has for it; "" where nothing is."""
    said = item.said[-1] if item.said else None
    if said is not None:
        return f"{item.stale}; {_said(said)}" if item.stale else _said(said)
    if not item.usage.node.aligned:
        best = item.candidates[0] if item.candidates else None
        return f"no answer can be trusted; {best.reason}" if best else "no terminology has it, or anything near it"
    own = item.present
    if own is None:
        return "aligned by a code or by context: the name does not lead there"
    rival = item.rival
    if rival is not None:
        return f"{rival.name} ({rival.curie}) comes near: {rival.score:.2f} beside {own.score:.2f}"
    return f"the program is {own.score:.2f} sure: {own.reason}" if item.uncertainty > SURE else ""


def _said(said: Decision) -> str:
    when = f"{said.author} on {said.time[:10]}"
    if said.verdict is Verdict.UNSURE:
        return f"{when} was unsure" + (f": {said.reason}" if said.reason else "")
    if said.verdict in SETTLED or not said.curie:
        return f"decided by {when}"
    return f"{when} rejected {said.target or said.curie}"
