"""The time as stores write it down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

#: Gives the time as ISO 8601 in UTC.
Clock = Callable[[], str]


def utc_now() -> str:
    """The time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
