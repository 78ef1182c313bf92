"""Rows of records without identifiers: ids are pseudonyms, dates moved or cut, free text cleaned; codes stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from extractors.deidentify.dates import cut_to_year, shifted_iso, years_between
from extractors.deidentify.found import Moves, Wording
from extractors.events import Coding, Event, Identifier, Note, Person, Provider, Retraction, Row, Value, Visit
from extractors.rules import read_rules

if TYPE_CHECKING:
    from extractors.deidentify.cleaner import Deidentifier

#: Ages over this are told as 90 (45 CFR 164.514(b)(2)(i)(C)).
OLDEST = 89


def clean_row(by: Deidentifier, row: Row, *, known: Sequence[Identifier] = ()) -> Row:
    """The row without identifiers; `known` are those of its patient."""
    match row:
        case Person():
            return _person(row, by)
        case Provider():
            return _provider(row, by, known)
        case Visit():
            return _visit(row, by, known)
        case Event():
            return _event(row, by, known)
        case Note():
            return _note(row, by, known)
        case Retraction():
            return replace(row, id=by.pseudonym(row.id), patient=by.pseudonym(row.patient))


def _person(row: Person, by: Deidentifier) -> Row:
    moved = _mover(by, row.id)
    birth = moved(row.birth)
    if years_between(row.birth, row.death or by.today.isoformat()) > OLDEST:
        last = moved(row.death) or str(by.today.year)
        birth = str(int(last[:4]) - OLDEST - 1)
    return replace(row, id=by.pseudonym(row.id), birth=birth, death=moved(row.death), identifiers=())


def _provider(row: Provider, by: Deidentifier, known: Sequence[Identifier]) -> Row:
    specialty = _text(by, row.specialty, "", (*known, *row.identifiers))
    return replace(row, id=by.pseudonym(row.id), specialty=specialty, identifiers=())


def _visit(row: Visit, by: Deidentifier, known: Sequence[Identifier]) -> Row:
    moved = _mover(by, row.patient)
    return replace(
        row,
        id=by.pseudonym(row.id),
        patient=by.pseudonym(row.patient),
        start=moved(row.start),
        end=moved(row.end),
        provider=by.pseudonym(row.provider),
        specialty=_text(by, row.specialty, row.patient, known),
        department=_text(by, row.department, row.patient, known),
        outcome=_text(by, row.outcome, row.patient, known),
        part_of=by.pseudonym(row.part_of),
    )


def _event(row: Event, by: Deidentifier, known: Sequence[Identifier]) -> Row:
    moved = _mover(by, row.patient)
    return replace(
        row,
        id=by.pseudonym(row.id),
        patient=by.pseudonym(row.patient),
        name=_name(by, row, known),
        codes=_codes(by, row.codes, row.patient, known),
        start=moved(row.start),
        end=moved(row.end),
        visit=by.pseudonym(row.visit),
        provider=by.pseudonym(row.provider),
        category=_text(by, row.category, row.patient, known),
        value=_value(by, row.value, row.patient, known),
        dose=_text(by, row.dose, row.patient, known),
        reasons=tuple(map(by.pseudonym, row.reasons)),
        reason_codes=_codes(by, row.reason_codes, row.patient, known),
        note=by.pseudonym(row.note),
    )


def _note(row: Note, by: Deidentifier, known: Sequence[Identifier]) -> Row:
    cleaned = by.clean_text(row.text, patient=row.patient, language=row.language, known=known, time=row.time)
    moves = Moves(cleaned.spans)
    sections = tuple(
        replace(
            section,
            title=_text(by, section.title, row.patient, known),
            start=moves.at(section.start),
            end=moves.at(section.end),
        )
        for section in row.sections
    )
    return replace(
        row,
        id=by.pseudonym(row.id),
        patient=by.pseudonym(row.patient),
        text=cleaned.text,
        visit=by.pseudonym(row.visit),
        time=_mover(by, row.patient)(row.time),
        title=_text(by, row.title, row.patient, known),
        sections=sections,
        provider=by.pseudonym(row.provider),
    )


def _mover(by: Deidentifier, patient: str) -> Callable[[str], str]:
    days = by.shift(patient)
    return (lambda time: shifted_iso(time, days)) if days else cut_to_year


def _text(
    by: Deidentifier, text: str, patient: str, known: Sequence[Identifier], wording: Wording = Wording.PROSE
) -> str:
    return by.clean_text(text, patient=patient, known=known, wording=wording).text if text else text


def _name(by: Deidentifier, row: Event, known: Sequence[Identifier]) -> str:
    """What the source calls it: where that is the name of a code of a known system, only the surest are looked for."""
    coded = any(code.curie and code.name == row.name for code in row.codes)
    return _text(by, row.name, row.patient, known, Wording.TERM if coded else Wording.FIELD)


def _codes(
    by: Deidentifier, codes: tuple[Coding, ...], patient: str, known: Sequence[Identifier]
) -> tuple[Coding, ...]:
    """The codes as they are; the name of one of no known system is somebody's words."""
    return tuple(
        code if code.curie else code._replace(name=_text(by, code.name, patient, known, Wording.FIELD))
        for code in codes
    )


def _value(by: Deidentifier, value: Value | None, patient: str, known: Sequence[Identifier]) -> Value | None:
    if value is None:
        return None
    number = value.number
    if number is not None and number > OLDEST and value.unit.casefold() in read_rules("deidentify_dates")["years"]:
        number = float(OLDEST + 1)
    return replace(value, number=number, text=_text(by, value.text, patient, known))
