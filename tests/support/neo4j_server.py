"""A real Neo4j for tests: the one that NEO4J_URI names, else a local one, started as `kg neo4j start` does."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from kg.errors import ServerError
from kg.neo4j_server.control import start_server, stop_server
from kg.neo4j_server.java import find_java
from kg.neo4j_server.place import Place
from kg.neo4j_server.program import get_jars
from kg.neo4j_server.settings import Options
from kg_command import ROOT

if TYPE_CHECKING:
    from neo4j import Driver

#: Small, since tests share the machine with others.
SMALL = Options(heap="512m", pagecache="128m")

#: A start takes half as much of the processor when Java compiles lightly; tests do not run long enough to gain by more.
_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

_ADVICE = (
    "set NEO4J_URI, NEO4J_USERNAME and NEO4J_PASSWORD to those of an empty server, or make `kg neo4j start` work here "
    "(Java 17 or newer, and Maven for the first time)"
)


@dataclass(frozen=True, slots=True)
class Neo4jServer:
    """A server that tests may fill and empty as they like."""

    uri: str
    user: str
    password: str
    database: str = "neo4j"

    @property
    def auth(self) -> tuple[str, str]:
        """User and password, as a driver takes them."""
        return self.user, self.password

    @property
    def environment(self) -> dict[str, str]:
        """The variables that tell a command of this server."""
        return {
            "NEO4J_URI": self.uri,
            "NEO4J_USERNAME": self.user,
            "NEO4J_PASSWORD": self.password,
            "NEO4J_DATABASE": self.database,
        }

    def connect(self) -> Driver:
        """A driver of its own, for the caller to close."""
        from neo4j import GraphDatabase

        return GraphDatabase.driver(self.uri, auth=self.auth)

    def count_nodes(self) -> int:
        """How many nodes the database has."""
        with self.connect() as driver:
            found = driver.execute_query("MATCH (n) RETURN count(n) AS nodes", database_=self.database)
        nodes: int = found.records[0]["nodes"]
        return nodes

    def wipe(self) -> None:
        """Delete all nodes and relationships; constraints and indexes stay."""
        with self.connect() as driver, driver.session(database=self.database) as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()


def cache_of_tests() -> Path:
    """Where tests keep the program, whatever KG_HOME is: fetched once for all runs of all checkouts."""
    return Path(os.environ.get("KG_CACHE") or user_cache_path("medkg", appauthor=False))


def get_program() -> Path:
    """The cache with the program in it; KG_CACHE names it from now on, so that commands of tests find it too."""
    cache = cache_of_tests()
    try:
        find_java()
        get_jars(cache, lambda _: None)
    except ServerError as error:
        _give_up(str(error))
    os.environ["KG_CACHE"] = str(cache)
    os.environ.setdefault("JAVA_TOOL_OPTIONS", _QUICK)
    return cache


@contextmanager
def serving() -> Iterator[Neo4jServer]:
    """A server for one test process; skips the tests, or fails where MEDKG_NEED_NEO4J is set, if there is none."""
    try:
        import neo4j  # noqa: F401
    except ImportError:
        _give_up("the driver is not installed: pip install 'medkg[neo4j]'")
    if uri := os.environ.get("NEO4J_URI"):
        yield _named(uri)
        return
    with _folder_of_our_own() as folder:
        place = Place(folder, get_program())
        try:
            running, _ = start_server(place, SMALL, say=lambda _: None)
        except ServerError as error:
            _give_up(str(error))
        try:
            yield Neo4jServer(running.uri, running.user, running.read_password())
        finally:
            if not os.environ.get("MEDKG_KEEP_NEO4J"):
                stop_server(place, say=lambda _: None)


def _named(uri: str) -> Neo4jServer:
    """The server that the environment names; tests empty it, so that one with data is refused."""
    words = (os.environ.get(name) for name in ("NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE"))
    user, password, database = (word or default for word, default in zip(words, ("neo4j", "", "neo4j"), strict=True))
    server = Neo4jServer(uri, user, password, database)
    if server.count_nodes() and not os.environ.get("MEDKG_WIPE_NEO4J"):
        pytest.fail(
            f"the database {database} at {uri} is not empty and tests would empty it: name another, or set "
            "MEDKG_WIPE_NEO4J=1 if nothing in it matters",
            pytrace=False,
        )
    return server


def _give_up(why: str) -> None:
    sentence = f"needs a Neo4j server: {_ADVICE}. Here: {why}"
    if os.environ.get("MEDKG_NEED_NEO4J"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@contextmanager
def _folder_of_our_own() -> Iterator[Path]:
    """A server's folder that no other test process uses; a server that a killed run left there is used again."""
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
    above = cache_of_tests() / "test-servers"
    above.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        folder = above / f"{checkout}-{number}"
        lock = FileLock(f"{folder}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            continue
        try:
            yield folder
        finally:
            lock.release()
        return
