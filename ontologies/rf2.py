"""Release Format 2, in which SNOMED CT is given out: the newest rows of its components, and the check of its ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from sys import intern

from ontologies.errors import TerminologyError
from ontologies.releases import Release
from ontologies.tables import File, read_columns

_MULTIPLY = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_PERMUTE = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def newest_rows(
    release: Release, stem: str, columns: Sequence[str], *, needed: bool = False
) -> Iterator[tuple[File, list[str]]]:
    """Rows of id, effectiveTime and `columns` from the files of that stem, with their file: of each id the newest.

    Raises TerminologyError where a file has one id twice with one time, or where there is no file and one is `needed`.
    """
    files = release.find(f"*{stem}*Snapshot*.txt") or release.find(f"*{stem}Full*.txt")
    if needed and not files:
        release.need(f"{stem}Snapshot*.txt")
    times = _newest_times(files)
    for path in files:
        for row in read_columns(path, ("id", "effectiveTime", *columns)):
            if times.get(row[0]) == row[1]:
                del times[row[0]]
                yield path, row


def check_concept_id(path: File, code: str) -> None:
    """Raises TerminologyError where `code` is no identifier of a SNOMED CT concept."""
    if not (code.isascii() and code.isdigit() and 6 <= len(code) <= 18):
        raise TerminologyError(f"{path}: {code[:40]!r} is no SNOMED CT identifier (6 to 18 digits); mend the row")
    if code[-3:-1] not in ("00", "10"):
        raise TerminologyError(
            f"{path}: {code} is no identifier of a concept (its partition is {code[-3:-1]}); mend it"
        )
    if not has_check_digit(code):
        raise TerminologyError(f"{path}: {code} has a wrong check digit; is it mistyped or cut by a spreadsheet?")


def has_check_digit(digits: str) -> bool:
    """True where the last digit fits the others (Verhoeff 1969, the dihedral group D5)."""
    state = "0"
    for place, digit in enumerate(reversed(digits)):
        state = _MULTIPLY[int(state)][int(_PERMUTE[place % 8][int(digit)])]
    return state == "0"


def _newest_times(files: Sequence[File]) -> dict[str, str]:
    """When each id was changed last; raises TerminologyError where a file has one id twice with one time."""
    newest: dict[str, str] = {}
    for path in files:
        own: dict[str, str] = {}
        for code, time in read_columns(path, ("id", "effectiveTime"), closed=True):
            if own.get(code) == time:
                raise TerminologyError(f"{path}: {code} of {time} is there twice; keep one of them")
            own[code] = max(intern(time), own.get(code, ""))
        if newest:
            own |= {code: max(time, own.get(code, "")) for code, time in newest.items()}
        newest = own
    return newest
