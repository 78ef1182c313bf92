"""Windows of events as conditions of SQL, and how kinds and assertions are stored."""

from __future__ import annotations

from typing import Any

from extractors.events import EventKind
from extractors.model import Assertion
from kg.records.errors import RecordsError
from kg.records.model import Window
from kg.records.times import encode_time

#: How kinds and assertions are stored. Their order is part of the file's format.
KINDS = tuple(EventKind)
ASSERTIONS = tuple(Assertion)


def where(window: Window) -> tuple[str, tuple[Any, ...]]:
    """The condition on events `e` and terms `t`, with its values; raises `RecordsError` for a time that is none."""
    conditions = ["1"]
    if window.kinds:
        conditions.append(f"t.kind in ({numbers(KINDS, window.kinds)})")
    if window.assertions:
        conditions.append(f"e.assertion in ({numbers(ASSERTIONS, window.assertions)})")
    values = []
    for name, time in (("start >= ?", window.since), ("start < ?", window.until)):
        if time:
            conditions.append(f"e.{name}")
            values.append(_seconds(time) << 3)
    return " and ".join(conditions), tuple(values)


def numbers(order: tuple[Any, ...], chosen: frozenset[Any]) -> str:
    """How the chosen ones are stored, for a condition of SQL."""
    return ", ".join(str(order.index(each)) for each in sorted(chosen))


def _seconds(time: str) -> int:
    encoded = encode_time(time)
    if encoded is None:
        raise RecordsError(f"{time!r} is no time: write it as 2019, 2019-03, 2019-03-07 or 2019-03-07T14:30")
    return encoded >> 3
