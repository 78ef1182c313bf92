"""What a registry table asks for: a TOML file of a cohort and its fields, checked key by key.

```toml
[registry]
name = "diabetes"

[cohort]
concepts = ["type 2 diabetes"]     # names or CURIEs; what lies below them counts too

[[field]]
name = "hba1c_last"
concepts = ["loinc:4548-4"]
take = "value"                     # value, date, name, unit, dose, count, days, yes_no
which = "last"                     # first, last, lowest, highest, worst
unit = "%"

[[field]]
name = "smoking_years"
section = "个人史"                  # kind, title or LOINC code of a section of notes
pattern = '吸烟(\\d+)年'            # its first group is the value
```
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from extractors.events import EventKind
from kg.errors import KGError
from kg.naming import REGISTRY, check_name

E = TypeVar("E", bound=StrEnum)


class Take(StrEnum):
    """What a cell holds of the event chosen for it."""

    VALUE = "value"
    DATE = "date"
    NAME = "name"
    UNIT = "unit"
    DOSE = "dose"
    COUNT = "count"
    """How many events there are."""
    DAYS = "days"
    """Days from the patient's entry into the cohort to the event."""
    YES_NO = "yes_no"
    """yes, no (the record denies it), possible, or nothing where the record is silent."""


class Which(StrEnum):
    """Which of several events a cell is taken from."""

    FIRST = "first"
    LAST = "last"
    LOWEST = "lowest"
    HIGHEST = "highest"
    WORST = "worst"
    """The value farthest outside its reference range."""


class SchemaError(KGError):
    """A registry schema cannot be read or asks for what cannot be; the text says where and what to write."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column: which events (or which section of notes) it is made from, and what of them."""

    name: str
    label: str = ""
    concepts: tuple[str, ...] = ()
    kinds: tuple[EventKind, ...] = ()
    take: Take = Take.VALUE
    which: Which = Which.LAST
    unit: str = ""
    convert: Mapping[str, float] = field(default_factory=dict)
    """Other units → what a number in them is multiplied with to be in `unit`."""
    within: tuple[int, int] | None = None
    """Days from entry into the cohort between which events count."""
    section: str = ""
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """A registry table: who is in it, and its columns."""

    name: str
    cohort: tuple[str, ...]
    fields: tuple[Field, ...]
    since: str = ""
    until: str = ""


def read_schema(path: Path) -> Schema:
    """The schema in a TOML file; raises `SchemaError` with the place and the remedy."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise SchemaError(f"{path} cannot be read: {error}") from error
    _check_keys(f"{path}", given, {"registry", "cohort", "field"}, required={"cohort", "field"})
    cohort, registry = _table(path, given, "cohort"), _table(path, given, "registry")
    _check_keys(f"{path} [registry]", registry, {"name"})
    _check_keys(f"{path} [cohort]", cohort, {"concepts", "since", "until"}, required={"concepts"})
    made = tuple(_field(f"{path}, field {number}", table) for number, table in enumerate(given["field"], start=1))
    names = [each.name for each in made]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise SchemaError(f"{path}: two fields are called {twice!r}; give each its own name")
    return Schema(
        _name(path, registry.get("name", path.stem)),
        _texts(f"{path} [cohort]", cohort["concepts"]),
        made,
        cohort.get("since", ""),
        cohort.get("until", ""),
    )


def _name(path: Path, name: Any) -> str:
    if not isinstance(name, str):
        raise SchemaError(f"{path} [registry]: name must be a text; {REGISTRY.remedy}")
    try:
        check_name(name, REGISTRY)
    except KGError as error:
        raise SchemaError(f"{path} [registry] name, which is that of the file where none is given: {error}") from None
    return name


def _field(where: str, table: dict[str, Any]) -> Field:
    known = {each.name for each in fields(Field)}
    required = {each.name for each in fields(Field) if each.default is MISSING and each.default_factory is MISSING}
    _check_keys(where, table, known, required=required)
    where = f"{where} ({table['name']})"
    if bool(table.get("concepts")) == bool(table.get("section")):
        raise SchemaError(f"{where}: give either concepts or a section to take it from")
    if "section" in table and "pattern" not in table:
        raise SchemaError(f"{where}: a section needs a pattern, such as '吸烟(\\d+)年'")
    kept = {name: value for name, value in table.items() if name in ("name", "label", "unit", "section")}
    return Field(
        **kept,
        concepts=_texts(where, table.get("concepts", [])),
        kinds=tuple(_member(where, EventKind, kind) for kind in table.get("kinds", ())),
        take=_member(where, Take, table.get("take", Take.VALUE)),
        which=_member(where, Which, table.get("which", Which.LAST)),
        convert={unit: float(factor) for unit, factor in table.get("convert", {}).items()},
        within=_days(where, table.get("within")),
        pattern=_pattern(where, table.get("pattern")),
    )


def _check_keys(where: str, table: Mapping[str, Any], known: set[str], *, required: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    if missing := sorted(required - table.keys()):
        raise SchemaError(f"{where}: {', '.join(missing)} is missing; kg registry build --help shows an example")
    if unknown := sorted(table.keys() - known):
        raise SchemaError(f"{where}: {', '.join(unknown)} is not known; known are {', '.join(sorted(known))}")


def _table(path: Path, given: dict[str, Any], name: str) -> dict[str, Any]:
    table = given.get(name, {})
    if not isinstance(table, dict):
        raise SchemaError(f"{path}: [{name}] must be a table")
    return table


def _texts(where: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(each, str) and each.strip() for each in given):
        raise SchemaError(f'{where}: concepts must be a list of names or CURIEs, such as ["type 2 diabetes"]')
    return tuple(given)


def _member(where: str, enum: type[E], value: Any) -> E:
    try:
        return enum(value)
    except ValueError as error:
        known = ", ".join(member.value for member in enum)
        raise SchemaError(f"{where}: {value!r} is not one of {known}") from error


def _days(where: str, given: Any) -> tuple[int, int] | None:
    if given is None:
        return None
    if not isinstance(given, list) or len(given) != 2 or not all(type(each) is int for each in given):
        raise SchemaError(f"{where}: within must be two numbers of days from entry, such as [-30, 365]")
    return given[0], given[1]


def _pattern(where: str, given: Any) -> re.Pattern[str] | None:
    if given is None:
        return None
    try:
        return re.compile(str(given))
    except re.error as error:
        raise SchemaError(f"{where}: {given!r} is no regular expression ({error})") from error
