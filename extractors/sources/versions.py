"""Version numbers and dates of US labels, checked: a wrong one would put a label's versions in the wrong order."""

from __future__ import annotations

import re
from datetime import date

from extractors.errors import UnreadableError

_TIME = re.compile(r"(\d{4})(?:(\d{2})(?:(\d{2})(?:\d{2,6}(?:\.\d+)?(?:[+-]\d{4})?)?)?)?")


def read_version(value: str) -> int:
    """A version number, 1 where none is given; raises `UnreadableError` where it is no whole number."""
    if value and not (value.isascii() and value.isdecimal() and len(value) <= 9):
        raise UnreadableError(f"has the version number {value[:40]!r}, which is not a whole number")
    return int(value or 1)


def read_effective_time(value: str) -> str:
    """The day of an HL7 time stamp as YYYY-MM-DD, empty where it names only a month or a year, or nothing is given.

    Raises `UnreadableError` where it is no date.
    """
    parts = _TIME.fullmatch(value)
    try:
        if value and not parts:
            raise ValueError
        if parts and parts[2]:
            date(int(parts[1]), int(parts[2]), int(parts[3] or 1))
    except ValueError:
        raise UnreadableError(f"has the effective time {value[:40]!r}, which is no date (YYYYMMDD)") from None
    return read_day(value)


def read_day(value: str) -> str:
    """The first eight digits of a time stamp as YYYY-MM-DD, unchecked, or empty where it gives no day."""
    day = re.match(r"(\d{4})(\d{2})(\d{2})", value)
    return "-".join(day.groups()) if day else ""
