"""The tree of a list of codes: which code stands under which, by the codes themselves and by the levels of the list."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ontologies.code_lists import Line, clean_code
from ontologies.errors import TerminologyError

_RANGE = re.compile(r"([A-Z]?\d{2})-([A-Z]?\d{2})")


@dataclass(slots=True)
class Entry:
    """What a list says of a code: its first name, its other names, and the codes that may be its parents."""

    name: str
    level: int
    """How deep in the columns of levels it stands; -1 for a code of the list itself."""
    above: tuple[str, ...] = ()
    """The codes of the levels above it, the highest first."""
    others: list[str] = field(default_factory=list)
    further: list[str] = field(default_factory=list)
    english: str = ""
    listed: bool = False


def find_parent(code: str, codes: Container[str]) -> str | None:
    """The longest shorter code of `codes` that `code` begins with."""
    shorter = (code[:end].rstrip(".") for end in range(len(code) - 1, 1, -1))
    return next((candidate for candidate in shorter if candidate in codes and candidate != code), None)


def find_parents(code: str, entries: Mapping[str, Entry]) -> list[str]:
    """The parents of a code: by its beginning, else by the nearest level; then its further codes that are listed."""
    entry = entries[code]
    nearest = find_parent(code, entries) if not _RANGE.fullmatch(code) else None
    levels = [level for level in entry.above if level in entries and level != code]
    first = nearest or (levels[-1] if levels else None)
    others = [other for other in entry.further if other in entries and other != code]
    return list(dict.fromkeys([first, *others] if first else others))


def gather_entries(path: Path, lines: Iterable[Line], pattern: re.Pattern[str], sort: str) -> dict[str, Entry]:
    """The codes of a list with what it says of each, those of its levels included.

    Raises TerminologyError for what does not fit `pattern`, and for a row that is there twice; a code with two
    names has both.
    """
    entries: dict[str, Entry] = {}
    chain: dict[int, str] = {}
    for line in lines:
        for level, (code, name) in _levels(line, pattern):
            chain = {depth: above for depth, above in chain.items() if depth < level} | {level: code}
            entries.setdefault(code, Entry(name, level, _above(code, chain, level)))
        code = clean_code(line.cells["code"])
        if not code and line.levels:
            continue
        if not pattern.fullmatch(code):
            raise TerminologyError(f"{path}, row {line.number}: {code!r} is no {sort} code; mend it or take it out")
        _add(path, line, code, entries, _above(code, chain, len(line.levels)))
    return entries


def _levels(line: Line, pattern: re.Pattern[str]) -> Iterator[tuple[int, tuple[str, str]]]:
    """The levels that a row names; a merged cell names its level in its first row only."""
    for level, (text, name) in enumerate(line.levels):
        code = clean_code(text)
        if name and (_RANGE.fullmatch(code) or pattern.fullmatch(code)):
            yield level, (code, name)


def _above(code: str, chain: Mapping[int, str], level: int) -> tuple[str, ...]:
    return tuple(above for depth, above in sorted(chain.items()) if depth < level and _covers(above, code))


def _covers(above: str, code: str) -> bool:
    span = _RANGE.fullmatch(above)
    return span[1] <= code[: len(span[1])] <= span[2] if span else code.startswith(above)


def _add(path: Path, line: Line, code: str, entries: dict[str, Entry], above: tuple[str, ...]) -> None:
    name = line.cells["name"]
    entry = entries.setdefault(code, Entry(name, -1, above))
    if entry.listed and name in (entry.name, *entry.others):
        raise TerminologyError(f"{path}, row {line.number}: {code} {name} is there twice; keep one of them")
    entry.listed = True
    if name != entry.name:
        entry.others.append(name)
    entry.english = entry.english or line.cells.get("english", "")
    further = clean_code(line.cells.get("further", ""))
    entry.further.extend(part for part in re.split(r"[,;、|]", further) if part)
