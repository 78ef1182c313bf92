"""Decisions that go out to files of other programs and come in from them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.curation.desk import Change, Desk
from kg.curation.verdicts import Refused
from ontologies.decisions import Line
from ontologies.errors import DecisionError, ExchangeError, KGError
from ontologies.exchange import LeftOut, Vocabulary, find_exchange, get_exchange
from ontologies.exchange.fields import is_curie
from ontologies.lexicon import Lexicon
from ontologies.model import Decision
from ontologies.standing import form_of, not_undone, read_time


def write_decisions(
    decisions: Sequence[Decision], name: str, vocabulary: Vocabulary, path: Path | None
) -> list[LeftOut]:
    """What the format `name` has no words for; the rest is written to `path`, as a whole, or to standard output."""
    exchange = get_exchange(name)
    if path is None:
        return exchange.write(decisions, sys.stdout, vocabulary)
    new = path.with_name(f"{path.name}.new")
    try:
        with new.open("w", encoding="utf-8", newline="") as out:
            left_out = exchange.write(decisions, out, vocabulary)
        new.replace(path)
    except OSError as error:
        raise ExchangeError(f"{path} cannot be written ({error}); name a file in a folder that can be") from error
    finally:
        new.unlink(missing_ok=True)
    return left_out


def take_file(desk: Desk, path: Path, *, batch: str) -> tuple[Change, list[Refused]]:
    """What came of the decisions in a file, as one batch, and the rows that were left out with the reason.

    Who decided and when stays as the file has it. What that author decided already, or what is in force already where
    the file names no author, is passed over.
    """
    drafts: list[tuple[int, Line]] = []
    refused: list[Refused] = []
    gate = Gate(desk.lexicon)
    known = {_mark(line.decision) for line in not_undone(desk.ledger.log.lines) if line.decision is not None}
    for row in find_exchange(path).read(path):
        if isinstance(row, LeftOut):
            refused.append(Refused(row.line, row.why))
            continue
        try:
            decision = gate.passed(row.decision)
            if not _in_force(desk, decision) and _mark(decision) not in known:
                drafts.append((row.line, _draft(desk, decision, batch)))
        except KGError as error:
            refused.append(Refused(row.line, str(error)))
    return record_rows(desk, drafts, refused)


def record_rows(
    desk: Desk, drafts: Sequence[tuple[int, Line]], refused: Sequence[Refused]
) -> tuple[Change, list[Refused]]:
    """What came of the drafts, each given with its line in the file, and with `refused` those that speak against."""
    change, told = desk.record_fit([line for _, line in drafts])
    objected = [Refused(place, why) for (place, _), why in zip(drafts, told, strict=True) if why]
    return change, sorted([*refused, *objected], key=lambda row: row.line)


@dataclass(slots=True)
class Gate:
    """Keeps out decisions that would strand what is aligned."""

    lexicon: Lexicon

    def passed(self, decision: Decision) -> Decision:
        """The decision, its concept as the terminologies here know it; raises DecisionError with value and remedy."""
        if is_curie(decision.name) and not self._is_known(decision.name):
            raise DecisionError(f"no terminology here has {decision.name}; add the one that does, or give its name")
        if not decision.curie:
            return decision
        return replace(decision, curie=self._target(decision.curie))

    def _target(self, curie: str) -> str:
        if curie.startswith("local:"):
            raise DecisionError(f"{curie} is only a place for a name without concept: map to a terminology, or to none")
        concept = self.lexicon.entry(curie)
        if concept is None:
            speaker = self.lexicon.canonical(curie)
            if speaker == curie:
                raise DecisionError(f"no terminology here has {curie}; add the one that does (kg terminology add)")
            return speaker
        if concept.deprecated:
            heir = f"replaced by {concept.replaced_by}" if concept.replaced_by else "without replacement"
            raise DecisionError(f"{curie} ({concept.name}) is retired, {heir}: map to a concept in use")
        return curie

    def _is_known(self, curie: str) -> bool:
        return self.lexicon.entry(curie) is not None or self.lexicon.canonical(curie) != curie


def _in_force(desk: Desk, decision: Decision) -> bool:
    made = desk.ledger.of(decision.name, kind=decision.kind, language=decision.language)
    said = (decision.kind, decision.language, decision.verdict, decision.curie)
    same = [one for one in made if (one.kind, one.language, one.verdict, one.curie) == said]
    return any(decision.author in ("", one.author) for one in same)


def _mark(decision: Decision) -> tuple[str, ...]:
    """What tells a decision from others wherever it is kept."""
    said = (str(decision.kind or ""), decision.language, decision.verdict.value, decision.curie)
    return (form_of(decision.name), *said, decision.author, _time_of(decision))


def _time_of(decision: Decision) -> str:
    """When it was made, as far as the file says; raises DecisionError for what is no date or time."""
    if not decision.time:
        return ""
    moment = read_time(decision.time)
    # A date alone is kept as one: nobody knows the hour.
    return decision.time if len(decision.time) <= len("2026-01-31") else moment


def _draft(desk: Desk, given: Decision, batch: str) -> Line:
    """The line of a decision of a file: author, reason and figures as the file has them, the rest as it is here."""
    line = desk.draft(
        given.name,
        given.verdict,
        given.curie,
        kind=given.kind,
        language=given.language,
        reason=given.reason,
        confidence=given.confidence,
        batch=batch,
    )
    assert line.decision is not None
    predicted = given.predicted
    said = replace(line.decision, author=given.author or line.decision.author, time=_time_of(given))
    if predicted is not None:
        said = replace(said, predicted=predicted, predicted_reason=given.predicted_reason)
    return replace(line, decision=said)
