"""Taking rows out of an events store: those that a source took back, and all that there is of a patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import apsw
import orjson

from kg.records.model import Forgotten

#: What is kept of a patient beside the patient itself, those that others refer to last.
OF_PATIENT = ("links", "events", "notes", "visits", "quarantine", "released_patients")

_PATIENT = "(select id from patients where pseudonym=?1)"
_BLANK_VISIT = (
    "update visits set kind=0, start=null, end=null, provider=0, specialty=0, department=0, outcome=0, part_of=0"
    " where key=?"
)
_ONE = (
    f"delete from links where patient={_PATIENT} and event=?2",
    f"delete from events where patient={_PATIENT} and (key=?2 or note=?2)",
    f"delete from notes where patient={_PATIENT} and key=?2",
)
_ANY = (
    "delete from links where event in (select value from json_each(?1))",
    "delete from events where key in (select value from json_each(?1)) or note in (select value from json_each(?1))",
    "delete from notes where key in (select value from json_each(?1))",
)
_SWEEP = (
    "delete from terms where id not in (select term from events)"
    " and id not in (select reason from events where reason is not null)",
    "delete from coding_sets where id not in (select codings from terms)",
    "delete from codings where id not in"
    " (select value from coding_sets, json_each('[' || replace(members, ' ', ',') || ']'))",
    "delete from concepts where id not in (select concept from terms)",
    "delete from providers where id not in (select provider from events) and id not in (select provider from visits)"
    " and id not in (select provider from notes)",
)
_WORDS = {
    "patients": ("sex",),
    "providers": ("specialty",),
    "visits": ("kind", "specialty", "department", "outcome"),
    "terms": ("name",),
    "events": ("category", "unit", "comparator", "flag", "dose"),
    "notes": ("title", "language"),
}


def retract(connection: apsw.Connection, rows: Sequence[tuple[str, int, str]]) -> None:
    """Removes whatever is kept under the ids of `rows` (id, its key, pseudonym of the patient or empty).

    Those without a patient take one pass over all events together. A note takes along the events read in it.
    """
    for _, key, patient in (row for row in rows if row[2]):
        for statement in _ONE:
            connection.execute(statement, (patient, key))
    anywhere = [key for _, key, patient in rows if not patient]
    for statement in _ANY if anywhere else ():
        connection.execute(statement, (orjson.dumps(anywhere).decode(),))
    connection.executemany(_BLANK_VISIT, [(key,) for _, key, _ in rows])
    erase(connection, list(_persons(connection, (id_ for id_, _, _ in rows))))


def erase(connection: apsw.Connection, patients: Sequence[int]) -> Forgotten:
    """Removes all that is kept of patients, and what it was; what others share with them stays."""
    gone = dict.fromkeys(OF_PATIENT, 0)
    concepts: set[str] = set()
    for patient in patients:
        concepts |= {curie for (curie,) in connection.execute(_CONCEPTS, (patient,))}
        for table in OF_PATIENT:
            connection.execute(f"delete from {table} where patient=?", (patient,))
            gone[table] += connection.changes()
        connection.execute("delete from patients where id=?", (patient,))
    return Forgotten(
        len(patients), gone["visits"], gone["events"], gone["notes"], gone["quarantine"], frozenset(concepts)
    )


_CONCEPTS = (
    "select distinct curie from events join terms on terms.id = events.term"
    " join concepts on concepts.id = terms.concept where patient=?"
)


def sweep(connection: apsw.Connection) -> None:
    """Removes names, codings, concepts and providers that nothing refers to any more."""
    for statement in _SWEEP:
        connection.execute(statement)
    used = " union ".join(
        f"select {column} from {table} where {column} is not null"
        for table, columns in _WORDS.items()
        for column in columns
    )
    connection.execute(f"delete from words where id not in ({used})")


def _persons(connection: apsw.Connection, ids: Iterable[str]) -> Iterator[int]:
    for id_ in ids:
        number = connection.execute("select id from patients where pseudonym=?", (id_,)).get
        if number is not None:
            yield number
