"""When something that a note speaks of began: "3 days ago", "for 2 weeks", "since 2019", "2年前", "3天".

Only what stands in the sentence of the mention counts, the nearest to it; relative times are reckoned from the day of
the note, and are as precise as they are written: years give a year, months a month, days a day.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from extractors.rules import check_keys, read_rules

#: Characters between a mention and a time that is said of it, at most.
_NEAR = 80


def find_start(sentence: str, start: int, end: int, *, written: str, language: str = "en") -> str:
    """When the thing at `start`..`end` of `sentence` began, as ISO 8601; empty where the sentence does not say.

    `written` is the day of the note (ISO 8601); without it relative times say nothing.
    """
    times = _find_times(sentence, written, "zh" if language.startswith("zh") else "en")
    found = [(distance, time.begun) for time in times if (distance := _distance(time, start, end)) <= _NEAR]
    return min(found, default=(0, ""))[1]


class _Time(NamedTuple):
    start: int
    end: int
    begun: str


@lru_cache(maxsize=16)
def _find_times(sentence: str, written: str, language: str) -> tuple[_Time, ...]:
    """The times of a sentence that say when something began; kept, since it is asked for each of its mentions."""
    if not _may_tell(language).search(sentence):
        return ()
    return tuple(
        _Time(*match.span(), begun)
        for sort, pattern in _patterns(language).items()
        for match in pattern.finditer(sentence)
        if (begun := _begun(sort, match, written))
    )


@cache
def _may_tell(language: str) -> re.Pattern[str]:
    """What every time has in it: a unit or a year. Looked for first, since most sentences have none."""
    units = "|".join(unit for unit in _units() if unit.isascii() == (language == "en"))
    return re.compile(rf"{units}|(?:19|20)\d\d", re.IGNORECASE)


def _distance(time: _Time, start: int, end: int) -> int:
    return max(start - time.end, time.start - end, 0)


def _begun(sort: str, match: re.Match[str], written: str) -> str:
    said = match.groupdict()
    if sort == "year":
        month = said.get("month")
        return said["year"] if not month else f"{said['year']}-{_month(month):02d}"
    number, unit = said["number"] or said.get("number2"), said["unit"] or said.get("unit2")
    count = _number(number or "")
    try:
        day = date.fromisoformat(written[:10])
    except ValueError:
        return ""
    if count is None or unit is None or count * _units()[unit] > 36_500:
        return ""
    return _cut(day - timedelta(days=round(count * _units()[unit])), _units()[unit] * min(count, 1))


def _cut(day: date, unit: float) -> str:
    """The day as precisely as its unit tells it."""
    return day.isoformat()[: 10 if unit < 30 else 7 if unit < 365 else 4]


def _month(written: str) -> int:
    return (
        int(written) if written.isdigit() else read_rules("note_events")["months"]["names"].index(written.lower()) + 1
    )


def _number(written: str) -> float | None:
    if written.isdigit():
        return float(written)
    known = read_rules("note_events")["numbers"].get(written.lower())
    return None if known is None else float(known)


def _units() -> dict[str, float]:
    units: dict[str, float] = read_rules("note_events")["units"]
    return units


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    table = read_rules("note_events")["times"][language]
    check_keys("note_events", f"times.{language}", table, required={"ago", "lasting", "year"})
    return {sort: re.compile(pattern, re.IGNORECASE) for sort, pattern in table.items()}
