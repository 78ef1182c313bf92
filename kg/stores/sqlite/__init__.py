"""The embedded store: one SQLite file through APSW, read in snapshots beside one writer."""

from __future__ import annotations

from pathlib import Path

from kg.stores.clock import Clock, utc_now
from kg.stores.sqlite.aligning import Aligning
from kg.stores.sqlite.checking import Checking
from kg.stores.sqlite.contributing import Contributing
from kg.stores.sqlite.database import Database, open_database
from kg.stores.sqlite.interning import Nodes, Words
from kg.stores.sqlite.journal import Journal
from kg.stores.sqlite.loading import Loading
from kg.stores.sqlite.naming import Uses
from kg.stores.sqlite.reading import Reading
from kg.stores.sqlite.serving import Serving
from kg.stores.versions import DUE

__all__ = ["SqliteStore", "open_store"]


class SqliteStore(Reading, Loading, Aligning, Contributing, Journal, Serving, Checking):
    """A graph in a folder, in every role of `kg.roles.Store`; `clock` gives the times it writes down."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock
        self._words = Words(database.connection)
        self._nodes = Nodes(database.connection)
        self._uses = Uses(database.connection)

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def compact(self) -> None:
        """Leave the bytes of restricted documents that went, or that changed, behind: none is in the files afterwards.

        Where there are none it does nothing. Raises `StoreError` where somebody goes on reading what was before; they
        are not forgotten, and the next call takes them.
        """
        if self.get_meta().get(DUE):
            self._db.compact()
            with self._db.write() as connection:
                connection.execute("delete from meta where name=?", (DUE,))

    def close(self) -> None:
        """Let go of the graph, and of the right to write to it."""
        self._db.close()


def open_store(where: str, *, mode: str = "r", clock: Clock = utc_now) -> SqliteStore:
    """The store of the graph in the folder `where`; see `kg.stores.connect`."""
    return SqliteStore(open_database(Path(where), mode=mode), clock=clock)
