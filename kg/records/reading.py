"""The reading side of an events store: charts of single patients, and the journeys of all."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import apsw
import orjson

from extractors.events import Coding, Value
from extractors.model import Section
from kg.records.database import Database, fetch
from kg.records.model import KnownEvent, KnownNote, KnownPatient, KnownVisit, Step, UsedConcept, Window
from kg.records.realigning import read_codings
from kg.records.times import decode_time
from kg.records.windows import ASSERTIONS, KINDS, where
from ontologies.model import Kind

#: The window of everything that is so.
ALL = Window()

_STEPS = """
select e.patient, e.start >> 3, e.visit, coalesce(nullif(e.provider, 0), v.provider, 0),
    coalesce(nullif(p.specialty, 0), v.specialty, 0), t.concept, t.kind
from events e cross join terms t on t.id = e.term left join visits v on v.id = nullif(e.visit, 0)
left join providers p on p.id = coalesce(nullif(e.provider, 0), v.provider)
where {where} order by e.patient, e.start, e.key
"""
_EVENT = """
select e.key, t.kind, n.text, t.concept, c.members, e.start, e.end, e.visit, e.provider, e.assertion, e.category,
    e.number, e.unit, e.text, e.comparator, e.flag, e.low, e.high, e.dose, r.concept, e.note
from events e join terms t on t.id = e.term left join words n on n.id = t.name
left join coding_sets c on c.id = t.codings left join terms r on r.id = e.reason
where e.patient = ? and {where} order by e.start, e.key
"""


class HasDatabase(Protocol):
    """What the parts of a store have in common."""

    _db: Database


class Reading:
    """The roles `Concepts`, `Journeys` and `Charts` of `kg.records.roles`."""

    _db: Database

    def get_concepts(self) -> Mapping[int, UsedConcept]:
        """Every concept by its number."""
        with self._db.read() as connection:
            return _concepts(connection)

    def find_concept(self, curie: str) -> UsedConcept | None:
        """The concept of that CURIE, or None where no event is of it."""
        with self._db.read() as connection:
            rows = fetch(connection, "select * from concepts where curie=?", (curie,))
        return _concept(*rows[0]) if rows else None

    def iter_steps(self, window: Window = ALL) -> Iterator[Step]:
        """The events of a window by patient and then by time, those of unknown time first."""
        condition, values = where(window)
        with self._db.snapshot() as connection:
            words = _Words(connection)
            for patient, seconds, visit, provider, specialty, concept, kind in connection.execute(
                _STEPS.format(where=condition), values
            ):
                yield Step(patient, seconds, visit, provider, words[specialty], concept, KINDS[kind])

    def iter_patients(self) -> Iterator[KnownPatient]:
        """Every patient, by number."""
        with self._db.snapshot() as connection:
            words = _Words(connection)
            for row in connection.execute("select id, pseudonym, sex, birth_year, death from patients order by id"):
                yield _patient(row, words)

    def find_patient(self, pseudonym: str) -> KnownPatient | None:
        """The patient of that pseudonym, or None."""
        with self._db.read() as connection:
            found = fetch(
                connection, "select id, pseudonym, sex, birth_year, death from patients where pseudonym=?", (pseudonym,)
            )
            return _patient(found[0], _Words(connection)) if found else None

    def iter_visits(self, patient: int) -> Iterator[KnownVisit]:
        """The visits of a patient by time."""
        with self._db.read() as connection:
            words = _Words(connection)
            rows = fetch(connection, "select * from visits where patient=? order by start, key", (patient,))
            visits = [_visit(row, words) for row in rows]
        yield from visits

    def iter_events(self, patient: int, window: Window = ALL) -> Iterator[KnownEvent]:
        """The events of a patient by time, whole."""
        condition, values = where(window)
        with self._db.read() as connection:
            rows = fetch(connection, _EVENT.format(where=condition), (patient, *values))
            make = _EventMaker(connection, patient)
            events = [make(row) for row in rows]
        yield from events

    def iter_notes(self, patient: int) -> Iterator[KnownNote]:
        """The notes of a patient by time."""
        with self._db.snapshot() as connection:
            words = _Words(connection)
            for row in connection.execute("select * from notes where patient=? order by time, key", (patient,)):
                yield _note(row, words)

    def get_providers(self) -> Mapping[int, str]:
        """The pseudonym of each provider by its number."""
        with self._db.read() as connection:
            return dict(fetch(connection, "select id, pseudonym from providers"))

    def get_specialties(self) -> Mapping[int, str]:
        """The specialty of each provider by its number, where one is known."""
        with self._db.read() as connection:
            rows = fetch(connection, "select providers.id, text from providers join words on words.id = specialty")
            return dict(rows)


class _Words:
    """Texts of words by their numbers, asked for once each; 0 and None are the empty one."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._known: dict[int | None, str] = {0: "", None: ""}

    def __getitem__(self, number: int | None) -> str:
        text = self._known.get(number)
        if text is None:
            text = str(self._connection.execute("select text from words where id=?", (number,)).get)
            if len(self._known) > 200_000:
                self._known = {0: "", None: ""}
            self._known[number] = text
        return text


class _EventMaker:
    """Makes events of one patient from rows of `_EVENT`."""

    def __init__(self, connection: apsw.Connection, patient: int) -> None:
        self._connection = connection
        self._patient = patient
        self._words = _Words(connection)
        self._concepts: dict[int, UsedConcept] = {}
        self._codes: dict[str, tuple[Coding, ...]] = {"": ()}
        self._links: dict[int, list[int]] = {}
        for event, reason in connection.execute("select event, reason from links where patient=?", (patient,)):
            self._links.setdefault(event, []).append(reason)

    def __call__(self, row: tuple[Any, ...]) -> KnownEvent:
        key, kind, name, concept, members, start, end, visit, provider, assertion, category, *rest = row
        *value, dose, reason, note = rest
        return KnownEvent(
            key,
            self._patient,
            KINDS[kind],
            name or "",
            self._concept(concept),
            self._codings(members or ""),
            decode_time(start),
            decode_time(end),
            visit,
            provider,
            self._words[category],
            ASSERTIONS[assertion],
            self._value(value),
            self._words[dose],
            tuple(self._links.get(key, ())),
            None if reason is None else self._concept(reason),
            note,
        )

    def _concept(self, number: int) -> UsedConcept:
        if number not in self._concepts:
            row = fetch(self._connection, "select * from concepts where id=?", (number,))[0]
            self._concepts[number] = _concept(*row)
        return self._concepts[number]

    def _codings(self, members: str) -> tuple[Coding, ...]:
        if members not in self._codes:
            self._codes[members] = read_codings(self._connection, members)
        return self._codes[members]

    def _value(self, value: list[Any]) -> Value | None:
        if all(part is None for part in value):
            return None
        number, unit, text, comparator, flag, low, high = value
        words = self._words
        return Value(number, words[unit], text or "", words[comparator], words[flag], low, high)


def _concepts(connection: apsw.Connection) -> dict[int, UsedConcept]:
    return {row[0]: _concept(*row) for row in fetch(connection, "select * from concepts")}


def _concept(number: int, curie: str, name: str, kind: str, aligned: int) -> UsedConcept:
    return UsedConcept(number, curie, name, Kind(kind), bool(aligned))


def _patient(row: tuple[Any, ...], words: _Words) -> KnownPatient:
    number, pseudonym, sex, birth_year, death = row
    return KnownPatient(number, pseudonym, words[sex], birth_year, decode_time(death))


def _visit(row: tuple[Any, ...], words: _Words) -> KnownVisit:
    number, _, patient, kind, start, end, provider, specialty, department, outcome, part_of = row
    said = (words[specialty], words[department], words[outcome], part_of)
    return KnownVisit(number, patient, words[kind], decode_time(start), decode_time(end), provider, *said)


def _note(row: tuple[Any, ...], words: _Words) -> KnownNote:
    patient, key, visit, time, provider, title, language, text, sections = row
    said = zlib.decompress(text).decode("utf-8", "surrogatepass")
    titled = (decode_time(time), words[title], words[language])
    made = tuple(Section(*section) for section in orjson.loads(zlib.decompress(sections)))
    return KnownNote(key, patient, said, visit, *titled, made, provider)
