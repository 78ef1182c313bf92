"""Puts documents into the graph and takes them out: each owns its evidence, facts follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import apsw
import orjson

from kg.errors import NotFoundError, StoreError
from kg.identity import fact_id, fact_sides
from kg.model import Contribution, Diff, Evidence
from kg.stores.clock import Clock
from kg.stores.keys import key_of
from kg.stores.sqlite.database import Database
from kg.stores.sqlite.deriving import NEGATIVE, SUPPORTED, derive
from kg.stores.sqlite.documents import Loaded, delete_document, find_loaded, mark_known, save_document
from kg.stores.sqlite.dormant import forget_dormant, keep_dormant
from kg.stores.sqlite.interning import Nodes, Words
from kg.stores.sqlite.journal import log_change, stamp_graph, write_meta
from kg.stores.sqlite.naming import Uses
from kg.stores.sqlite.rows import ASSERTION_CODES, EVIDENCE_COLUMNS, EVIDENCE_JOINS, TOLD, evidence_of, fetch
from kg.stores.versions import DUE, Replaced, left_out, put_line
from kg.stores.written import names_of, origins_of, weight_of, write_qualifiers
from ontologies.collector import collector_paused

_EVERY = f"select {EVIDENCE_COLUMNS} from evidence e {EVIDENCE_JOINS} {{told}} order by d.name, e.key"
_OWNED = "select key, id, fact, said, title, start, end, score from evidence where document=?"
INSERT_EVIDENCE = """
insert into evidence (document, key, fact, section, title, start, end, quote, extractor, score, assertion, qualifiers,
    weight, subject_name, object_name, subject_origin, object_origin, said)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_FACT = """
insert into facts (id, subject, predicate, object, confidence, status, qualifiers, countries, documents, evidence)
values (?, ?, ?, ?, ?, ?, ?, ?, 1, 1)
"""
_MOVE = "update evidence set said=?, title=?, start=?, end=?, score=?, weight=? where id=?"
_NAMED = """
select s.curie, p.text, o.curie, s.id, o.id from json_each(?) j cross join facts f on f.id = j.value
join words p on p.id = f.predicate join nodes s on s.id = f.subject join nodes o on o.id = f.object
"""
# A concept is in the graph for its facts' sake: without one it would be found and have nothing to say.
_ORPHANS = """
delete from nodes where id in (select value from json_each(?))
and not exists (select 1 from facts where subject = nodes.id)
and not exists (select 1 from facts where object = nodes.id)
returning id
"""


@dataclass(slots=True)
class Change:
    """What a transaction has changed so far."""

    facts: set[int] = field(default_factory=set)
    """Facts whose evidence changed."""
    ends: set[int] = field(default_factory=set)
    """Nodes of facts that a document no longer supports."""
    log: list[str] = field(default_factory=list)
    """What was written, in words: the graph's next version is a hash of it."""


class _Rehearsed(Exception):  # noqa: N818 - no error: it takes a transaction back
    """Ends a rehearsal."""


class Writing:
    """The `GraphWriter` role of the embedded store."""

    _db: Database
    _clock: Clock
    _words: Words
    _nodes: Nodes
    _uses: Uses

    def put(self, contributions: Iterable[Contribution], *, stamp: str = "") -> list[Diff]:
        """Make each document's evidence what its contribution says, in one transaction; replays change nothing.

        A document older than the loaded one is left out, with a note in its diff. `stamp` names the lexicon and rules
        that made the contributions.
        """
        with collector_paused(), self._transaction() as (connection, change):
            return [self._put_one(connection, change, contribution, stamp) for contribution in contributions]

    def rehearse(self, contributions: Iterable[Contribution]) -> list[Diff]:
        """The diffs that `put` would give; nothing is written."""
        with self._transaction(rehearsed=True) as (connection, change):
            return [self._put_one(connection, change, contribution, "") for contribution in contributions]

    def remove(self, document: str) -> Diff:
        """Take a document and its evidence out; raises `NotFoundError` where it is not loaded."""
        with self._transaction() as (connection, change):
            loaded = find_loaded(connection, document)
            if loaded is None:
                raise NotFoundError(f"no document {document!r} in the graph: `kg stats` and `kg search` show what is")
            replaced = self._replace(connection, change, loaded.number, ())
            delete_document(connection, loaded.number)
            _note_restricted(connection, loaded)
            forget_dormant(connection, loaded.number)
            diff = Diff(document, loaded.version, None, retracted=replaced.retracted, time=self._clock())
            log_change(connection, diff)
            change.log.append(repr(diff))
            return diff

    def iter_evidence(self) -> Iterator[Evidence]:
        """All evidence rows, in the order of documents; without the scope a restricted one has one row a fact."""
        with self._db.read() as connection:
            told = "" if self._db.restricted else f"where {TOLD}"
            for row in connection.execute(_EVERY.format(told=told)):
                yield evidence_of(row, restricted=self._db.restricted)

    @contextmanager
    def _transaction(self, *, rehearsed: bool = False) -> Iterator[tuple[apsw.Connection, Change]]:
        """A connection to write with, and what is to be told of it; a rehearsed one is taken back at the end."""
        change = Change()
        with suppress(_Rehearsed), ExitStack() as undo:
            undo.callback(self._words.forget)
            undo.callback(self._nodes.forget)
            undo.callback(self._uses.forget)
            with self._db.write() as connection:
                yield connection, change
                if rehearsed:
                    raise _Rehearsed
                self._finish(connection, change)
            undo.pop_all()

    def _finish(self, connection: apsw.Connection, change: Change) -> None:
        if change.facts:
            derive(connection, change.facts)
        if change.ends:
            gone = connection.execute(_ORPHANS, (orjson.dumps(sorted(change.ends)).decode(),)).fetchall()
            connection.executemany("delete from search where rowid=?", gone)
            if gone:
                self._nodes.forget()
                self._uses.forget()
        if change.log:
            stamp_graph(connection, change.log, self._clock())

    def _put_one(self, connection: apsw.Connection, change: Change, contribution: Contribution, stamp: str) -> Diff:
        document = contribution.document
        loaded = find_loaded(connection, document.id)
        old, new = loaded.version if loaded else None, document.version
        if old is not None and new < old:
            return left_out(document, old)
        mark_known(connection, document.content_hash, stamp)
        number, written = save_document(connection, document, loaded, stamp=stamp, time=self._clock())
        forget_dormant(connection, number)
        keep_dormant(connection, ((number, asleep) for asleep in contribution.asleep))
        nodes = [node.curie for node in contribution.nodes if self._nodes.save(node)]
        rows = self._replace(connection, change, number, contribution.evidence, country=document.country)
        if loaded is not None and loaded.restricted != document.restricted:
            change.facts |= {key_of(row.fact_id) for row in contribution.evidence}
        time = self._clock() if written or nodes or rows.written else ""
        diff = Diff(document.id, old, new, rows.added, rows.retracted, rows.kept, time=time)
        if old != new or diff.added or diff.retracted:
            log_change(connection, diff)
        if time:
            _note_restricted(connection, loaded)
            change.log.append(put_line(document, stamp, nodes, rows))
        return diff

    def _replace(
        self, connection: apsw.Connection, change: Change, document: int, rows: Iterable[Evidence], country: str = ""
    ) -> Replaced:
        """Make the evidence rows of a document exactly `rows`, by the smallest change."""
        new = {key_of(row.id): row for row in rows}
        old = {row[0]: row[1:] for row in connection.execute(_OWNED, (document,))}
        ids = {key_of(row.fact_id): row.fact_id for row in new.values()}
        facts = {row[1] for row in old.values()}
        gone, fresh = [old[key] for key in old.keys() - new.keys()], [key for key in new if key not in old]
        connection.executemany("delete from evidence where id=?", ((row[0],) for row in gone))
        self._add_rows(connection, {(document, key): new[key] for key in fresh}, country)
        moved = [(old[key], new[key]) for key in new if key in old and self._moved(old[key], new[key])]
        connection.executemany(_MOVE, [self._move(was, row) for was, row in moved])
        change.facts |= {key_of(new[key].fact_id) for key in fresh} | {row[1] for row in gone}
        change.facts |= {was[1] for was, row in moved if was[-1] != row.score}
        retracted = self._retract(connection, change, facts - ids.keys())
        added = tuple(sorted(ids[key] for key in ids.keys() - facts))
        return Replaced(added, retracted, len(ids.keys() & facts), bool(gone or fresh or moved))

    def _retract(self, connection: apsw.Connection, change: Change, facts: set[int]) -> tuple[str, ...]:
        named = fetch(connection, _NAMED, (orjson.dumps(sorted(facts)).decode(),)) if facts else []
        change.ends.update(node for row in named for node in row[3:])
        return tuple(sorted(fact_id(*row[:3]) for row in named))

    def _add_rows(
        self, connection: apsw.Connection, rows: Mapping[tuple[int, int], Evidence], country: str = ""
    ) -> None:
        """Insert rows, each by the number of its document and its key, with their facts and the uses of their names."""
        self._add_facts(connection, rows.values(), country)
        # Whole lists: APSW never lets go of a cursor whose rows asked the same connection while it took them.
        connection.executemany(INSERT_EVIDENCE, [self._row(*key, row) for key, row in rows.items()])
        self._uses.note(use for row in rows.values() for use in self._uses_in(row))

    def _uses_in(self, row: Evidence) -> Iterator[tuple[str, int, int]]:
        for name, curie in ((row.subject_name, row.subject), (row.object_name, row.object)):
            yield name, self._words.number(name), self._nodes.number(curie) or 0

    def _add_facts(self, connection: apsw.Connection, rows: Iterable[Evidence], country: str) -> None:
        """Insert facts that are new, as one row of evidence makes them: for most it stays so, and saves an update."""
        for row in {row.fact_id: row for row in rows}.values():
            key, triple = key_of(row.fact_id), self.triple(row)
            known = connection.execute("select subject, predicate, object from facts where id=?", (key,)).fetchone()
            if known is None and row.fact_id == fact_id(row.subject, row.predicate, row.object):
                connection.execute(_INSERT_FACT, (key, *triple, *self._derived(row), country))
            elif known != triple:
                raise StoreError(f"the id {row.fact_id!r} stands for another fact: make ids with kg.identity.fact_id")

    def _derived(self, row: Evidence) -> tuple[int, int, int]:
        weight = weight_of(row.score, row.assertion)
        return (
            max(0, weight),
            NEGATIVE if weight < 0 else SUPPORTED,
            self._words.number(write_qualifiers(row.qualifiers)),
        )

    def triple(self, row: Evidence) -> tuple[int, int, int]:
        """Numbers of subject, predicate and object; raises `StoreError` where no node describes a side."""
        sides = fact_sides(row.subject, row.predicate, row.object)
        subject, object_ = (self._nodes.number(curie) for curie in sides)
        if subject is None or object_ is None:
            missing = sides[0] if subject is None else sides[1]
            raise StoreError(f"evidence of {row.document!r} names {missing!r}, which no node describes: add the node")
        return subject, self._words.number(row.predicate), object_

    def _row(self, document: int, key: int, row: Evidence) -> tuple[object, ...]:
        number = self._words.number
        return (
            document,
            key,
            key_of(row.fact_id),
            number(row.section),
            number(row.section_title),
            row.start,
            row.end,
            row.quote,
            number(row.extractor),
            row.score,
            ASSERTION_CODES[row.assertion],
            number(write_qualifiers(row.qualifiers)),
            weight_of(row.score, row.assertion),
            *map(number, names_of(row)),
            *map(number, origins_of(row)),
            row.said_score,
        )

    def _moved(self, was: tuple[Any, ...], row: Evidence) -> bool:
        return was[2:] != (row.said_score, self._words.number(row.section_title), row.start, row.end, row.score)

    def _move(self, was: tuple[Any, ...], row: Evidence) -> tuple[float | None, ...]:
        weight = weight_of(row.score, row.assertion)
        return row.said_score, self._words.number(row.section_title), row.start, row.end, row.score, weight, was[0]


def _note_restricted(connection: apsw.Connection, loaded: Loaded | None) -> None:
    """Remember that bytes of a restricted document may lie in pages that are free now."""
    if loaded is not None and loaded.restricted:
        write_meta(connection, DUE, "yes")
