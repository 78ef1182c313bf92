"""The driver's errors in our words: what happened, to which server, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kg.errors import StoreError
from kg.stores.neo4j.address import Address
from kg.stores.neo4j.local import say_unanswered

#: Beginning of a server's error code, or part of its message → what to say. The first that fits is told.
_SAID = (
    ("Security.CredentialsExpired", "the password of {at} must be changed first: ALTER CURRENT USER SET PASSWORD …"),
    ("Security.AuthenticationRateLimit", "{at} was given too many wrong passwords: wait some seconds, then try again"),
    (
        "Security.Unauthorized",
        "{at} refuses user or password: set NEO4J_USERNAME and NEO4J_PASSWORD, or NEO4J_PASSWORD_FILE, rightly",
    ),
    (
        "OnReadOnly",
        "the database at {at} is read-only: let it be written (server.databases.writable, or ALTER DATABASE … SET "
        "ACCESS READ WRITE), or name another",
    ),
    ("AccessMode", "the graph at {at} was opened to read: open it with mode='rw' to change it"),
    ("Security.Forbidden", "the user may not do this at {at} ({said}): grant it, or come as another user"),
    ("Database.DatabaseNotFound", "{at} has no such database: make it, or end the URL with the name of one it has"),
    (
        "No space left",
        "disk full at {at}: free some space on the server, start it anew, and run the same command again; the graph "
        "is as it was after the last committed batch",
    ),
    (
        "TransactionCommitFailed",
        "{at} could not write to its disk, which is full or failed: free some space on the server, start it anew, and "
        "run the same command again; what was committed stays, nothing is doubled",
    ),
    (
        "needs to be restarted",
        "{at} stopped after it could not write to its disk: free some space on the server, start it anew, and run the "
        "same command again; what was committed stays, nothing is doubled",
    ),
    (
        "MemoryPoolOutOfMemory",
        "{at} has too little memory for this transaction: raise dbms.memory.transaction.total.max or the server's "
        "heap, or put fewer documents at a time; nothing of it was written",
    ),
    (
        "OutOfMemoryError",
        "{at} is out of memory: raise server.memory.heap.max_size, start it anew, and run this again; nothing of this "
        "transaction was written",
    ),
    ("DatabaseUnavailable", "the database at {at} is not available now: wait until it is up, then run this again"),
    (
        "TransactionTimedOut",
        "{at} ended a transaction that took too long: raise db.transaction.timeout there, and run this again; nothing "
        "of it was written",
    ),
    ("IndexNotFound", "the graph at {at} lacks an index: make it with `kg neo4j init {at}`"),
    ("no such fulltext schema index", "the graph at {at} lacks an index: make it with `kg neo4j init {at}`"),
)


@contextmanager
def in_words(address: Address, *, opening: bool = False) -> Iterator[None]:
    """Turns the driver's errors into `StoreError`s that say what to do; with `opening` nobody has answered yet."""
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        yield
    except Neo4jError as error:
        raise StoreError(_said(address, error.code or "", error.message or "")) from error
    except DriverError as error:
        raise StoreError(_broken(address, error, opening=opening)) from error


def _said(address: Address, code: str, message: str) -> str:
    text = f"{code} {message}"
    for sign, sentence in _SAID:
        if sign in text:
            return sentence.format(at=address, said=message)
    return f"{address} failed ({code}: {message}): look at the server's log, then run this again"


def _broken(address: Address, error: BaseException, *, opening: bool) -> str:
    """What to say of a connection that was not made, or was lost."""
    from neo4j.exceptions import ConfigurationError

    reasons = list(_reasons(error))
    said = " ".join(reasons)
    if "SSL" in said or "CERTIFICATE" in said.upper():
        return (
            f"{address} cannot be reached through TLS ({_short(reasons)}): write neo4j:// or bolt:// where the server "
            "speaks plainly, +ssc where it made its certificate itself, +s where an authority vouches for it"
        )
    if "looks like HTTP" in said:
        return f"{address} is the port of the browser: name the one of Bolt, which is 7687 where nothing else was said"
    if isinstance(error, ConfigurationError):
        return f"{address} cannot be spoken to ({error}): see to the URL and the version of the server"
    if not opening:
        return (
            f"the connection to {address} was lost ({_short(reasons)}): see that the server runs, then run the same "
            "command again; what was committed stays, nothing is doubled"
        )
    return say_unanswered(address, _short(reasons))


def _reasons(error: BaseException | None) -> Iterator[str]:
    """The error in words, and what it came from."""
    while error is not None:
        yield f"{type(error).__name__} {error}"
        if isinstance(error, BaseExceptionGroup):
            for one in error.exceptions:
                yield from _reasons(one)
        error = error.__cause__


def _short(reasons: list[str]) -> str:
    return reasons[-1].partition(" ")[2].splitlines()[0].strip()
