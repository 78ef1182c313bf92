"""Decisions taken from rows of text: the review for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.curation.desk import TOP, Change, Desk
from kg.curation.exchanging import record_rows
from kg.curation.verdicts import Given, Refused, read_verdicts, without_doubles
from ontologies.curies import standard_xref
from ontologies.decisions import Line
from ontologies.errors import KGError
from ontologies.ground import Ask
from ontologies.model import Kind, Match


def take_decisions(desk: Desk, lines: Iterable[str], *, batch: str) -> tuple[Change, list[Refused]]:
    """What came of the rows, decided as one batch, and those that were left out with the reason."""
    drafts: list[tuple[int, Line]] = []
    refused: list[Refused] = []
    rows = without_doubles(list(read_verdicts(lines)))
    asked = [row for row in rows if isinstance(row, Given)]
    # All at once takes a fraction of the time that one by one takes.
    thought = desk.grounder.ground_all(map(_ask, asked), top=TOP)
    for row in rows:
        if isinstance(row, Refused):
            refused.append(row)
            continue
        found = next(thought)
        try:
            guesses = (*found.matches, *found.candidates)
            drafts += [(row.line, _draft(desk, part, batch, guesses)) for part in row.split_up()]
        except KGError as error:
            refused.append(Refused(row.line, str(error)))
    return record_rows(desk, drafts, refused)


def _ask(given: Given) -> Ask:
    """What is asked of a row; a kind that is no other is any."""
    return Ask(given.name, None if given.kind is Kind.OTHER else given.kind, given.language)


def _draft(desk: Desk, given: Given, batch: str, guesses: Sequence[Match]) -> Line:
    return desk.draft(
        given.name,
        given.verdict,
        standard_xref(given.curie) if given.curie else "",
        kind=given.kind,
        language=given.language,
        reason=given.reason,
        confidence=given.confidence,
        batch=batch,
        guesses=guesses,
    )
