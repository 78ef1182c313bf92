"""Dates and times as records write them, in ISO 8601 as far as they are known."""

from __future__ import annotations

import re
from datetime import datetime

_CLOCK = r"(?:[ T，,]{0,3}(\d{1,2})[:：时点](\d{1,2})?(?:[:：分](\d{1,2}))?)?"
_BIG_FIRST = re.compile(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*[日号]?)?[月]?" + _CLOCK)
_COMPACT = re.compile(r"\s*(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{2}):?(\d{2}):?(\d{2})?)?(?!\d)")
_MONTH_FIRST = re.compile(r"\s*(\d{1,2})[-/](\d{1,2})[-/](\d{4})" + _CLOCK)
_YEAR = re.compile(r"\s*(\d{4})\s*年?\s*$")


def read_record_time(text: str) -> str:
    """The time that `text` begins with, or an empty text where it is none.

    Known forms: 2019-03-07, 2019年3月7日 14:30, 20190307, 3/7/2019.
    Of 3/7/2019 the month comes first, as in the United States, unless it cannot.
    """
    for pattern in (_BIG_FIRST, _COMPACT):
        if found := pattern.match(text):
            return _iso(*found.groups())
    if found := _MONTH_FIRST.match(text):
        month, day, year, *clock = found.groups()
        return _iso(year, day, month, *clock) if int(month) > 12 else _iso(year, month, day, *clock)
    year_alone = _YEAR.match(text)
    return year_alone[1] if year_alone else ""


def _iso(year: str, month: str, day: str | None, *clock: str | None) -> str:
    hour, minute, second = (int(part) if part else 0 for part in (*clock, *[None] * (3 - len(clock))))
    try:
        moment = datetime(int(year), int(month), int(day or 1), hour, minute, second)
    except ValueError:
        return ""
    if day is None:
        return moment.strftime("%Y-%m")
    return moment.isoformat() if clock and clock[0] else moment.date().isoformat()
