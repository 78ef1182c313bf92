"""The file of an events store: opening with or without a key, locking, transactions, errors in words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import apsw

from kg.records.errors import LockedError, RecordsError
from kg.records.schema import APPLICATION_ID, INDEXES, SCHEMA_VERSION, TABLES, UPGRADES
from kg.sqlite_files import make_tables, read_stamp, take_lock, transaction

FILE, LOCK = "records.db", "writer.lock"

#: Bytes of a page; the key is mixed in page by page, so larger pages cost less.
PAGE_SIZE = 8192

#: What is deleted is overwritten, and what SQLite sorts stays in memory: temporary files would not be encrypted.
_ALWAYS = "pragma temp_store=memory; pragma secure_delete=on; pragma busy_timeout=10000; pragma trusted_schema=off"
_READ = f"{_ALWAYS}; pragma query_only=on; pragma cache_size=-65536"
_WRITE = (
    f"{_ALWAYS}; pragma journal_mode=wal; pragma synchronous=normal; pragma cache_size=-131072;"
    "pragma wal_autocheckpoint=4096; pragma journal_size_limit=67108864"
)


class Database:
    """A connection to an events store; a writing one holds the right to write until it is closed."""

    def __init__(self, folder: Path, connection: apsw.Connection, lock: apsw.Connection | None, key: bytes | None):
        self.folder = folder
        self.connection = connection
        self._lock = lock
        self._key = key

    @contextmanager
    def read(self) -> Iterator[apsw.Connection]:
        """The connection inside a snapshot, or inside the transaction that is open already."""
        with in_words(self.folder):
            if self.connection.in_transaction:
                yield self.connection
                return
            with self.snapshot() as connection:
                yield connection

    @contextmanager
    def snapshot(self) -> Iterator[apsw.Connection]:
        """A connection of its own inside a snapshot: for what streams while others ask or write."""
        with in_words(self.folder):
            connection = _connect(self.folder, self._key, write=False)
            try:
                connection.execute("begin")
                yield connection
            finally:
                connection.close()

    @contextmanager
    def write(self) -> Iterator[apsw.Connection]:
        """The connection inside a transaction, committed at the end, or undone as a whole."""
        if self._lock is None:
            raise RecordsError(f"the records at {self.folder} were opened to read: open them with mode='rw'")
        with in_words(self.folder), transaction(self.connection):
            yield self.connection

    def compact(self) -> None:
        """Writes the file anew without anything that was deleted, in the old one's place.

        Overwriting deleted cells leaves copies of cells in pages that were split; only a new file has none. Needs room
        for a second file, and that nobody else has the records open: a log of one file beside another would harm both.
        """
        with in_words(self.folder):
            fresh = self.folder / f"{FILE}.new"
            fresh.unlink(missing_ok=True)
            self.connection.execute("vacuum into ?", (str(fresh),))
            fresh.chmod(0o600)
            try:
                self.connection.execute("pragma journal_mode=delete").fetchall()
                self.connection.execute("begin exclusive")
                fresh.replace(self.folder / FILE)
            finally:
                self.connection.close()
                fresh.unlink(missing_ok=True)
                self.connection = _connect(self.folder, self._key, write=True)

    def close(self) -> None:
        """Lets go of the file and of the right to write; closing twice does no harm."""
        self.connection.close()
        if self._lock is not None:
            self._lock.close()


def open_database(folder: Path, *, key: bytes | None, mode: str) -> Database:
    """The database of the records in `folder`; see `kg.records.open_records` for modes and errors."""
    if folder.is_file():
        raise RecordsError(f"{folder} is a file, and records lie in a folder: name the folder that holds {FILE}")
    if mode != "create" and not (folder / FILE).exists():
        raise RecordsError(f"no records at {folder}: read some with `kg records ingest PATH --records {folder}`")
    with in_words(folder):
        if mode == "r":
            return Database(folder, _checked(folder, _connect(folder, key, write=False)), None, key)
        return _open_writer(folder, key)


def _open_writer(folder: Path, key: bytes | None) -> Database:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise RecordsError(f"the folder {folder} cannot be made: {error.strerror}; choose another place") from error
    with ExitStack() as undo:
        lock = _take_lock(folder)
        undo.callback(lock.close)
        _touch(folder / FILE)
        connection = _connect(folder, key, write=True)
        if not connection.execute("select count(*) from sqlite_schema").get:
            make_tables(connection, TABLES + INDEXES, application_id=APPLICATION_ID, version=SCHEMA_VERSION)
        _upgrade(_checked(folder, connection))
        undo.pop_all()
    return Database(folder, connection, lock, key)


def _upgrade(connection: apsw.Connection) -> None:
    """Brings a file of an earlier format into the one of today, step by step."""
    _, version = read_stamp(connection)
    for before in range(version, SCHEMA_VERSION):
        with connection:
            connection.execute(UPGRADES[before])
            connection.execute(f"pragma user_version={before + 1}")


def _touch(path: Path) -> None:
    # SQLite gives its journals the mode of the file itself, so it must be right before they are made.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Keeps all others from writing to the records at `folder`; raises `LockedError` where one does."""
    with closing(_take_lock(folder)):
        yield


def _take_lock(folder: Path) -> apsw.Connection:
    _touch(folder / LOCK)
    try:
        return take_lock(folder / LOCK)
    except apsw.BusyError as error:
        raise LockedError(
            f"another process writes to the records at {folder}: wait until it ends, or stop it, and run this again"
        ) from error


def _connect(folder: Path, key: bytes | None, *, write: bool) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_READWRITE if write else apsw.SQLITE_OPEN_READONLY
    with ExitStack() as undo:
        connection = apsw.Connection(str(folder / FILE), flags=flags)
        undo.callback(connection.close)
        unlock(connection, key)
        connection.execute(_WRITE if write else _READ).fetchall()
        connection.execute("select count(*) from sqlite_schema").fetchall()
        undo.pop_all()
    return connection


def unlock(connection: apsw.Connection, key: bytes | None) -> None:
    """Makes the connection encrypt and decrypt with `key` (32 bytes, no derivation); with None nothing."""
    connection.pragma("page_size", PAGE_SIZE)
    if key is not None:
        connection.pragma("key", f"raw:{key.hex()}")


def _checked(folder: Path, connection: apsw.Connection) -> apsw.Connection:
    application, version = read_stamp(connection)
    if application != APPLICATION_ID:
        connection.close()
        raise RecordsError(f"{folder / FILE} is no events store of medkg: name another folder, or move the file away")
    if version > SCHEMA_VERSION:
        connection.close()
        raise RecordsError(
            f"the records at {folder} have format {version} and this medkg knows up to {SCHEMA_VERSION}: update medkg"
        )
    return connection


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """Turns SQLite's errors into `RecordsError`s that say what to do; what they quote is never passed on."""
    try:
        yield
    except (apsw.FullError, apsw.IOError) as error:
        free = shutil.disk_usage(folder).free >> 20 if folder.exists() else 0
        raise RecordsError(
            f"the disk is full, or failed: {folder} has {free} MB left. Free some space and run this again; "
            "the records are as they were after the last committed batch"
        ) from error
    except apsw.BusyError as error:
        raise RecordsError(f"the records at {folder} are locked by another process: wait, or stop it") from error
    except (apsw.ReadOnlyError, apsw.PermissionsError, apsw.CantOpenError, PermissionError) as error:
        raise RecordsError(
            f"the records at {folder} cannot be opened for this: make the folder writable, or use another one"
        ) from error
    except apsw.NotADBError as error:
        raise RecordsError(
            f"the key does not open the records at {folder}: name the key file that they were made with by --key-file "
            "or KG_RECORDS_KEY; there is no other way to read them"
        ) from error
    except apsw.CorruptError as error:
        raise RecordsError(f"{folder / FILE} is damaged: restore a copy, or move it away and ingest again") from error


def fetch(connection: apsw.Connection, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All rows of an answer."""
    return connection.execute(query, values).fetchall()
