"""The dates of approval and revision that a Chinese insert gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from extractors.errors import UnreadableError
from extractors.rules import read_rules

_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0", "O": "0"}
_CHINESE = "〇零○一二三四五六七八九"
_ONE = rf"[\d{_CHINESE}]{{4}}\s*[年.\-/]\s*[\d{_CHINESE}十]{{1,3}}\s*[月.\-/](?:\s*[\d{_CHINESE}十]{{1,3}}\s*日?)?"
_DATE = re.compile(r"(?P<y>\S{4})\s*[年.\-/]\s*(?P<m>[^\s月.\-/]+)\s*(?:月|[.\-/])(?:\s*(?P<d>[^\s日]+)\s*日?)?")


class Dates(NamedTuple):
    """Dates of an insert as YYYY-MM-DD, empty where it gives none."""

    approved: str
    revised: str


def find_dates(text: str) -> Dates:
    """The day of approval and that of the last revision.

    Raises `UnreadableError` where what stands as a date is none: an insert dated wrongly cannot be put in order.
    """
    return Dates(max(_dates_after(text, "approved"), default=""), max(_dates_after(text, "revised"), default=""))


def _dates_after(text: str, label: str) -> Iterator[str]:
    for run in _pattern(label).finditer(text):
        yield from (_read_date(found[0]) for found in re.finditer(_ONE, run["dates"]))


@cache
def _pattern(label: str) -> re.Pattern[str]:
    words = "|".join(sorted(read_rules("insert_cn")["dates"][label], key=len, reverse=True))
    return re.compile(rf"(?:{words})\s*[】\]〕］]?[\s:：]*(?P<dates>{_ONE}(?:[\s、，,；;]*{_ONE})*)")


def _read_date(raw: str) -> str:
    found = _DATE.match(raw)
    assert found is not None
    try:
        day = date(_number(found["y"]), _number(found["m"]), _number(found["d"] or "1"))
    except ValueError as error:
        raise UnreadableError(
            f"gives the date {raw.strip()!r}, which the calendar does not have: correct it"
        ) from error
    if not 1949 <= day.year <= 2100:
        raise UnreadableError(f"gives the date {raw.strip()!r}, outside the years 1949 to 2100: correct it")
    return day.isoformat()


def _number(word: str) -> int:
    """The value of a number in digits or in Chinese, up to 99 with 十."""
    if "十" in word:
        tens, _, ones = word.partition("十")
        return int(_DIGITS.get(tens, tens or "1")) * 10 + int(_DIGITS.get(ones, ones or "0"))
    return int("".join(_DIGITS.get(c, c) for c in word))
