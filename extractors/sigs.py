"""Sig lines: how much of a medication, by which route, how often, how long, as written behind its name.

The expressions of both languages are in rules/sigs.toml.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from functools import cache

from extractors.rules import check_keys, read_rules

_PARTS = ("amount", "route", "frequency", "duration", "as_needed", "instruction")

#: Parts of a sig line at most: a longer run of doses is a list of them.
_MOST = 8

_TIMES = re.compile(r"(?:^|\D)(?P<count>\d+|[一二两三四五六])(?:\s*(?:times|次))")
_HOURS = re.compile(r"(?:q|every|每)\s?(?P<low>\d+)(?:\s?(?:-|–|to)\s?\d+)?\s?(?P<unit>h|小时|d|天|日|w|周)")
_END = re.compile(r"(?<=\w{3})\.$")
_SPACE = re.compile(r"[\s,，;；:：]*")
_DAYS = {"d": 1, "w": 7, "m": 30, "天": 1, "日": 1, "周": 7, "月": 30}


@dataclass(frozen=True, slots=True)
class Sig:
    """What a sig line says; `text` is the line as written, from `start` to `end`. Numbers are None where unsaid.

    `amount` is that of one dose, in `unit` as written; the least of a range. `per_day` is how many doses a day.
    """

    text: str
    start: int
    end: int
    amount: float | None = None
    unit: str = ""
    route: str = ""
    per_day: float | None = None
    days: float | None = None
    as_needed: bool = False


def find_sig(text: str, start: int, until: int, *, language: str = "en") -> Sig | None:
    """The sig line that begins right at `start` (behind the name of a medication), before `until`; None without one."""
    rules = _rules("zh" if language.startswith("zh") else "en")
    found: dict[str, re.Match[str]] = {}
    end, first = start, None
    for _ in range(_MOST):
        read = _next_part(rules, text, end, until, found)
        if read is None:
            break
        part, match = read
        found[part], end = match, match.end()
        first = match.start() if first is None else first
    if first is None or not ({"amount", "frequency", "route"} & found.keys()):
        return None
    return _sig(text, first, end, found)


def _next_part(
    rules: dict[str, re.Pattern[str]], text: str, end: int, until: int, had: Container[str]
) -> tuple[str, re.Match[str]] | None:
    """The next part that was not there before, right behind spaces and commas, else behind the words between parts."""
    for gap in (_SPACE, rules["between"]):
        space = gap.match(text, end, until)
        for part in _PARTS:
            match = rules[part].match(text, space.end() if space else end, until)
            if match and part not in had:
                return part, match
    return None


def _sig(text: str, start: int, end: int, found: dict[str, re.Match[str]]) -> Sig:
    amount, frequency, duration = (found.get(part) for part in ("amount", "frequency", "duration"))
    return Sig(
        text=_END.sub("", " ".join(text[start:end].split())),
        start=start,
        end=end,
        amount=_number(amount["amount"]) if amount else None,
        unit=amount["unit"] if amount else "",
        route=found["route"]["route"] if "route" in found else "",
        per_day=_per_day(frequency["frequency"]) if frequency else None,
        days=_days(duration["length"], duration["period"]) if duration else None,
        as_needed="as_needed" in found or bool(frequency and frequency["frequency"].lower() == "prn"),
    )


def _number(written: str) -> float | None:
    """The number as written, the least of a range; None for what is none."""
    said = read_rules("sigs")["numerals"].get(written.lower())
    if said is not None:
        return float(said)
    match = re.match(r"\d+(?:[.,]\d+)?", written)
    if match is None:
        return None
    return float(match[0].replace(",", "." if len(match[0].rpartition(",")[2]) != 3 else ""))


def _per_day(written: str) -> float | None:
    plain = " ".join(written.lower().replace(".", "").split())
    said = read_rules("sigs")["per_day"]
    known = said.get(plain, said.get(plain.replace(" ", "")))
    if known is not None:
        return float(known)
    if match := _HOURS.search(plain):
        unit, number = match["unit"], float(match["low"])
        return round((24 if unit in ("h", "小时") else 1 / _DAYS[unit]) / number, 4)
    if match := _TIMES.search(plain):
        count = _number(match["count"])
        return None if count is None else round(count / (7 if "week" in plain or "周" in plain else 1), 4)
    return None


def _days(length: str, period: str) -> float | None:
    count, days = _number(length), _DAYS.get(period[0].lower())
    return None if count is None or days is None or period.startswith(("dose", "疗程")) else count * days


@cache
def _rules(language: str) -> dict[str, re.Pattern[str]]:
    table = read_rules("sigs")[language]
    check_keys("sigs", language, table, required={*_PARTS, "between"})
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in table.items()}
