"""The rows of an import that were refused: those of one reason together, each row in a file where one is wanted."""

from __future__ import annotations

from types import TracebackType
from typing import IO

from extractors.graphs.model import RefusedRow
from extractors.items import readable
from kg.imports.model import Refusal
from kg.roles import Quarantine

#: Numbers of rows that a reason shows, and reasons that are told apart.
_SHOWN, _APART = 5, 200

_OTHERS = "others"


class Refusals:
    """Collects refused rows; with `every` each is written there, tab-separated, as it comes."""

    def __init__(self, every: IO[str] | None = None) -> None:
        self._groups: dict[tuple[str, str], tuple[RefusedRow, list[int], list[int]]] = {}
        self._every = every
        self.damaged = False
        if every:
            every.write("table\trow\treason\n")

    def __enter__(self) -> Refusals:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._every:
            self._every.close()

    def __len__(self) -> int:
        """How many reasons there are."""
        return len(self._groups)

    def add(self, row: RefusedRow) -> None:
        """Take up a row; one without a number stands for the rest of its file."""
        self.damaged = self.damaged or not row.number
        key = row.table, row.about or row.reason
        if key not in self._groups and len(self._groups) >= _APART:
            key = row.table, _OTHERS
        _, first, count = self._groups.setdefault(key, (row, [], [0]))
        count[0] += 1
        if len(first) < _SHOWN:
            first.append(row.number)
        if self._every:
            self._every.write(f"{readable(row.table)}\t{row.number}\t{readable(row.reason)}\n")

    def listed(self) -> list[Refusal]:
        """The reasons, those of most rows first."""
        found = [Refusal(row.table, row.reason, n[0], tuple(first)) for row, first, n in self._groups.values()]
        return sorted(found, key=lambda one: (-one.rows, one.table, one.reason))

    def quarantine(self, store: Quarantine, locator: str) -> None:
        """Put the reasons on the list of inputs that could not be read, and take those of an earlier import off it."""
        new = dict(_told(locator, key, *group) for key, group in self._groups.items())
        old = [one.locator for one in store.get_quarantine() if one.locator.startswith(f"{locator}#")]
        store.release(one for one in old if one not in new)
        for place, reason in new.items():
            store.quarantine(place, reason)


def _told(locator: str, key: tuple[str, str], row: RefusedRow, first: list[int], count: list[int]) -> tuple[str, str]:
    place = f"{locator}#{readable(key[0])}: {readable(key[1])}"
    if not row.number:
        return place, row.reason
    if count[0] == 1:
        return place, f"row {row.number} {row.reason}"
    shown = ", ".join(map(str, first)) + (" …" if count[0] > len(first) else "")
    return place, f"{count[0]:,} rows ({shown}), as row {row.number}: {row.reason}"
