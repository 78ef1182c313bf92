"""What the SQLite files of medkg have in common: transactions, the right to write, and the stamp of their format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[apsw.Connection]:
    """The connection inside a transaction, committed at the end, or undone as a whole."""
    connection.execute("begin immediate")
    try:
        yield connection
        connection.execute("commit")
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


def take_lock(path: Path) -> apsw.Connection:
    """The right to write, held until it is closed; raises `apsw.BusyError` where another process has it."""
    # An exclusive transaction on a file of its own: SQLite's locks work on every platform and die with their process.
    lock = apsw.Connection(str(path))
    try:
        lock.execute("begin exclusive")
    except apsw.BusyError:
        lock.close()
        raise
    return lock


def make_tables(connection: apsw.Connection, tables: str, *, application_id: int, version: int) -> None:
    """Makes the tables of an empty file and writes whose it is and in which format."""
    with connection:
        connection.execute(tables)
        connection.execute(f"pragma application_id={application_id}; pragma user_version={version}")


def read_stamp(connection: apsw.Connection) -> tuple[int, int]:
    """Whose file it is (the application id), and the version of its format."""
    return int(connection.execute("pragma application_id").get), int(connection.execute("pragma user_version").get)
