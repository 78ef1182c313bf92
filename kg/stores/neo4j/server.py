"""A connection to a Neo4j server: transactions that read and write, retried where that helps, errors in words."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from kg.errors import GraphChangedError, StoreError
from kg.stores.neo4j.address import Address
from kg.stores.neo4j.credentials import Credentials
from kg.stores.neo4j.local import CONNECTION_TIMEOUT
from kg.stores.neo4j.translating import in_words
from kg.stores.withholding import BEGINNING

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction, Session, Transaction

_Made = TypeVar("_Made")

#: Rows that the server sends at a time, while more are asked for.
FETCH_SIZE = 1000

#: Seconds that a transaction is tried again before an error is told.
RETRY_TIME = 30.0

#: How often a read is done again since the graph was written to meanwhile.
TRIES = 5

_WITHHELD = f"MATCH (m:Meta) WHERE m.name STARTS WITH '{BEGINNING}' RETURN true LIMIT 1"
_VERSION = "MATCH (m:Meta {name: 'graph_version'}) RETURN m.value"
# Written to before anything else, so that writers stand in a queue and never wait for each other in a ring.
_QUEUE = "MERGE (m:Meta {name: 'writer'}) SET m.value = ''"


@dataclass(frozen=True, slots=True)
class Cypher:
    """A transaction that statements are put to; `restricted` is the scope of who reads."""

    transaction: Transaction | ManagedTransaction
    restricted: bool = False

    def rows(self, statement: str, **parameters: Any) -> list[list[Any]]:
        """All rows that a statement gives."""
        return self.transaction.run(statement, parameters).values()

    def each(self, statement: str, **parameters: Any) -> Iterator[list[Any]]:
        """The rows of a statement one by one, fetched as they are taken, for those too many to hold."""
        for record in self.transaction.run(statement, parameters):
            yield list(record.values())

    def value(self, statement: str, **parameters: Any) -> Any:
        """The first value of the first row, None where there is no row."""
        rows = self.rows(statement, **parameters)
        return rows[0][0] if rows else None

    def run(self, statement: str, **parameters: Any) -> None:
        """Does what a statement says, and is done with it."""
        self.transaction.run(statement, parameters).consume()


class _TakenBack(Exception):  # noqa: N818 - no error: it takes a transaction back
    """Ends a transaction that is not to be kept, with what was made of it."""

    def __init__(self, made: Any) -> None:
        self.made = made


class Server:
    """A driver with one database, safe to share between threads: each has its own transactions."""

    def __init__(self, address: Address, driver: Driver, *, writable: bool) -> None:
        from neo4j import GraphDatabase

        self.address = address
        self._driver = driver
        self._writable = writable
        # What was written is read again wherever the next transaction of this store is led to.
        self._bookmarks = GraphDatabase.bookmark_manager()
        self._held = threading.local()
        self._version: str | None = None

    @property
    def restricted(self) -> bool:
        """Whether who reads now has the scope to see the words of restricted documents."""
        held = self._snapshot()
        return held is not None and held.restricted

    def read(self, work: Callable[[Cypher], _Made]) -> _Made:
        """What `work` makes of one state of the graph; it is done again where the graph changed meanwhile.

        Inside `snapshot` it is done in the transaction of that. `work` must leave nothing behind but what it gives.
        """
        held = self._snapshot()
        with in_words(self.address):
            if held is not None:
                return work(held)
            with self._session(write=False) as session:
                for _ in range(TRIES):
                    # Nothing changed since an earlier read found this version: one question less for each read.
                    before = self._version
                    made, after = session.execute_read(_then_version(work))
                    self._version = after
                    if after == before:
                        return made
        raise self._changed()

    @contextmanager
    def stream(self) -> Iterator[Cypher]:
        """A transaction for rows too many to hold; raises `GraphChangedError` at its end where the graph changed."""
        held = self._snapshot()
        with in_words(self.address):
            if held is not None:
                yield held
                return
            with self._transaction() as cypher:
                yield cypher

    @contextmanager
    def snapshot(self, *, restricted: bool = False) -> Iterator[None]:
        """All reads of this thread inside belong together, and with `restricted` they hold the words of all documents.

        Raises `GraphChangedError` at its end where the graph was written to meanwhile.
        """
        outer = self._snapshot()
        with in_words(self.address):
            if outer is not None:
                with self._hold(_scoped(outer, restricted), outer):
                    yield
                return
            with self._transaction() as cypher, self._hold(_scoped(cypher, restricted), None):
                yield

    def write(self, work: Callable[[Cypher], _Made], *, keep: bool = True, queued: bool = True) -> _Made:
        """What `work` gives back, after everything it did was committed as one, or with `keep` false undone as one.

        One writer at a time: others wait in a queue, unless the caller sees to it that works do not meet. The work may
        be done several times, since the driver repeats it where a server asks for that: it must leave nothing behind
        but what it gives. It sees restricted words.
        """
        self.need_writable()

        def whole(transaction: ManagedTransaction) -> _Made:
            cypher = Cypher(transaction, restricted=True)
            if queued:
                cypher.run(_QUEUE)
            made = work(cypher)
            if not keep:
                raise _TakenBack(made)
            return made

        with in_words(self.address), self._session(write=True) as session:
            try:
                return session.execute_write(whole)
            except _TakenBack as taken:
                made: _Made = taken.made
                return made

    def define(self, statement: str) -> None:
        """Makes a constraint or an index, in a transaction of its own as the server wants it."""
        self.need_writable()
        with in_words(self.address), self._session(write=True) as session:
            session.execute_write(lambda transaction: transaction.run(statement).consume())

    def administer(self, statement: str, **parameters: Any) -> list[list[Any]]:
        """The rows that a statement about users and their roles gives, which belongs to the database `system`."""
        with in_words(self.address), self._driver.session(database="system") as session:
            return session.execute_write(lambda transaction: transaction.run(statement, parameters).values())

    def need_writable(self) -> None:
        """Raises `StoreError` where the graph was opened to read."""
        if not self._writable:
            raise StoreError(f"the graph at {self.address} was opened to read: open it with mode='rw' to change it")

    def close(self) -> None:
        """Let go of the server; closing twice does no harm."""
        self._driver.close()

    def _session(self, *, write: bool) -> Session:
        return self._driver.session(
            database=self.address.database,
            default_access_mode="WRITE" if write else "READ",
            fetch_size=FETCH_SIZE,
            bookmark_manager=self._bookmarks,
        )

    @contextmanager
    def _transaction(self) -> Iterator[Cypher]:
        """A transaction to read in, which the graph must not have changed under."""
        with self._session(write=False) as session, session.begin_transaction() as transaction:
            cypher = Cypher(transaction)
            before = cypher.value(_VERSION)
            yield cypher
            if cypher.value(_VERSION) != before:
                raise self._changed()

    def _changed(self) -> GraphChangedError:
        return GraphChangedError(f"the graph at {self.address} was written to while it was read: read it again")

    def _snapshot(self) -> Cypher | None:
        held: Cypher | None = getattr(self._held, "cypher", None)
        return held

    @contextmanager
    def _hold(self, cypher: Cypher, outer: Cypher | None) -> Iterator[None]:
        self._held.cypher = cypher
        try:
            yield
        finally:
            self._held.cypher = outer


def _scoped(cypher: Cypher, restricted: bool) -> Cypher:
    """The transaction with the scope, which nobody has while restricted sentences are withheld from everyone."""
    return replace(cypher, restricted=restricted and not cypher.value(_WITHHELD))


def _then_version(work: Callable[[Cypher], _Made]) -> Callable[[ManagedTransaction], tuple[_Made, str | None]]:
    """The work, and the version of the graph after it."""

    def both(transaction: ManagedTransaction) -> tuple[_Made, str | None]:
        cypher = Cypher(transaction)
        return work(cypher), cypher.value(_VERSION)

    return both


def open_server(address: Address, credentials: Credentials, *, writable: bool) -> Server:
    """A server that answers; raises `StoreError` where it does not, or refuses us."""
    try:
        from neo4j import GraphDatabase
    except ImportError as error:
        raise StoreError(f"{address} needs the driver of Neo4j: pip install 'medkg[neo4j]'") from error
    # The driver logs what we tell in our own words; without a handler Python would print it.
    logging.getLogger("neo4j").addHandler(logging.NullHandler())
    with in_words(address, opening=True), ExitStack() as undo:
        driver = GraphDatabase.driver(
            address.uri,
            auth=(credentials.user, credentials.password),
            connection_timeout=CONNECTION_TIMEOUT,
            max_transaction_retry_time=RETRY_TIME,
            user_agent="medkg",
            notifications_min_severity="OFF",
        )
        undo.callback(driver.close)
        # Not managed, so that a server that is not there is told of at once.
        with driver.session(database=address.database) as session, session.begin_transaction() as transaction:
            transaction.run("RETURN 1").consume()
        undo.pop_all()
    return Server(address, driver, writable=writable)
