"""Decisions from files: JSON lines, or a table of tab-separated values with a header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from kg.errors import KGError
from ontologies.exchange.tsv import unquoted
from ontologies.model import Kind, Verdict
from ontologies.standing import form_of

COLUMNS = ("name", "curie", "verdict", "kind", "language", "reason", "confidence")
#: The word for a name that is several concepts together; its CURIEs stand in one cell.
SPLIT = "split"
#: Words for verdicts beside their own names: the SKOS relations, and those of other tools.
_ALSO = {
    "exactmatch": "exact", "broadmatch": "broad", "narrowmatch": "narrow", "relatedmatch": "related",
    "closematch": "related", "accept": "exact", "reject": "none", "no": "none", "": "exact",
}  # fmt: skip


_PARTS = re.compile(r"[;；]")


class VerdictError(KGError):
    """A row that is no decision."""


@dataclass(frozen=True, slots=True)
class Given:
    """A decision as a row gives it."""

    name: str
    verdict: Verdict
    curie: str = ""
    kind: Kind | None = None
    language: str = ""
    reason: str = ""
    confidence: float | None = None
    line: int = 0
    parts: tuple[str, ...] = ()
    """CURIEs of a name that was split: it is exactly each of them."""

    def split_up(self) -> list[Given]:
        """One decision for each part of a name that was split, else this one alone."""
        return [replace(self, curie=curie, parts=()) for curie in self.parts] or [self]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was left out, and why; `line` counts from 1, and is 0 for what stands in no file."""

    line: int
    why: str


def read_verdicts(lines: Iterable[str]) -> Iterator[Given | Refused]:
    """The decisions, or why a row is none. Raises VerdictError where the header has no column `name`."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    first = next(numbered, None)
    if first is None:
        return
    number, line = first
    if line.lstrip("\ufeff ").startswith("{"):
        yield from (_from_json(place, text) for place, text in [(number, line.lstrip("\ufeff")), *numbered])
        return
    header = [column.strip().lower() for column in line.lstrip("\ufeff").rstrip("\r\n").split("\t")]
    unknown = [column for column in header if column not in COLUMNS]
    if "name" not in header or unknown:
        wrong = f"unknown: {', '.join(unknown)}" if unknown else "no column 'name'"
        raise VerdictError(f"the header is not one of decisions ({wrong}); columns are: {', '.join(COLUMNS)}")
    for place, text in numbered:
        cells = [unquoted(cell.strip()) for cell in text.rstrip("\r\n").split("\t")]
        yield _given(place, dict(zip(header, cells, strict=False)))


def without_doubles(rows: Sequence[Given | Refused]) -> list[Given | Refused]:
    """The rows, where several say that one name is exactly different concepts refused: are those parts, or a slip?"""
    said: dict[tuple[str, Kind | None, str], set[tuple[str, ...]]] = {}
    for row in rows:
        if isinstance(row, Given) and row.verdict is Verdict.EXACT:
            said.setdefault(_asked(row), set()).add(row.parts or (row.curie,))
    return [_refused_if_double(row, said) for row in rows]


def _refused_if_double(
    row: Given | Refused, said: dict[tuple[str, Kind | None, str], set[tuple[str, ...]]]
) -> Given | Refused:
    if isinstance(row, Refused) or row.verdict is not Verdict.EXACT or len(said[_asked(row)]) == 1:
        return row
    curies = ";".join(sorted({curie for one in said[_asked(row)] for curie in one}))
    told = f"several rows say what {row.name!r} is: keep one, or write one row with the verdict {SPLIT} and {curies}"
    return Refused(row.line, told)


def _asked(row: Given) -> tuple[str, Kind | None, str]:
    return form_of(row.name), row.kind, row.language


def _from_json(line: int, text: str) -> Given | Refused:
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return Refused(line, f"not JSON: {error}")
    return _given(line, row) if isinstance(row, dict) else Refused(line, "not an object with a name")


def _given(line: int, row: dict[str, Any]) -> Given | Refused:
    name, curie = str(row.get("name") or "").strip(), str(row.get("curie") or "").strip()
    word = str(row.get("verdict") or "").strip().lower().rpartition(":")[2]
    parts = tuple(part.strip() for part in _PARTS.split(curie) if part.strip()) if word == SPLIT else ()
    if word == SPLIT and len(set(parts)) < 2:
        return Refused(line, f"{name!r} is split into {len(parts)} parts: give two CURIEs or more, with ; between")
    try:
        verdict = Verdict.EXACT if parts else Verdict(_ALSO.get(word, word))
        kind = Kind(row["kind"]) if row.get("kind") else None
        confidence = float(row["confidence"]) if row.get("confidence") not in (None, "") else None
    except (ValueError, TypeError) as error:
        verdicts = ", ".join([*(verdict.value for verdict in Verdict), SPLIT])
        return Refused(line, f"{error}; verdicts are: {verdicts}; kinds: {', '.join(Kind)}; confidence is a number")
    if not name:
        return Refused(line, "it names nothing")
    if not curie and verdict not in (Verdict.NONE, Verdict.UNSURE):
        return Refused(line, f"{name!r} is {verdict.value} to nothing: give a CURIE, or the verdict none")
    if confidence is not None and not 0 <= confidence <= 1:
        return Refused(line, f"the confidence {confidence} is not between 0 and 1")
    language, reason = str(row.get("language") or ""), str(row.get("reason") or "")
    return Given(name, verdict, curie, kind, language, reason, confidence, line, parts)
