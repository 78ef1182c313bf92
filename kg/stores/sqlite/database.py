"""The file of an embedded graph: opening, locking, snapshots, transactions, errors in words."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import apsw

from kg.errors import StoreError
from kg.sqlite_files import make_tables, read_stamp, take_lock, transaction
from kg.stores.sqlite.migrating import migrate
from kg.stores.sqlite.schema import APPLICATION_ID, INDEXES, SCHEMA_VERSION, TABLES
from kg.stores.withholding import is_withheld

FILE = "graph.sqlite"
LOCK = "writer.lock"

#: The first SQLite without the WAL-reset bug that could damage a file shared by several processes.
OLDEST_SQLITE = (3, 51, 3)

#: Bytes of a page of a new graph: twice SQLite's usual, a tenth less work for loads and updates alike.
PAGE_SIZE = 8192

#: Pages of write-ahead log folded into the file at a time.
CHECKPOINT_PAGES = 4096

_READ_PRAGMAS = "pragma query_only=on; pragma cache_size=-32768; pragma mmap_size=4294967296; pragma busy_timeout=10000"
_WRITE_PRAGMAS = (
    f"pragma page_size={PAGE_SIZE}; pragma journal_mode=wal; pragma synchronous=normal; pragma cache_size=-65536;"
    f"pragma mmap_size=4294967296; pragma busy_timeout=10000; pragma wal_autocheckpoint={CHECKPOINT_PAGES};"
    "pragma journal_size_limit=67108864"
)


class Database:
    """One connection to a graph's file, safe to share between threads: each read or write holds it for its length."""

    def __init__(self, folder: Path, connection: apsw.Connection, lock: apsw.Connection | None = None) -> None:
        self.folder = folder
        self.connection = connection
        self._writer_lock = lock
        self._mutex = threading.RLock()
        self.restricted = False
        """Whether who reads now has the scope to see the words of restricted documents."""

    @contextmanager
    def scope(self, *, restricted: bool) -> Iterator[None]:
        """Reads inside have the scope, or have it not, whatever those around them have."""
        with self._mutex:
            before, self.restricted = self.restricted, restricted and not is_withheld(self.folder)
            try:
                yield
            finally:
                self.restricted = before

    @contextmanager
    def read(self) -> Iterator[apsw.Connection]:
        """The connection inside a snapshot: all its statements see the same state of the graph."""
        with self._mutex, in_words(self.folder):
            if self.connection.in_transaction:
                yield self.connection
                return
            self.connection.execute("begin")
            try:
                yield self.connection
            finally:
                self.connection.execute("rollback")

    @contextmanager
    def write(self) -> Iterator[apsw.Connection]:
        """The connection inside a transaction, committed at the end, or undone as a whole."""
        if self._writer_lock is None:
            raise StoreError(f"the graph at {self.folder} was opened to read: open it with mode='rw' to change it")
        with self._mutex, in_words(self.folder), transaction(self.connection):
            yield self.connection

    def compact(self) -> None:
        """Write the file anew and empty its log, so that no byte of what was removed is left in either.

        Takes room for a second file. Raises `StoreError` where somebody goes on reading what was before.
        """
        if self._writer_lock is None:
            raise StoreError(f"the graph at {self.folder} was opened to read: open it with mode='rw' to change it")
        with self._mutex, in_words(self.folder):
            self.connection.execute("vacuum")
            busy = self.connection.execute("pragma wal_checkpoint(truncate)").fetchall()[0][0]
        if busy:
            raise StoreError(
                f"the graph at {self.folder} is being read, so bytes of what was removed may be in its files still: "
                "run this again when nobody reads"
            )

    def close(self) -> None:
        """Let go of the file and of the right to write; closing twice does no harm."""
        with self._mutex:
            self.connection.close()
            if self._writer_lock is not None:
                self._writer_lock.close()


def open_database(folder: Path, *, mode: str) -> Database:
    """The database of the graph at `folder`, checked; see `kg.stores.connect` for modes and errors."""
    if tuple(int(part) for part in apsw.sqlite_lib_version().split(".")) < OLDEST_SQLITE:
        raise StoreError(f"SQLite {apsw.sqlite_lib_version()} is too old: install apsw 3.51.3 or newer")
    if folder.is_file():
        raise StoreError(f"{folder} is a file, and a graph is a folder: name the folder that holds {FILE}")
    with in_words(folder):
        return _open_reader(folder) if mode == "r" else _open_writer(folder, create=mode == "create")


def _open_reader(folder: Path) -> Database:
    if not (folder / FILE).exists():
        raise StoreError(f"no graph at {folder}: build one with `kg build INPUT --graph {folder}`")
    connection = apsw.Connection(str(folder / FILE), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.execute("pragma schema_version").fetchall()
    except (apsw.CantOpenError, apsw.ReadOnlyError, apsw.IOError):
        connection.close()
        connection = _open_after_a_kill(folder) or _open_immutable(folder)
    connection.execute(_READ_PRAGMAS)
    _check(folder, connection)
    if connection.execute("pragma user_version").get < SCHEMA_VERSION:
        connection.close()
        return _open_older(folder)
    return Database(folder, connection)


def _open_after_a_kill(folder: Path) -> apsw.Connection | None:
    """A reader after a load that was killed: its leftovers are undone first, by whoever may write."""
    journal = folder / f"{FILE}-journal"
    if not journal.exists() or not os.access(folder / FILE, os.W_OK):
        return None
    undoing = apsw.Connection(str(folder / FILE))
    undoing.execute("pragma schema_version").fetchall()
    undoing.close()
    return apsw.Connection(str(folder / FILE), flags=apsw.SQLITE_OPEN_READONLY)


def _open_older(folder: Path) -> Database:
    """A reader of a graph in an older format, after a writer has brought it up to date."""
    try:
        _open_writer(folder, create=False).close()
    except StoreError as error:
        raise StoreError(
            f"the graph at {folder} has an older format and cannot be brought up to date: {error}"
        ) from error
    return _open_reader(folder)


def _open_immutable(folder: Path) -> apsw.Connection:
    logs = [folder / f"{FILE}-{kind}" for kind in ("wal", "journal")]
    for log in (log for log in logs if log.exists() and log.stat().st_size):
        raise StoreError(
            f"the graph at {folder} lies on a read-only medium with changes that were never folded in ({log.name}): "
            "open it once where it can be written, then copy it again"
        )
    uri = (folder / FILE).absolute().as_uri() + "?immutable=1"
    return apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)


def _open_writer(folder: Path, *, create: bool) -> Database:
    if not create and not (folder / FILE).exists():
        raise StoreError(f"no graph at {folder}: build one with `kg build INPUT --graph {folder}`")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder {folder}: {error.strerror}; choose another place") from error
    with ExitStack() as undo:
        lock = _take_writer_lock(folder)
        undo.callback(lock.close)
        connection = apsw.Connection(str(folder / FILE))
        connection.execute(_WRITE_PRAGMAS).fetchall()
        if create and not connection.execute("select count(*) from sqlite_schema").get:
            make_tables(connection, TABLES + INDEXES, application_id=APPLICATION_ID, version=SCHEMA_VERSION)
        _check(folder, connection)
        migrate(connection)
        undo.pop_all()
    return Database(folder, connection, lock)


def _take_writer_lock(folder: Path) -> apsw.Connection:
    try:
        return take_lock(folder / LOCK)
    except apsw.BusyError as error:
        raise StoreError(
            f"another process writes to the graph at {folder}: wait until it ends, or stop it, and run this again"
        ) from error


def _check(folder: Path, connection: apsw.Connection) -> None:
    application, version = read_stamp(connection)
    if application != APPLICATION_ID:
        raise StoreError(f"{folder / FILE} is not a graph of medkg: name another folder, or move the file away")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"the graph at {folder} has format {version} and this medkg knows up to {SCHEMA_VERSION}: update medkg"
        )


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """Turns SQLite's errors into `StoreError`s that say what to do."""
    try:
        yield
    except (apsw.FullError, apsw.IOError) as error:
        free = shutil.disk_usage(folder).free if folder.exists() else 0
        if isinstance(error, apsw.IOError) and free > 1 << 20:
            raise StoreError(f"the disk under {folder} failed ({error}): check it, then run this again") from error
        raise StoreError(
            f"disk full: {folder} has {free >> 20} MB left. Free some space and run the same command again; "
            "the graph is as it was after the last committed batch"
        ) from error
    except apsw.BusyError as error:
        raise StoreError(f"the graph at {folder} is locked by another process: wait, or stop it") from error
    except (apsw.ReadOnlyError, apsw.PermissionsError, apsw.CantOpenError) as error:
        raise StoreError(
            f"the graph at {folder} cannot be written ({error}): make the folder writable, or use another one"
        ) from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StoreError(
            f"{folder / FILE} is damaged, or not a graph ({error}): restore a copy, or move it away and build again"
        ) from error
