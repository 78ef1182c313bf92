"""Decisions from files: JSON lines, or a table of tab-separated values with a header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from kg.errors import KGError
from ontologies.exchange.tsv import unquoted
from ontologies.model import Kind, Verdict

COLUMNS = ("name", "curie", "verdict", "kind", "language", "reason", "confidence")
#: Words for verdicts beside their own names: the SKOS relations, and those of other tools.
_ALSO = {
    "exactmatch": "exact", "broadmatch": "broad", "narrowmatch": "narrow", "relatedmatch": "related",
    "closematch": "related", "accept": "exact", "reject": "none", "no": "none", "": "exact",
}  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was left out, and why; `line` counts from 1."""

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


def _from_json(line: int, text: str) -> Given | Refused:
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return Refused(line, f"not JSON: {error}")
    return _given(line, row) if isinstance(row, dict) else Refused(line, "not an object with a name")


def _given(line: int, row: dict[str, Any]) -> Given | Refused:
    name, curie = str(row.get("name") or "").strip(), str(row.get("curie") or "").strip()
    word = str(row.get("verdict") or "").strip().lower().rpartition(":")[2]
    try:
        verdict = Verdict(_ALSO.get(word, word))
        kind = Kind(row["kind"]) if row.get("kind") else None
        confidence = float(row["confidence"]) if row.get("confidence") not in (None, "") else None
    except (ValueError, TypeError) as error:
        verdicts = ", ".join(verdict.value for verdict in Verdict)
        return Refused(line, f"{error}; verdicts are: {verdicts}; kinds: {', '.join(Kind)}; confidence is a number")
    if not name:
        return Refused(line, "it names nothing")
    if not curie and verdict not in (Verdict.NONE, Verdict.UNSURE):
        return Refused(line, f"{name!r} is {verdict.value} to nothing: give a CURIE, or the verdict none")
    if confidence is not None and not 0 <= confidence <= 1:
        return Refused(line, f"the confidence {confidence} is not between 0 and 1")
    language, reason = str(row.get("language") or ""), str(row.get("reason") or "")
    return Given(name, verdict, curie, kind, language, reason, confidence, line)
