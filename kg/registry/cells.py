"""What a cell of a registry table holds, from the events and notes of one patient, and what is doubtful in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from extractors.model import Assertion
from kg.records.model import KnownEvent, KnownNote
from kg.registry.schema import Field, Take, Which

#: Characters of a note that are quoted on either side of what was found in it.
_AROUND = 30

_SAID = {Assertion.PRESENT: "yes", Assertion.HISTORICAL: "yes", Assertion.NEGATED: "no", Assertion.POSSIBLE: "possible"}
_SURE = frozenset({Assertion.PRESENT, Assertion.HISTORICAL})


@dataclass(frozen=True, slots=True)
class Behind:
    """An event or a range of a note behind a cell; `quote` is de-identified text."""

    key: int
    """Key of the event or of the note, among those of the patient."""
    is_note: bool
    date: str
    quote: str
    start: int | None = None
    """Where in the note it stands, in characters; None for an event, which stands in no text."""
    end: int | None = None


class Grounding(StrEnum):
    """By what the event of a cell is the concept that its field asks for."""

    CONCEPT = "concept"
    """A terminology at hand holds it."""
    CODE = "code"
    """The source's own code, of a vocabulary that is known, though no terminology at hand holds it."""
    WAITING = "waiting"
    """By its words alone, which wait for a curator."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with what it was taken from; `problems` say why a person should look at it."""

    field: str
    value: str = ""
    unit: str = ""
    date: str = ""
    behind: tuple[Behind, ...] = ()
    problems: tuple[str, ...] = ()
    grounding: Grounding | None = None
    """None where the cell is not taken from one event."""


def make_cell(asked: Field, events: Iterable[KnownEvent], notes: Iterable[KnownNote], *, entry: str) -> Cell:
    """The cell of a field; `events` are those of its concepts by time, `entry` is the day of entry into the cohort."""
    if asked.section:
        return _from_notes(asked, notes)
    found = [event for event in events if _counts(asked, event, entry)]
    if asked.take is Take.YES_NO:
        return _yes_no(asked, found)
    found = [event for event in found if event.assertion in _SURE]
    if asked.take is Take.COUNT:
        return Cell(asked.name, str(len(found)), behind=tuple(map(_behind, found)))
    if asked.take in (Take.VALUE, Take.UNIT):
        return _measured(asked, found)
    chosen = _choose(asked, [(event, 0.0) for event in found])
    return _cell(asked, chosen, _READ[asked.take](chosen, entry)) if chosen else Cell(asked.name)


def _counts(asked: Field, event: KnownEvent, entry: str) -> bool:
    if asked.kinds and event.kind not in asked.kinds:
        return False
    if asked.within is None:
        return True
    days = _days_between(entry, event.start)
    return days is not None and asked.within[0] <= days <= asked.within[1]


def _yes_no(asked: Field, events: Sequence[KnownEvent]) -> Cell:
    """What the records say, the last word unless the field asks for the first; contradictions are for review."""
    said = [event for event in events if event.assertion in _SAID]
    if not said:
        return Cell(asked.name)
    chosen = said[0 if asked.which is Which.FIRST else -1]
    words = {_SAID[event.assertion] for event in said}
    problems = ("the record says " + " and ".join(sorted(words)),) if len(words) > 1 else ()
    behind = tuple(map(_behind, said))
    return Cell(asked.name, _SAID[chosen.assertion], date=chosen.start, behind=behind, problems=problems)


def _measured(asked: Field, events: Sequence[KnownEvent]) -> Cell:
    """The value of a test: a number in the unit that is asked for where there is one, else its words."""
    numbers = [(event, number) for event in events if (number := _number(asked, event)) is not None]
    worded = [event for event in events if event.value and event.value.number is None and event.value.text]
    left = len(events) - len(numbers) - len(worded)
    problems = [f"{left} without a value in {asked.unit or 'any unit'} left out"] if left and events else []
    chosen = _choose(asked, numbers) or _choose(asked, [(event, 0.0) for event in worded])
    if chosen is None:
        return Cell(asked.name, behind=tuple(map(_behind, events)), problems=tuple(problems))
    unit = asked.unit or (chosen.value.unit if chosen.value else "")
    number = {event.key: value for event, value in numbers}.get(chosen.key)
    text = _written(chosen, number)
    if asked.take is Take.UNIT:
        return _cell(asked, chosen, unit, problems=problems)
    return _cell(asked, chosen, text, unit=unit if number is not None else "", problems=problems)


def _written(event: KnownEvent, number: float | None) -> str:
    if event.value is None:
        return ""
    return event.value.text if number is None else f"{event.value.comparator}{number:g}"


def _number(asked: Field, event: KnownEvent) -> float | None:
    """The number of a test in the unit that is asked for; None where there is none or it cannot be converted."""
    value = event.value
    if value is None or value.number is None:
        return None
    if not asked.unit or not value.unit or value.unit.casefold() == asked.unit.casefold():
        return value.number
    factor = asked.convert.get(value.unit)
    return None if factor is None else value.number * factor


def _choose(asked: Field, found: Sequence[tuple[KnownEvent, float]]) -> KnownEvent | None:
    if not found:
        return None
    chosen = {
        Which.FIRST: lambda: found[0],
        Which.LAST: lambda: found[-1],
        Which.LOWEST: lambda: min(found, key=lambda each: each[1]),
        Which.HIGHEST: lambda: max(found, key=lambda each: each[1]),
        Which.WORST: lambda: max(found, key=lambda each: _outside(each[0])),
    }[asked.which]()
    return chosen[0]


def _outside(event: KnownEvent) -> float:
    """How far a value lies outside its reference range, as a share of the bound that it passes; 0 inside."""
    value = event.value
    if value is None or value.number is None:
        return 0.0
    above = (value.number - value.high) / abs(value.high) if value.high else 0.0
    below = (value.low - value.number) / abs(value.low) if value.low else 0.0
    return max(above, below, 0.0)


def _days(event: KnownEvent, entry: str) -> str:
    days = _days_between(entry, event.start)
    return "" if days is None else str(days)


_READ: dict[Take, Callable[[KnownEvent, str], str]] = {
    Take.DATE: lambda event, _: event.start,
    Take.NAME: lambda event, _: event.name or event.concept.name,
    Take.DOSE: lambda event, _: event.dose,
    Take.DAYS: _days,
}


def _days_between(entry: str, start: str) -> int | None:
    try:
        return (date.fromisoformat(start[:10]) - date.fromisoformat(entry[:10])).days
    except ValueError:
        return None


def _cell(asked: Field, event: KnownEvent, value: str, *, unit: str = "", problems: Iterable[str] = ()) -> Cell:
    doubts = list(problems)
    grounding = _grounding(event)
    if grounding is Grounding.WAITING:
        doubts.append("its concept waits for a curator")
    if event.note is not None:
        doubts.append("read in a note, not coded")
    return Cell(asked.name, value, unit, event.start, (_behind(event),), tuple(doubts), grounding)


def _grounding(event: KnownEvent) -> Grounding:
    if event.concept.aligned:
        return Grounding.CONCEPT
    coded = any(code.curie for code in event.codes)
    return Grounding.CODE if coded else Grounding.WAITING


def _behind(event: KnownEvent) -> Behind:
    value = event.value
    said = [event.name or event.concept.name, str(event.assertion) if event.assertion not in _SURE else ""]
    if value is not None:
        number = "" if value.number is None else f"{value.comparator}{value.number:g}"
        said += [number or value.text, value.unit, value.flag]
    return Behind(event.key, False, event.start, " ".join(filter(None, said)))


def _from_notes(asked: Field, notes: Iterable[KnownNote]) -> Cell:
    """What the pattern finds in the section, by time of notes; several different values are for review."""
    assert asked.pattern is not None
    found: list[tuple[str, KnownNote, int, int]] = []
    for note in notes:
        for section in note.sections:
            if asked.section in (section.kind, section.code, section.title.strip(" :：【】")):
                for match in asked.pattern.finditer(note.text, section.start, section.end):
                    found.append((match[1] if asked.pattern.groups else match[0], note, match.start(), match.end()))
    if not found:
        return Cell(asked.name)
    value, note, _, _ = found[0 if asked.which is Which.FIRST else -1]
    values = list(dict.fromkeys(each[0] for each in found))
    problems = (f"{len(values)} different values in notes",) if len(values) > 1 else ()
    behind = tuple(_quoted(note, start, end) for _, note, start, end in found)
    return Cell(asked.name, value, asked.unit, note.time, behind, problems)


def _quoted(note: KnownNote, start: int, end: int) -> Behind:
    quote = note.text[max(0, start - _AROUND) : end + _AROUND].replace("\n", " ")
    return Behind(note.key, True, note.time, quote, start, end)
