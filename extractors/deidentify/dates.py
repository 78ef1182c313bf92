"""ISO 8601 times of rows, moved by days or cut to the year; what cannot be read is not guessed."""

from __future__ import annotations

import re
from datetime import date, timedelta

_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(T.*)?)?)?", re.DOTALL)


def shifted_iso(time: str, days: int) -> str:
    """An ISO 8601 time moved by days, as exact as it was; empty where it is no such time.

    Of a month or a year the middle is moved: the month or year that comes out is right to within half of its length.
    """
    read = _read_iso(time)
    if read is None:
        return ""
    first, parts, clock = read
    moved = moved_day(first, days)
    return moved.isoformat()[: (4, 7, 10)[parts - 1]] + clock if moved else ""


def cut_to_year(time: str) -> str:
    """The year of an ISO 8601 time; empty where it is no such time."""
    return time[:4] if _read_iso(time) else ""


def years_between(birth: str, end: str) -> int:
    """Full years from one ISO 8601 time to another; -1 where either is not known."""
    first, last = _read_iso(birth), _read_iso(end)
    if first is None or last is None:
        return -1
    return last[0].year - first[0].year - ((last[0].month, last[0].day) < (first[0].month, first[0].day))


def moved_day(day: date, days: int) -> date | None:
    """The day so many days later; None beyond the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _read_iso(time: str) -> tuple[date, int, str] | None:
    """The day (the middle of a month or year), how many parts of it are said, and the time of day."""
    matched = _ISO.fullmatch(time)
    if matched is None:
        return None
    year, month, day, clock = matched.groups()
    parts = 3 if day else 2 if month else 1
    try:
        return date(int(year), int(month or 7), int(day or (15 if month else 2))), parts, clock or ""
    except ValueError:
        return None
