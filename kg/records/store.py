"""The events store as one object: every role of `kg.records.roles`, writing, forgetting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import apsw

from extractors.events import Row
from kg.records.aligning import Align
from kg.records.cleaning import patient_of
from kg.records.database import Database, open_database
from kg.records.errors import RecordsError
from kg.records.inputs import Inputs
from kg.records.learned import Learned, note_erased
from kg.records.ledger import Ledger
from kg.records.model import AfterForget, Forgotten
from kg.records.pending import Pending, Unfinished, read_pending, write_pending
from kg.records.reading import Reading
from kg.records.releasing import Releasing
from kg.records.retracting import erase, sweep
from kg.records.summary import Summing
from kg.records.tallying import Tallying
from kg.records.writing import RowWriter

#: Words of `meta`: the terminologies that terms were aligned with, and whether erased bytes wait to be left behind.
STAMP, DUE, SHIFT = "alignment", "compaction_due", "shift_days"


class RecordStore(Reading, Tallying, Releasing, Summing, Ledger, Learned, Unfinished):
    """An events store in a folder; opened by `kg.records.open_records`."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._writer: RowWriter | None = None

    @classmethod
    def open(cls, folder: Path, *, key: bytes | None, mode: str = "r") -> RecordStore:
        """The store in `folder`; see `kg.records.open_records`."""
        return cls(open_database(folder, key=key, mode=mode))

    def __enter__(self) -> RecordStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._db.folder

    def close(self) -> None:
        """Lets go of the file, and of the right to write to it."""
        self._db.close()

    def start_writing(self, *, key: bytes, align: Align) -> None:
        """Makes ready for `batch`: `key` is what ids of rows are hashed with, `align` tells concepts."""
        self._writer = RowWriter(self._db.connection, key=key, align=align)

    @contextmanager
    def batch(self) -> Iterator[tuple[RowWriter, Inputs]]:
        """A transaction: its rows and how far its input was read are kept together, or not at all."""
        if self._writer is None:
            raise RecordsError("nothing can be written before start_writing was called")
        done = False
        try:
            with self._db.write() as connection:
                yield self._writer, Inputs(connection)
            done = True
        finally:
            if not done:
                self._writer.forget()

    def put(self, rows: Iterable[Row]) -> None:
        """Keeps cleaned rows, in one transaction; for those who read no input (derived events, tests)."""
        with self.batch() as (writer, _):
            writer.put(rows)

    def get_inputs(self) -> Inputs:
        """How far each input was read, and what was refused."""
        return Inputs(self._db.connection)

    def drop_refused(self, inputs: Iterable[bytes]) -> int:
        """How many refusals were taken off the list: those of the inputs with these hashes."""
        with self._db.write() as connection:
            return Inputs(connection).drop(inputs)

    def get_meta(self, name: str) -> str:
        """A word about the store itself; empty where it has none."""
        with self._db.read() as connection:
            return str(connection.execute("select value from meta where name=?", (name,)).get or "")

    def keep_settings(self, shift_days: int) -> None:
        """Notes by how much dates are shifted; raises `RecordsError` where it was another bound before.

        The dates of one patient would be moved by two distances, and intervals between them would mean nothing.
        """
        before = self.get_meta(SHIFT)
        if before and before != str(shift_days):
            raise RecordsError(
                f"these records were read with --shift-days {before}, and {shift_days} would move the same patients' "
                f"dates otherwise: give --shift-days {before}, or another --records"
            )
        with self._db.write() as connection:
            _note(connection, SHIFT, str(shift_days))

    def align_again(self, align: Align, *, stamp: str) -> int:
        """How many names and codings went over to another concept, now that terminologies or decisions have changed."""
        from kg.records.realigning import realign

        if self.get_meta(STAMP) == stamp:
            return 0
        with self._db.write() as connection:
            moved = realign(connection, align)
            _note(connection, STAMP, stamp)
        return moved

    def forget(self, pseudonyms: Sequence[str], *, after: Sequence[AfterForget] = ()) -> Forgotten:
        """What was erased of patients: not a byte of it is left in the files, and none comes back with an input.

        `after` are called when it is gone, to derive again what was derived from it. Names that are not known do no
        harm. The file is written anew, which needs room for a second one, and that nobody reads: `RecordsError` says
        where that is not so. The patients are gone even then, and `compact` leaves their bytes behind later.
        """
        with self._db.write() as connection:
            known = [patient.id for patient in map(self.find_patient, pseudonyms) if patient]
            gone = erase(connection, known)
            note_erased(connection, len(known))
            hashes = [(self.tomb(pseudonym),) for pseudonym in pseudonyms]
            connection.executemany("insert or ignore into tombs values (?)", hashes)
            sweep(connection)
            _note(connection, DUE, "yes")
            write_pending(connection, Pending((), read_pending(connection).releases))
        if self._writer:
            self._writer.forget()
        try:
            for each in after:
                each(gone)
        finally:
            self.compact()
        return gone

    def readmit(self, pseudonyms: Sequence[str]) -> int:
        """How many forgotten patients may come back: inputs are read again from the start when they are given again."""
        with self._db.write() as connection:
            before = connection.execute("select count(*) from tombs").get
            connection.executemany("delete from tombs where hash=?", [(self.tomb(each),) for each in pseudonyms])
            back = int(before - connection.execute("select count(*) from tombs").get)
            if back:
                connection.execute("update inputs set done=0, finished=0")
        return back

    def without_forgotten(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The cleaned rows without those of patients who were forgotten."""
        with self._db.read() as connection:
            tombs = frozenset(hash_ for (hash_,) in connection.execute("select hash from tombs"))
        return [row for row in rows if self.tomb(patient_of(row)) not in tombs] if tombs else rows

    @staticmethod
    def tomb(pseudonym: str) -> bytes:
        """What is kept of a forgotten patient: enough to keep it out, and not its pseudonym."""
        return blake2b(pseudonym.encode(), digest_size=16, person=b"medkg tomb").digest()

    def compact(self) -> None:
        """Leaves the bytes of erased rows behind, if there are any."""
        if self.get_meta(DUE):
            with self._db.write() as connection:
                connection.execute("delete from meta where name=?", (DUE,))
            try:
                self._db.compact()
            except RecordsError:
                with self._db.write() as connection:
                    _note(connection, DUE, "yes")
                raise
            if self._writer:
                self._writer = self._writer.moved(self._db.connection)


def _note(connection: apsw.Connection, name: str, value: str) -> None:
    connection.execute("insert or replace into meta values (?, ?)", (name, value))
