"""How far each input was read into an events store, and which of its records were refused.

An input is known by a keyed hash of its content, and its place by one of its path, for names of files may be names of
patients.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import apsw

from kg.records.database import fetch


class InputState(NamedTuple):
    """An input: its number, how many rows of it are kept, whether that is all, and the medkg that read them."""

    id: int
    done: int
    finished: bool
    version: str

    def rows_to_skip(self, version: str) -> int:
        """How many rows are kept already; none where another medkg read them, which may have counted otherwise."""
        return self.done if self.version == version else 0


class RefusedRow(NamedTuple):
    """A record that was refused: the hash of its input, its place in there, and what is wrong with its form.

    The place is empty where all of the input was refused.
    """

    input: bytes
    place: str
    reason: str


class Inputs:
    """The inputs of an events store, through its connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def find(self, hash_: bytes, source: str, site: str) -> InputState | None:
        """What is known of an input, or None."""
        rows = fetch(
            self._connection,
            "select id, done, finished, version from inputs where hash=? and source=? and site=?",
            (hash_, source, site),
        )
        return InputState(*rows[0]) if rows else None

    def add(self, hash_: bytes, source: str, site: str, version: str) -> InputState:
        """A new input, of which nothing is kept yet."""
        number = self._connection.execute(
            "insert into inputs (hash, source, site, done, finished, version) values (?, ?, ?, 0, 0, ?) returning id",
            (hash_, source, site, version),
        ).get
        return InputState(number, 0, False, version)

    def lay_at(self, path: bytes, site: str, input_: int) -> None:
        """Notes which input lies at a path, by its hash: what was refused of the one before is no more to be mended."""
        query = "select input from places where hash=? and site=?"
        before = self._connection.execute(query, (path, site)).get
        if before == input_:
            return
        self._connection.execute("insert or replace into places values (?, ?, ?)", (path, site, input_))
        if before and not self._connection.execute("select 1 from places where input=?", (before,)).get:
            self._connection.execute("delete from quarantine where input=?", (before,))
            self._connection.execute("delete from inputs where id=? and source=''", (before,))

    def lay_within(self, paths: Iterable[bytes], site: str, input_: int) -> None:
        """As `lay_at` for the files of an input that is read as one, where they were read alone before."""
        known = "select 1 from places where hash=? and site=?"
        for path in paths:
            if self._connection.execute(known, (path, site)).get:
                self.lay_at(path, site, input_)

    def refuse_whole(self, path: bytes, site: str, reason: str, version: str) -> None:
        """Keeps that nothing could be read of what lies at a path: it is tried again in every run."""
        input_ = (self.find(path, "", site) or self.add(path, "", site, version)).id
        self.lay_at(path, site, input_)
        self.refuse([(input_, 0, 0, "", reason)])

    def advance(self, input_: int, done: int, *, finished: bool, version: str) -> None:
        """Notes that `done` rows of an input are kept."""
        self._connection.execute(
            "update inputs set done=?, finished=?, version=? where id=?", (done, finished, version, input_)
        )

    def refuse(self, rows: Iterable[tuple[int, int, int, str, str]]) -> None:
        """Keeps refusals: input, number of the row in it, patient or 0, place, reason."""
        self._connection.executemany("insert or replace into quarantine values (?, ?, ?, ?, ?)", rows)

    def release(self, input_: int, *, after: int) -> None:
        """Drops the refusals of an input behind a row: what could not be read before."""
        self._connection.execute("delete from quarantine where input=? and number>?", (input_, after))

    def at(self, path: bytes) -> set[bytes]:
        """The hashes of the inputs that lay at a path, by its hash, when they were last read."""
        query = "select inputs.hash from places join inputs on inputs.id = places.input where places.hash=?"
        return {hash_ for (hash_,) in fetch(self._connection, query, (path,))}

    def drop(self, hashes: Iterable[bytes]) -> int:
        """How many refusals of inputs were taken off the list, as of files that are gone.

        Should such an input come again, it is read from its beginning, and what is refused of it is told again.
        """
        dropped = 0
        for hash_ in hashes:
            numbers = self._connection.execute("select id, source from inputs where hash=?", (hash_,)).fetchall()
            for number, source in numbers:
                self._connection.execute("delete from quarantine where input=?", (number,))
                dropped += self._connection.changes()
                self._connection.execute("update inputs set done=0, finished=0 where id=?", (number,))
                if not source:
                    self._connection.execute("delete from places where input=?", (number,))
                    self._connection.execute("delete from inputs where id=?", (number,))
        return dropped

    def iter_refused(self) -> Iterator[RefusedRow]:
        """The refusals by input and row."""
        query = "select hash, place, reason from quarantine join inputs on inputs.id = input order by input, number"
        for row in fetch(self._connection, query):
            yield RefusedRow(*row)

    def spaces(self) -> list[tuple[str, str]]:
        """The sources and sites that were read so far."""
        return list(self._connection.execute("select distinct source, site from inputs where source<>'' order by 1, 2"))
