"""What is left to do of a forgetting: kept in the store before anything is erased, so that no kill leaves it undone.

The patients to erase stand in it until they are erased, in the transaction that erases them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import apsw
import orjson

from kg.records.database import Database

#: The word of `meta` under which it stands.
_NAME = "forgetting"


@dataclass(frozen=True, slots=True)
class Pending:
    """Patients, by pseudonym, that are to be erased, and releases that are to be made again without them."""

    patients: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.patients or self.releases)

    def and_also(self, patients: Iterable[str], releases: Iterable[str]) -> Pending:
        """This and more, each once."""
        return Pending(
            tuple(dict.fromkeys((*self.patients, *patients))), tuple(dict.fromkeys((*self.releases, *releases)))
        )


class Unfinished:
    """The part of an events store that knows what was begun and not finished."""

    _db: Database

    def get_pending(self) -> Pending:
        """What is left to do; nothing, mostly."""
        with self._db.read() as connection:
            return read_pending(connection)

    def keep_pending(self, pending: Pending) -> None:
        """Keeps what is left to do."""
        with self._db.write() as connection:
            write_pending(connection, pending)


def read_pending(connection: apsw.Connection) -> Pending:
    """What is left to do."""
    kept = connection.execute("select value from meta where name=?", (_NAME,)).get
    given = orjson.loads(str(kept)) if kept else {}
    return Pending(tuple(given.get("patients", ())), tuple(given.get("releases", ())))


def write_pending(connection: apsw.Connection, pending: Pending) -> None:
    """Keeps what is left to do, inside the transaction that is open."""
    connection.execute("delete from meta where name=?", (_NAME,))
    if pending:
        said = orjson.dumps({"patients": pending.patients, "releases": pending.releases}).decode()
        connection.execute("insert into meta values (?, ?)", (_NAME, said))
