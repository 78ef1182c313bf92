"""Putting cleaned rows into an events store: the same row twice changes nothing, a changed one replaces the old."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import groupby
from typing import Any

import apsw
import orjson

from extractors.events import Coding, Event, EventKind, Note, Person, Provider, Retraction, Row, Value, Visit
from kg.records.aligning import Align
from kg.records.numbers import Interned, Numbers
from kg.records.realigning import put_concept
from kg.records.retracting import retract
from kg.records.times import encode_time
from kg.records.windows import ASSERTIONS, KINDS

_EVENT_MARKS = ", ".join("?" * 19)
_PUT_EVENT = f"insert or replace into events values ({_EVENT_MARKS})"
_PUT_NOTE = "insert or replace into notes values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_NO_VALUE = (None,) * 7


class RowWriter:
    """Writes rows through a connection that is in a transaction; remembers numbers from one batch to the next.

    `key` is what ids are hashed with (`Keys.rows`); `align` is asked once for each distinct kind, name and codings.
    """

    def __init__(self, connection: apsw.Connection, *, key: bytes, align: Align) -> None:
        self._connection = connection
        # One cursor puts rows, the other looks numbers up meanwhile: a new one for each would cost more and more,
        # since a connection goes through all that it ever gave out.
        self._rows, self._numbers = connection.cursor(), connection.cursor()
        self._key = key
        self._hash = blake2b(key=key, digest_size=8)
        self._align = align
        self._words = Interned(self._numbers, "words", "text")
        self._patients = Interned(self._numbers, "patients", "pseudonym")
        self._providers = Interned(self._numbers, "providers", "pseudonym")
        self._visits = Numbers(self._make_visit)
        self._codings = Numbers(self._make_coding)
        self._sets = Numbers(self._make_set)
        self._terms = Numbers(self._make_term)

    def put(self, rows: Iterable[Row]) -> None:
        """Writes the rows in their order; raises nothing for what they hold."""
        for kind, group in groupby(rows, type):
            _PUT[kind](self, list(group))

    def moved(self, connection: apsw.Connection) -> RowWriter:
        """A writer like this one through another connection."""
        return RowWriter(connection, key=self._key, align=self._align)

    def patient(self, pseudonym: str) -> int:
        """The number of a patient, given out now if it is new."""
        return self._patients[pseudonym]

    def forget(self) -> None:
        """Empties the memory of numbers, as after a transaction that was undone."""
        for numbers in (self._words, self._patients, self._providers, self._codings, self._sets):
            numbers.forget()
        self._visits.forget()
        self._terms.forget()

    def key(self, id: str) -> int:  # noqa: A002 - the word of the rows
        """63 bits that stand for the id of a row."""
        digest = self._hash.copy()
        digest.update(id.encode("utf-8", "surrogatepass"))
        return int.from_bytes(digest.digest(), "big") >> 1

    def _put_persons(self, rows: Sequence[Person]) -> None:
        self._rows.executemany(
            "update patients set sex=coalesce(nullif(?, 0), sex), birth_year=coalesce(?, birth_year),"
            " death=coalesce(?, death) where id=?",
            ((self._words[row.sex], _year(row.birth), encode_time(row.death), self._patients[row.id]) for row in rows),
        )

    def _put_providers(self, rows: Sequence[Provider]) -> None:
        self._rows.executemany(
            "update providers set specialty=coalesce(nullif(?, 0), specialty) where id=?",
            ((self._words[row.specialty], self._providers[row.id]) for row in rows),
        )

    def _put_visits(self, rows: Sequence[Visit]) -> None:
        self._rows.executemany(
            "update visits set kind=?, start=?, end=?, provider=?, specialty=?, department=?, outcome=?, part_of=?"
            " where id=?",
            map(self._visit_row, rows),
        )

    def _put_events(self, rows: Sequence[Event]) -> None:
        known = [(self._patients[row.patient], self.key(row.id)) for row in rows]
        self._rows.executemany("delete from links where patient=? and event=?", known)
        self._rows.executemany(_PUT_EVENT, (self._event_row(*ids, row) for ids, row in zip(known, rows, strict=True)))
        links = [(*ids, self.key(reason)) for ids, row in zip(known, rows, strict=True) for reason in row.reasons]
        if links:
            self._rows.executemany("insert or ignore into links values (?, ?, ?)", links)

    def _put_notes(self, rows: Sequence[Note]) -> None:
        # What was read in an earlier text of a note goes with it; what is read in the new one comes behind it.
        for patient, key in ((self._patients[row.patient], self.key(row.id)) for row in rows):
            if self._numbers.execute("delete from notes where patient=? and key=? returning 1", (patient, key)).get:
                self._numbers.execute("delete from events where patient=? and note=?", (patient, key))
        self._rows.executemany(_PUT_NOTE, map(self._note_row, rows))

    def _put_retractions(self, rows: Sequence[Retraction]) -> None:
        retract(self._connection, [(row.id, self.key(row.id), row.patient) for row in rows])
        self.forget()

    def _visit_row(self, row: Visit) -> tuple[Any, ...]:
        words = self._words
        return (
            words[row.kind],
            encode_time(row.start),
            encode_time(row.end),
            self._providers[row.provider],
            words[row.specialty],
            words[row.department],
            words[row.outcome],
            self._visits[row.part_of, row.patient] if row.part_of else 0,
            self._visits[row.id, row.patient],
        )

    def _event_row(self, patient: int, key: int, row: Event) -> tuple[Any, ...]:
        return (
            patient,
            key,
            self._terms[row.kind, row.name, row.codes],
            encode_time(row.start),
            encode_time(row.end),
            self._visits[row.visit, row.patient] if row.visit else 0,
            self._providers[row.provider],
            ASSERTIONS.index(row.assertion),
            self._words[row.category],
            *(self._value_row(row.value) if row.value else _NO_VALUE),
            self._words[row.dose] or None,
            self._terms[EventKind.CONDITION, "", row.reason_codes] if row.reason_codes else None,
            self.key(row.note) if row.note else None,
        )

    def _value_row(self, value: Value) -> tuple[Any, ...]:
        words = self._words
        said = (words[value.comparator] or None, words[value.flag] or None, value.low, value.high)
        return (value.number, words[value.unit] or None, value.text or None, *said)

    def _note_row(self, row: Note) -> tuple[Any, ...]:
        words = self._words
        return (
            self._patients[row.patient],
            self.key(row.id),
            self._visits[row.visit, row.patient] if row.visit else 0,
            encode_time(row.time),
            self._providers[row.provider],
            words[row.title],
            words[row.language],
            zlib.compress(row.text.encode("utf-8", "surrogatepass")),
            zlib.compress(orjson.dumps([list(_fields(section)) for section in row.sections])),
        )

    def _make_visit(self, visit: tuple[str, str]) -> int:
        key, patient = self.key(visit[0]), self._patients[visit[1]]
        number: int = (
            self._numbers.execute("select id from visits where key=? and patient=?", (key, patient)).get
            or self._numbers.execute(
                "insert into visits (key, patient) values (?1, ?2)"
                " on conflict (key) do update set patient=?2 returning id",
                (key, patient),
            ).get
        )
        return number

    def _make_coding(self, coding: Coding) -> int:
        return self._find_or_add(
            "codings", ("system", "code", "name", "curie"), (coding.system, coding.code, coding.name, coding.curie)
        )

    def _make_set(self, codes: tuple[Coding, ...]) -> int:
        members = " ".join(str(self._codings[code]) for code in codes)
        return self._find_or_add("coding_sets", ("members",), (members,))

    def _make_term(self, term: tuple[EventKind, str, tuple[Coding, ...]]) -> int:
        kind, name, codes = term
        said = (KINDS.index(kind), self._words[name], self._sets[codes])
        find = "select id from terms where kind=? and name=? and codings=?"
        number: int = self._numbers.execute(find, said).get
        if number is None:
            concept = put_concept(self._numbers, *self._align(kind, name, codes))
            add = "insert into terms (kind, name, codings, concept) values (?, ?, ?, ?) returning id"
            number = self._numbers.execute(add, (*said, concept)).get
        return number

    def _find_or_add(self, table: str, columns: tuple[str, ...], values: tuple[str, ...]) -> int:
        where = " and ".join(f"{column}=?" for column in columns)
        marks = ", ".join("?" * len(columns))
        number: int = (
            self._numbers.execute(f"select id from {table} where {where}", values).get
            or self._numbers.execute(
                f"insert into {table} ({', '.join(columns)}) values ({marks}) returning id", values
            ).get
        )
        return number


_PUT: dict[type[Any], Any] = {
    Person: RowWriter._put_persons,
    Provider: RowWriter._put_providers,
    Visit: RowWriter._put_visits,
    Event: RowWriter._put_events,
    Note: RowWriter._put_notes,
    Retraction: RowWriter._put_retractions,
}


def _year(time: str) -> int | None:
    return int(time[:4]) if encode_time(time) is not None else None


def _fields(section: Any) -> tuple[Any, ...]:
    return (section.code, section.title, section.start, section.end, section.kind, section.parent, section.level)
