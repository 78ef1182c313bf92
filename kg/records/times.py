"""Times as integers that sort as they do and remember how much of them is known: 5 or 6 bytes instead of 19.

An integer is eight times the seconds since 1970-01-01T00:00 in local time, plus how much is known (year to second).
Fractions of seconds are dropped.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400
_YEAR, _MONTH, _DATE, _MINUTE, _SECOND = 1, 2, 3, 4, 5
_FORMS = {_YEAR: "%Y", _MONTH: "%Y-%m", _DATE: "%Y-%m-%d", _MINUTE: "%Y-%m-%dT%H:%M", _SECOND: "%Y-%m-%dT%H:%M:%S"}
_DATES = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_CLOCK = re.compile(r"T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(?:[.,]\d+)?)?")


def encode_time(text: str) -> int | None:
    """The integer of an ISO 8601 time without offset, or None where it is empty or none."""
    found = _encode_date(text[:10])
    if found is None or len(text) <= 10:
        return found
    clock = _CLOCK.fullmatch(text, 10)
    if clock is None:
        return None
    hours, minutes, seconds = clock.groups()
    known = _SECOND if seconds else _MINUTE
    return found - _DATE + 8 * (3600 * int(hours) + 60 * int(minutes) + min(59, int(seconds or 0))) + known


@lru_cache(maxsize=1 << 16)
def _encode_date(text: str) -> int | None:
    found = _DATES.fullmatch(text)
    if found is None:
        return None
    year, month, day = found.groups()
    try:
        moment = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    except ValueError:
        return None
    return 8 * (moment - _EPOCH).days * _DAY + (_DATE if day else _MONTH if month else _YEAR)


@lru_cache(maxsize=1 << 16)
def decode_time(value: int | None) -> str:
    """The time of an integer that `encode_time` gave, as far as it is known; empty for None."""
    if value is None:
        return ""
    moment = _EPOCH + timedelta(seconds=value >> 3)
    form = _FORMS[value & 7]
    return moment.strftime(form) if moment.year > 999 else f"{moment.year:04}{moment.strftime(form[2:])}"


def seconds_of(value: int | None) -> int | None:
    """The seconds since 1970-01-01T00:00 at which what is known of the time begins."""
    return None if value is None else value >> 3
