"""Rows of records from rows of tables, by one function for each table whose parameters are named like its columns.

    def condition(condition_id: str, person_id: str, start_date: str, *, end_date: str = "") -> Event: ...

reads a table that must have three columns and may have a fourth; a first parameter `row_number` gets the number of the
row, for tables whose rows have no id. It gives one `Row`, or None for a row that is none
(then it is passed over), or raises `RowError`, which says what is wrong with the form and quotes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from inspect import Parameter, signature
from math import isfinite
from typing import NamedTuple, TypeAlias

from extractors.errors import UnreadableError
from extractors.events import Refused, Row
from extractors.tables import Table

#: Gives the row of the cells of the columns that its parameters are named after.
Builder: TypeAlias = Callable[..., Row | None]

_NUMBER = "row_number"
_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)? ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?)?"
)
_BOUND = re.compile(r"(<=|>=|<|>)\s*(\d+(?:\.\d+)?)")


class RowError(UnreadableError):
    """A row cannot be read; the text says what is wrong with its form and quotes nothing of it."""


class Reading(NamedTuple):
    """A table and what makes rows of its rows."""

    table: Table
    build: Builder


def read_table(reading: Reading) -> Iterator[Row | Refused]:
    """The rows of a table in its order, and what of it had to be refused."""
    table, build = reading
    columns = list(_columns(build))
    numbered = columns[0] == _NUMBER
    for cells in table.rows(columns):
        if isinstance(cells, Refused):
            yield cells
            continue
        number, values = cells
        try:
            row = build(str(number), *values[1:]) if numbered else build(*values)
        except RowError as error:
            yield Refused(f"{table.name}, row {number}", str(error))
            continue
        if row is not None:
            yield row


def check_columns(readings: Iterable[Reading]) -> None:
    """Raise `UnreadableError` that names table and columns where a table lacks what it must have."""
    for table, build in readings:
        parameters = _columns(build).items()
        need_columns(table, [name for name, each in parameters if each.default is Parameter.empty and name != _NUMBER])


def need_columns(table: Table, columns: Collection[str]) -> None:
    """Raise `UnreadableError` that names the table and what it lacks of `columns`."""
    missing = sorted(set(columns) - set(table.columns))
    if missing:
        raise UnreadableError(
            f"{table.name}: has no column {', '.join(missing)}; add what is missing (the first line must name the"
            " columns), or leave the table out"
        )


def find_columns(build: Builder, *, ending: str = "") -> list[str]:
    """The columns that `build` reads, those with this `ending` alone."""
    return [name for name in _columns(build) if name.endswith(ending)]


def find_needed(value: str, column: str) -> str:
    """`value`, which must not be empty; a whole number that was written as 1.0 is 1."""
    if not value:
        raise RowError(f"{column} is empty")
    return value.removesuffix(".0")


def find_text(value: str, column: str) -> str:
    """`value`, the text of a note, which must say something."""
    if not value.strip():
        raise RowError(f"{column} is empty")
    return value


def find_key(table: str, value: str) -> str:
    """The id of a row of another table, or an empty text where none is named."""
    return f"{table}/{value.removesuffix('.0')}" if value and value not in {"0", "0.0"} else ""


def find_time(value: str, column: str) -> str:
    """`value` as a time of `extractors.events`; midnight is what tables write for a day without a time."""
    read = _read_time(value)
    if read is None:
        raise RowError(f"{column} holds no date of the form YYYY-MM-DD or YYYY-MM-DD HH:MM:SS")
    return read


def find_number(value: str) -> float | None:
    """`value` as a number, or None where it is none."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if isfinite(number) else None


def find_bound(value: str) -> tuple[str, float | None]:
    """Comparator and number of a value such as "<0.01", else an empty text and None."""
    found = _BOUND.fullmatch(value.strip())
    return (found[1], float(found[2])) if found else ("", None)


def _columns(build: Builder) -> dict[str, Parameter]:
    return dict(signature(build).parameters)


@lru_cache(maxsize=65_536)
def _read_time(value: str) -> str | None:
    if not value:
        return ""
    found = _TIME.fullmatch(value.strip())
    if found is None:
        return None
    try:
        time = datetime.fromisoformat("{}-{}-{}T{}:{}:{}".format(*found.groups("00"))).isoformat()
    except ValueError:
        return None
    return time.removesuffix("T00:00:00")
