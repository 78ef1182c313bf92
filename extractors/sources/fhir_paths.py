"""Elements of FHIR resources by dotted paths, whether a file has one, several or none of them.

A resource is what its JSON says. XML is brought into the same form, without knowing which elements repeat and which
are numbers, so that nothing here minds.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from functools import lru_cache
from math import isfinite
from typing import Any, TypeAlias

Resource: TypeAlias = Mapping[str, Any]

_TIME = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(:\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?")


def each(node: Any, path: str) -> list[Any]:
    """All that stands at a dotted path, in order; the members of lists one by one."""
    if not isinstance(node, dict):
        return []
    first, rest = _parts(path)
    found = node.get(first)
    if found is None:
        return []
    nodes: list[Any] = found if isinstance(found, list) else [found]
    for name in rest:
        nodes = [child for parent in nodes if isinstance(parent, dict) for child in _listed(parent.get(name))]
        if not nodes:
            break
    return nodes


def first_text(node: Any, *paths: str) -> str:
    """The first text that is not empty at the first of the paths that has one, else an empty text."""
    for path in paths:
        for found in each(node, path):
            if text := text_of(found):
                return text
    return ""


def text_of(value: Any) -> str:
    """A value as FHIR writes it in XML; an empty text for an object and for nothing."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def number_of(value: Any) -> float | None:
    """A value as a number, or None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def first_number(node: Any, path: str) -> float | None:
    """The first number at a path, or None."""
    return next((number for found in each(node, path) if (number := number_of(found)) is not None), None)


def time_of(value: str) -> str:
    """A dateTime, date or instant as local time, without offset and fractions; empty where the calendar has it not."""
    parts = _TIME.fullmatch(value)
    if not parts:
        return ""
    year, month, day, hour, minute, second = parts.groups()
    if (month and not 1 <= int(month) <= 12) or not int(year):
        return ""
    if day and not 1 <= int(day) <= monthrange(int(year), int(month))[1]:
        return ""
    if not hour:
        return value
    if int(hour) > 23 or int(minute) > 59 or int((second or ":00")[1:]) > 60:
        return f"{year}-{month}-{day}"
    return f"{year}-{month}-{day}T{hour}:{minute}{second or ':00'}"


def first_time(node: Any, paths: list[str]) -> str:
    """The first time at the first of the paths that has one, else an empty text."""
    for path in paths:
        for found in each(node, path):
            if time := time_of(text_of(found)):
                return time
    return ""


def codes_at(node: Any, path: str) -> list[str]:
    """The codes at a path: those of its codings, or the value itself where it is a code."""
    found: list[str] = []
    for value in each(node, path):
        codings = each(value, "coding") or [value]
        found.extend(text_of(coding.get("code")) if isinstance(coding, dict) else text_of(coding) for coding in codings)
    return [code for code in found if code]


def row_id(resource: Resource) -> str:
    """The id of a resource's row: its type and its id, which `fhir_files` has given it where the file did not."""
    return f"{text_of(resource.get('resourceType'))}/{text_of(resource.get('id'))}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


@lru_cache(maxsize=1000)
def _parts(path: str) -> tuple[str, tuple[str, ...]]:
    first, *rest = path.split(".")
    return first, tuple(rest)
