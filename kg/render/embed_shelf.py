"""What lies on the shelf of a graph beside its models, in words: which model is served, and trainings not done."""

from __future__ import annotations

from datetime import UTC, datetime

from kg.embed.shelf import Unfinished
from kg.embed.trained import About
from kg.forms import Form
from kg.render.pages import count


def tell_served(about: About, current: str) -> str:
    """Whether a model that was just trained is served, and what to type where it is not."""
    if about.name == current:
        return "served: it is asked where none is named"
    if not about.graph_version:
        return "not served: it was not learned from this graph"
    before = f", {current} is" if current else ""
    return f"not served{before}: `kg embed use {about.name}` serves it"


def tell_unfinished(one: Unfinished) -> str:
    """How large and old what a training left is, and what to do with it."""
    size = f"{one.bytes / 1e6:,.1f} MB"
    if one.running:
        return f"{one.name} is being trained now ({size} to go on from)"
    return (
        f"a training of {one.name} was cut off {_tell_age(one.last)} and left {size}: its command goes on from there, "
        f"`kg embed remove {one.name} --unfinished` deletes that"
    )


def unfinished_form(one: Unfinished) -> Form:
    """What `kg embed list --json` prints of it."""
    left = {"folder": str(one.folder), "bytes": one.bytes, "last": one.last, "running": one.running}
    return {"name": one.name, "unfinished": left}


def _tell_age(since: str) -> str:
    hours = int((datetime.now(UTC) - datetime.fromisoformat(since)).total_seconds() // 3600)
    if hours < 1:
        return "within the last hour"
    return f"{count(hours, 'hour')} ago" if hours < 48 else f"{count(hours // 24, 'day')} ago"
