"""Laboratory values and vital signs written in notes: name, number, unit, flag, reference range.

What tests are called and how values are written is in rules/lab_values.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from extractors.events import Value
from extractors.phrases import phrase_pattern
from extractors.rules import check_keys, read_rules

_COMPARATORS = {
    "≤": "<=", "≥": ">=", "＜": "<", "＞": ">", "less than": "<", "under": "<", "低于": "<", "小于": "<",
    "greater than": ">", "more than": ">", "over": ">", "高于": ">", "大于": ">",
}  # fmt: skip

_PRESSURES = {"en": ("systolic blood pressure", "diastolic blood pressure"), "zh": ("收缩压", "舒张压")}


class LabValue(NamedTuple):
    """A value with the name of its test, characters `start` to `end` of the text; `name` is the usual one."""

    start: int
    end: int
    name: str
    value: Value


def find_lab_values(text: str, *, language: str = "en") -> Iterator[LabValue]:
    """The values that `text` gives, in order; a blood pressure is two, systolic and diastolic."""
    rules = _rules("zh" if language.startswith("zh") else "en")
    for pattern, names in rules.names:
        end = 0
        for found in pattern.finditer(text):
            written = " ".join(found[0].split())
            name = names[written if written in names else written.lower()]
            read = rules.value.match(text, found.end()) if found.start() >= end else None
            if read and (read["unit"] or name in rules.bare or read["flag"] or read["behind"]):
                end = read.end()
                yield from _values(rules.called.get(name, name), found.start(), read, rules)


class _Rules(NamedTuple):
    names: tuple[tuple[re.Pattern[str], dict[str, str]], ...]
    value: re.Pattern[str]
    bare: frozenset[str]
    flags: dict[str, str]
    called: dict[str, str]


def _values(name: str, start: int, read: re.Match[str], rules: _Rules) -> Iterator[LabValue]:
    flag = rules.flags.get((read["flag"] or read["behind"] or "").strip().lower(), "")
    comparator = (read["comparator"] or "").lower()
    value = Value(
        number=float(read["number"].replace(",", "")),
        unit=" ".join((read["unit"] or "").split()),
        comparator=_COMPARATORS.get(comparator, comparator),
        flag=flag,
        low=float(read["low"]) if read["low"] else None,
        high=float(read["high"]) if read["high"] else None,
    )
    if read["pair"] and name in ("BP", "blood pressure", "血压"):
        systolic, diastolic = _PRESSURES["zh" if name == "血压" else "en"]
        yield LabValue(start, read.end(), systolic, value)
        yield LabValue(start, read.end(), diastolic, Value(float(read["pair"].strip(" /")), value.unit, flag=flag))
    elif not read["pair"]:
        yield LabValue(start, read.end(), name, value)


@cache
def _rules(language: str) -> _Rules:
    rules = read_rules("lab_values")
    check_keys("lab_values", "", rules, required={"names", "called", "values", "flags"})
    check_keys("lab_values", "values", rules["values"], required=_PARTS)
    behind = rules["values"]["flag"].replace("?P<flag>", "?P<behind>")
    exact = {word: group[0] for group in rules["names"]["exact"] for word in group}
    worded = {word.lower(): group[0] for group in rules["names"][language] for word in group}
    return _Rules(
        (
            (re.compile(rf"(?<![\w+-]){phrase_pattern(exact, words=False, flags=0).pattern}(?!\w)"), exact),
            (phrase_pattern(worded, words=language == "en"), worded),
        ),
        re.compile("".join([*(rules["values"][part] for part in _ORDER), behind]), re.IGNORECASE),
        frozenset(rules["values"]["bare"]),
        {word.lower(): flag for flag, words in rules["flags"].items() for word in words},
        rules["called"][language],
    )


_ORDER = ("before", "comparator", "number", "unit", "flag", "range")
_PARTS = {*_ORDER, "bare"}
