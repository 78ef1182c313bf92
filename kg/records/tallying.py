"""Counts over the patients of an events store: one pass in the order of patients, bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, Any

import apsw

from kg.records.database import Database
from kg.records.model import ConceptCount, PairCount, Together, Window
from kg.records.reading import ALL
from kg.records.windows import KINDS, numbers, where

if TYPE_CHECKING:
    from kg.records.pairs import Pairs

_EVENTS = "from events e cross join terms t on t.id = e.term"
_LINKED = """
select l.patient, rt.concept, t.concept from links l cross join events e on e.patient = l.patient and e.key = l.event
join terms t on t.id = e.term join events r on r.patient = l.patient and r.key = l.reason
join terms rt on rt.id = r.term where {where} order by l.patient
"""
_REASONED = f"""
select e.patient, rt.concept, t.concept {_EVENTS} join terms rt on rt.id = e.reason
where e.reason is not null and {{where}} order by e.patient
"""


class Tallying:
    """The role `Tallies` of `kg.records.roles`."""

    _db: Database

    def count_patients(self, window: Window = ALL) -> int:
        """The number of patients with any event of the window."""
        condition, values = where(window)
        with self._db.read() as connection:
            query = f"select count(distinct e.patient) {_EVENTS} where {condition}"
            return int(connection.execute(query, values).get)

    def iter_counts(self, window: Window = ALL) -> Iterator[ConceptCount]:
        """Each concept of the window with its patients and events, by number of the concept."""
        condition, values = where(window)
        patients: dict[int, int] = {}
        events: dict[int, int] = {}
        last: dict[int, int] = {}
        with self._db.snapshot() as connection:
            query = f"select e.patient, t.concept {_EVENTS} where {condition} order by e.patient"
            for patient, concept in connection.execute(query, values):
                events[concept] = events.get(concept, 0) + 1
                if last.get(concept) != patient:
                    last[concept] = patient
                    patients[concept] = patients.get(concept, 0) + 1
        for concept in sorted(events):
            yield ConceptCount(concept, patients[concept], events[concept])

    def iter_concepts_by_patient(self, window: Window = ALL) -> Iterator[tuple[int, list[int]]]:
        """Each patient, in order, with the distinct concepts of the window."""
        condition, values = where(window)
        with self._db.snapshot() as connection:
            query = f"select distinct e.patient, t.concept {_EVENTS} where {condition} order by e.patient, t.concept"
            for rows in _by_patient(connection.execute(query, values)):
                yield rows[0][0], [concept for _, concept in rows]

    def iter_pairs_by_patient(
        self, together: Together, *, first: Window = ALL, second: Window | None = None, days: int = 0
    ) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Each patient, in order, with the distinct pairs that `iter_pairs` counts."""
        with self._db.snapshot() as connection:
            for patient, pairs in _found(connection, together, first, second, days):
                yield patient, [(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs.tolist()]

    def iter_pairs(
        self,
        together: Together,
        *,
        first: Window = ALL,
        second: Window | None = None,
        days: int = 0,
        at_least: int = 1,
    ) -> Iterator[PairCount]:
        """Pairs of different concepts with the number of distinct patients who have both; see `kg.records.roles`."""
        from kg.records.pairs import PairCounter

        counter = PairCounter(self._db.folder)
        with self._db.snapshot() as connection:
            found = _found(connection, together, first, second, days)
            for _, pairs in found:
                counter.add(pairs)
        for block, counts in counter.counted():
            enough = counts >= at_least
            for pair, count in zip(block[enough].tolist(), counts[enough].tolist(), strict=True):
                yield PairCount(pair >> 32, pair & 0xFFFFFFFF, count)


def _found(
    connection: apsw.Connection, together: Together, first: Window, second: Window | None, days: int
) -> Iterator[tuple[int, Pairs]]:
    if together is Together.LINK:
        return _linked(connection, first, second)
    return _paired(connection, together, first, second, days)


def _paired(
    connection: apsw.Connection, together: Together, first: Window, second: Window | None, days: int
) -> Iterator[tuple[int, Pairs]]:
    """Each patient with the distinct pairs."""
    import numpy as np

    from kg.records.together import pairs_of

    one, one_values = where(first)
    two, two_values = where(second or first)
    chosen = f"coalesce({one}, 0) a, coalesce({two}, 0) b"
    query = (
        "select patient, concept, a, b, visit, coalesce(start >> 3, 0), start is not null from ("
        f"select e.patient, t.concept, {chosen}, e.visit, e.start {_EVENTS}) where a or b order by patient"
    )
    both = second is None and together is not Together.AFTER
    for rows in _by_patient(connection.execute(query, (*one_values, *two_values))):
        events = np.array([row[1:] for row in rows], np.int64)
        yield rows[0][0], pairs_of(events, together, days=days, both=both)


def _linked(connection: apsw.Connection, first: Window, second: Window | None) -> Iterator[tuple[int, Pairs]]:
    """Each patient with the distinct pairs of reason and what was ordered for it."""
    import numpy as np

    condition, values = where(second or ALL)
    if first.kinds:
        condition += f" and rt.kind in ({numbers(KINDS, first.kinds)})"
    streams = [connection.execute(query.format(where=condition), values) for query in (_LINKED, _REASONED)]
    for rows in _by_patient(merge(*streams, key=lambda row: row[0])):
        pairs = np.array(sorted({row[1:] for row in rows if row[1] != row[2]}), np.uint64).reshape(-1, 2)
        yield rows[0][0], (pairs[:, 0] << np.uint64(32)) | pairs[:, 1]


def _by_patient(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    for _, group in groupby(rows, key=lambda row: row[0]):
        yield list(group)
