"""What of the log is in force: the decisions that nobody undid, of each name, now or at an earlier time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from ontologies.decisions import Action, Line
from ontologies.errors import DecisionError
from ontologies.model import CONDITIONS, Decision, Kind, Verdict
from ontologies.normalize import normal_form


@dataclass(frozen=True, slots=True)
class Standing:
    """The decisions in force, by the normal form of the name, oldest first; `waiting` ones want a second curator."""

    by_form: dict[str, tuple[Decision, ...]] = field(default_factory=dict)
    waiting: tuple[Decision, ...] = ()
    stamp: str = ""

    def __iter__(self) -> Iterator[Decision]:
        return (decision for made in self.by_form.values() for decision in made)

    def of(self, name: str, *, kind: Kind | None = None, language: str = "") -> tuple[Decision, ...]:
        """The decisions in force on `name`, of those that count for, or gave, `kind` in `language`."""
        made = self.by_form.get(form_of(name), ())
        kinds = [kind] if kind else []
        return tuple(one for one in made if counts_for(one, kinds, language) or _makes(one, kinds, language))


def form_of(name: str) -> str:
    """What names are compared by: the normal form, or the name itself where that is empty."""
    return normal_form(name) or name.strip()


def counts_for(decision: Decision, kinds: Iterable[Kind], language: str) -> bool:
    """Whether a decision counts where one of `kinds` is asked for (none: any), in `language` ("": any)."""
    if language and decision.language and decision.language != language:
        return False
    kinds = list(kinds)
    return decision.kind is None or not kinds or sort_of(decision.kind) in {sort_of(kind) for kind in kinds}


def _makes(decision: Decision, kinds: Iterable[Kind], language: str) -> bool:
    """Whether a decision turned mentions of another kind into ones of `kinds`."""
    if decision.verdict is not Verdict.EXACT or decision.target_kind is None:
        return False
    return counts_for(replace(decision, kind=decision.target_kind), kinds, language)


def no_concept_fits(said: Iterable[Decision]) -> Decision | None:
    """The decision that no concept fits the name, of those in force on it; None where nobody said so."""
    return next((one for one in said if one.verdict is Verdict.NONE and not one.curie), None)


def sort_of(kind: Kind) -> Kind:
    """The kind itself; findings and diseases are of one sort, since vocabularies do not agree on which is which."""
    return Kind.DISEASE if kind in CONDITIONS else kind


def fold(lines: Sequence[Line], *, as_of: str = "", until: str = "", four_eyes: bool = False) -> Standing:
    """What is in force after `lines`: those up to the time `as_of`, or up to the line with the hash `until`.

    With `four_eyes` a decision counts once another author has confirmed it, by a check or by deciding the same.
    """
    lines = [*_before(lines, as_of, until)]
    kept = [line for line in not_undone(lines) if line.decision is not None or line.action is Action.CHECK]
    confirmed = _confirmed(kept) if four_eyes else None
    by_form: dict[str, list[Decision]] = {}
    waiting: list[Decision] = []
    for line in kept:
        if line.decision is None:
            continue
        if confirmed is not None and line.id not in confirmed:
            waiting.append(line.decision)
            continue
        _lay(by_form.setdefault(form_of(line.decision.name), []), line.decision)
    made = {form: tuple(decisions) for form, decisions in by_form.items() if decisions}
    return Standing(made, tuple(waiting), lines[-1].hash if lines else "")


def taken_back(lines: Sequence[Line]) -> set[str]:
    """Ids of the lines that an undo or a revert took back."""
    return {line.id for line in lines} - {line.id for line in not_undone(lines)}


def changed_forms(before: Standing, after: Standing) -> set[str]:
    """The normal forms of the names about which other decisions are in force after than before."""
    forms = before.by_form.keys() | after.by_form.keys()
    return {form for form in forms if before.by_form.get(form, ()) != after.by_form.get(form, ())}


def find_voided(before: Standing, after: Standing) -> Iterator[Decision]:
    """The decisions in force before that are not any more: answered anew, or taken back."""
    for form in sorted(changed_forms(before, after)):
        left = {one.id for one in after.by_form.get(form, ())}
        yield from (one for one in before.by_form.get(form, ()) if one.id not in left)


def read_time(text: str) -> str:
    """The last moment that a date or time names, as the log writes times; raises DecisionError where it is neither."""
    try:
        if len(text) <= len("2026-01-01"):
            end = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) + timedelta(days=1)
            return (end - timedelta(microseconds=1)).isoformat(timespec="microseconds")
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise DecisionError(f"{text!r} is no date or time; write 2026-01-31 or 2026-01-31T12:30:00+00:00") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")


def _before(lines: Sequence[Line], as_of: str, until: str) -> Iterator[Line]:
    moment = read_time(as_of) if as_of else ""
    for line in lines:
        if moment and line.time > moment:
            return
        yield line
        if until and line.hash == until:
            return


def not_undone(lines: Sequence[Line]) -> list[Line]:
    """The lines that nobody took back; an undo that was itself undone takes nothing back."""
    undone: set[str] = set()
    batches: set[str] = set()
    kept: list[Line] = []
    for line in reversed(lines):
        if line.id in undone or (line.batch and line.batch in batches):
            continue
        if line.action is Action.UNDO:
            undone.add(line.of)
        elif line.action is Action.REVERT:
            batches.add(line.of)
        kept.append(line)
    return kept[::-1]


def _confirmed(lines: Iterable[Line]) -> set[str]:
    """Ids of the decisions on which two authors agree."""
    authors: dict[str, str] = {}
    said: dict[tuple[str, ...], list[Line]] = {}
    confirmed: set[str] = set()
    for line in lines:
        if line.action is Action.CHECK:
            if authors.get(line.of, line.author) != line.author:
                confirmed.add(line.of)
        elif (made := line.decision) is not None:
            authors[line.id] = line.author
            same = said.setdefault((form_of(made.name), str(made.kind), made.language, made.curie, made.verdict), [])
            if any(other.author != line.author for other in same):
                confirmed.update((line.id, *(other.id for other in same)))
            same.append(line)
    return confirmed


def _lay(standing: list[Decision], new: Decision) -> None:
    """Puts a decision upon the earlier ones of its name, in place of those that it answers anew."""
    standing[:] = [old for old in standing if not _replaces(new, old)]
    standing.append(new)


def _replaces(new: Decision, old: Decision) -> bool:
    if (new.kind, new.language) != (old.kind, old.language):
        return False
    if new.curie == old.curie or old.verdict is Verdict.UNSURE:
        return True
    if not new.curie:
        return new.verdict is Verdict.NONE and old.verdict is not Verdict.NONE
    if new.verdict is not Verdict.EXACT:
        return False
    together = old.time == new.time
    return not old.curie or (old.verdict is Verdict.EXACT and not together)
