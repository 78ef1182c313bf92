"""Decisions taken from rows of text: the review for scripts."""

from __future__ import annotations

from collections.abc import Iterable

from kg.curation.desk import Change, Desk
from kg.curation.verdicts import Given, Refused, read_verdicts
from ontologies.curies import standard_xref
from ontologies.decisions import Line
from ontologies.errors import KGError


def take_decisions(desk: Desk, lines: Iterable[str], *, batch: str) -> tuple[Change, list[Refused]]:
    """What came of the rows, decided as one batch, and those that were left out with the reason."""
    drafts: list[Line] = []
    refused: list[Refused] = []
    for given in read_verdicts(lines):
        if isinstance(given, Refused):
            refused.append(given)
            continue
        try:
            drafts.append(_draft(desk, given, batch))
        except KGError as error:
            refused.append(Refused(given.line, str(error)))
    return desk.record(drafts), refused


def _draft(desk: Desk, given: Given, batch: str) -> Line:
    return desk.draft(
        given.name,
        given.verdict,
        standard_xref(given.curie) if given.curie else "",
        kind=given.kind,
        language=given.language,
        reason=given.reason,
        confidence=given.confidence,
        batch=batch,
    )
