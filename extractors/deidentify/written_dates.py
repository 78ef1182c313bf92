"""Dates of texts: found by their forms, read, and written again in the same form on another day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from extractors.deidentify.dates import moved_day
from extractors.deidentify.found import Found
from extractors.deidentify.numerals import read_number, write_like
from extractors.deidentify.patterns import filled
from extractors.deidentify.view import View
from extractors.events import IdentifierType
from extractors.rules import check_keys, read_rules

#: Dates of more years than this ago are those of births of the very old: they are never shifted, but taken out.
OLDEST = 89

_RULES = "deidentify_dates"
_FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}


@dataclass(frozen=True, slots=True)
class DateForm:
    """How a date is found, and how it looks by itself."""

    name: str
    finder: re.Pattern[str]
    form: re.Pattern[str]


class DateRecogniser:
    """What looks like a date."""

    name = _RULES

    def find(self, text: str, *, language: str) -> Iterator[Found]:
        """What is found in `text`, whatever its language."""
        for form in read_forms():
            for match in form.finder.finditer(text):
                yield Found(match.start("v"), match.end("v"), IdentifierType.DATE, form.name)


@cache
def read_forms() -> tuple[DateForm, ...]:
    """The forms of rules/deidentify_dates.toml, compiled."""
    rules = read_rules(_RULES)
    check_keys(_RULES, "", rules, required={"years", "months", "weekdays", "parts", "patterns"})
    made = []
    for table in rules["patterns"]:
        check_keys(_RULES, "patterns", table, required={"name", "form"}, optional={"before", "after", "case"})
        flags = 0 if table.get("case") else re.IGNORECASE
        finder = f"{table.get('before', '')}(?P<v>{table['form']}){table.get('after', '')}"
        made.append(
            DateForm(
                table["name"],
                re.compile(filled(finder, rules["parts"]), flags),
                re.compile(filled(table["form"], rules["parts"]), flags),
            )
        )
    return tuple(made)


def shifted_date(value: str, days: int, *, time: str = "", today: date) -> str:
    """A date of a text moved by days, written in the same form; empty where it cannot be read or is of one over 89.

    A date without year is read in that of `time` (ISO 8601); of a month alone the middle is moved.
    """
    plain = View(value).text
    if len(plain) != len(value):
        return ""
    for form in read_forms():
        match = form.form.fullmatch(plain)
        shifted = _shifted(match, days, time=time, today=today) if match else ""
        if shifted:
            wide = any("０" <= c <= "９" for c in value)
            return shifted.translate(_FULL_WIDTH) if wide else shifted
    return ""


def _shifted(match: re.Match[str], days: int, *, time: str, today: date) -> str:
    groups = {name.rstrip("x"): text for name, text in match.groupdict().items() if text}
    first = _day(groups, time=time, today=today)
    if first is None or today.year - first.year > OLDEST:
        return ""
    moved, last = moved_day(first, days), _end(groups, first, days)
    if moved is None or (last is not None and "d2" in groups and last.month != moved.month):
        return ""
    return _written(match, moved, last or moved, padded=any(text.startswith("0") for text in groups.values()))


def _end(groups: Mapping[str, str], first: date, days: int) -> date | None:
    """The end of a range, moved."""
    if "d2" in groups:
        last = _made(first.year, first.month, read_number(groups["d2"]))
    elif "a2" in groups:
        last = _made(first.year, read_number(groups["a2"]), read_number(groups["b2"]))
    else:
        return None
    return moved_day(last, days) if last else None


def _day(groups: Mapping[str, str], *, time: str, today: date) -> date | None:
    """The day that the groups name; the middle of the month where they name none."""
    month, day = groups.get("m"), groups.get("d")
    if "a" in groups:
        month, day = groups["a"], groups["b"]
        if read_number(month) > 12:
            month, day = day, month
    if month is None:
        return None
    year = _year(groups.get("y"), time=time, month=month, day=day, today=today)
    return _made(year, read_number(month), read_number(day) if day else 15)


def _year(year: str | None, *, time: str, month: str, day: str | None, today: date) -> int:
    if year is None:
        said = int(time[:4]) if time[:4].isdecimal() else today.year
        leap = read_number(month) == 2 and day is not None and read_number(day) == 29
        return said - said % 4 if leap else said
    number = read_number(year)
    if number > 99:
        return number
    return number + (2000 if number <= today.year % 100 + 1 else 1900)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _written(match: re.Match[str], moved: date, last: date, *, padded: bool) -> str:
    """The matched text with each part of the date replaced, in the style of that part."""
    groups = {name: text for name, text in match.groupdict().items() if text and name not in ("s", "v")}
    swapped = read_number(groups.get("a") or groups.get("ax") or "") > 12
    letters = {"a": "d" if swapped else "m", "b": "m" if swapped else "d"}
    text = match[0]
    for name in sorted(groups, key=match.start, reverse=True):
        start, end = match.start(name) - match.start(), match.end(name) - match.start()
        part = letters.get(name[0], name[0])
        new = write_like(part, last if name.endswith("2") else moved, text[start:end], padded=padded)
        text = text[:start] + new + text[end:]
    return text
