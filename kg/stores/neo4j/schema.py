"""Makes the constraints and indexes of a graph on a server, and says what is missing of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.errors import StoreError
from kg.stores.neo4j.layout import OLDEST_SERVER, SCHEMA_VERSION, VECTOR_INDEX, schema_statements, vector_statement
from kg.stores.neo4j.server import Server

#: Seconds that indexes may take to be filled.
PATIENCE = 600

#: The word of the graph's meta data that stands as long as a load is not done.
LOADING = "loading"

_COMPONENTS = "CALL dbms.components() YIELD versions, edition RETURN versions[0], edition"
_IS_LOADING = f"MATCH (m:Meta {{name: '{LOADING}'}}) RETURN m.value"
_VERSION = "MATCH (m:Meta {name: 'schema_version'}) RETURN m.value"
_STAMP = "MERGE (m:Meta {name: 'schema_version'}) SET m.value = $version"
_INDEXES = """
SHOW INDEXES YIELD name, state, type, owningConstraint, options WHERE type <> 'LOOKUP'
RETURN name, state, type, owningConstraint IS NOT NULL, options.indexConfig['vector.dimensions']
"""
_OTHER_LENGTH = "MATCH (n:Concept) WHERE n.vector IS NOT NULL AND size(n.vector) <> $dimensions RETURN count(n)"
_AWAIT = "CALL db.awaitIndexes($seconds)"


@dataclass(frozen=True, slots=True)
class Engine:
    """The server's version and edition, `community` or `enterprise`."""

    version: str
    edition: str

    @property
    def is_enterprise(self) -> bool:
        """Whether it has roles, several databases and clusters."""
        return self.edition != "community"


def get_engine(server: Server) -> Engine:
    """The version and edition of a server."""
    return server.read(lambda cypher: Engine(*cypher.rows(_COMPONENTS)[0]))


def check_engine(server: Server) -> Engine:
    """The engine of a server; raises `StoreError` where it is too old."""
    engine = get_engine(server)
    if is_too_old(engine.version):
        oldest = ".".join(map(str, OLDEST_SERVER))
        raise StoreError(f"{server.address} is Neo4j {engine.version}, too old: update it to {oldest} or newer")
    return engine


def is_too_old(version: str) -> bool:
    """Whether a server of that version lacks what is asked of it."""
    # What follows the numbers, as in `5.27-aura`, does not count.
    return tuple(map(int, re.findall(r"\d+", version)[:2])) < OLDEST_SERVER


def make_schema(server: Server) -> list[str]:
    """The names of the constraints and indexes that were missing, made now and filled; all that is there stays."""
    check_engine(server)
    version = _get_format(server)
    there = {index.name: index for index in _list_indexes(server)}
    for fault in _find_others(server, there.values()):
        raise StoreError(fault)
    missing = {name: statement for name, statement in _statements().items() if name not in there}
    for statement in missing.values():
        server.define(statement)
    if missing or version is None:
        await_indexes(server)
        server.write(lambda cypher: cypher.run(_STAMP, version=str(SCHEMA_VERSION)))
    return sorted(missing)


def drop_indexes(server: Server) -> None:
    """Takes all indexes away but those of constraints; `make_schema` makes them again, filled at one go."""
    for name, statement in _statements().items():
        if not statement.startswith("CREATE CONSTRAINT"):
            server.define(f"DROP INDEX {name} IF EXISTS")


def make_index(server: Server, name: str) -> None:
    """Makes one index of the layout where it is missing, and returns when it is filled."""
    server.define(_statements()[name])
    await_indexes(server)


def await_indexes(server: Server) -> None:
    """Returns when all indexes are filled."""
    server.read(lambda cypher: cypher.run(_AWAIT, seconds=PATIENCE))


def check_schema(server: Server) -> None:
    """Raises `StoreError` where the server is too old, or the graph was not made, not whole, or by a newer program."""
    check_engine(server)
    if _get_format(server) is None:
        raise StoreError(f"no graph at {server.address}: make an empty one with `kg neo4j init {server.address}`")
    if server.read(lambda cypher: cypher.value(_IS_LOADING)) is not None:
        raise StoreError(
            f"the graph at {server.address} is not whole: it is being loaded, or a load was cut off; wait for it, or "
            "run the same load again"
        )


def _get_format(server: Server) -> int | None:
    """The version of the graph's format, None where there is no graph; raises `StoreError` where it is too new."""
    version = server.read(lambda cypher: cypher.value(_VERSION))
    if version is not None and int(version) > SCHEMA_VERSION:
        raise StoreError(
            f"the graph at {server.address} has format {version} and this medkg knows up to {SCHEMA_VERSION}: "
            "update medkg"
        )
    return None if version is None else int(version)


@dataclass(frozen=True, slots=True)
class _Index:
    """An index as the server lists it."""

    name: str
    state: str
    type: str
    is_constraint: bool
    dimensions: int | None
    """Numbers of a vector, where it is an index of vectors."""


def _list_indexes(server: Server) -> list[_Index]:
    return [_Index(*row) for row in server.read(lambda cypher: cypher.rows(_INDEXES))]


def find_faults(server: Server) -> Iterator[str]:
    """What is wrong with constraints and indexes, in words."""
    indexes = _list_indexes(server)
    for name in sorted(_statements().keys() - {index.name for index in indexes}):
        yield f"the index {name} is missing: `kg neo4j init {server.address}` makes it"
    yield from _find_others(server, indexes)
    for index in indexes:
        if index.state != "ONLINE":
            said = f"the index {index.name} is {index.state.lower()}, not online"
            yield f"{said}: wait, or drop it and run `kg neo4j init`"
        if index.name == VECTOR_INDEX and index.dimensions is not None:
            yield from _find_other_vectors(server, index.dimensions)


def _find_others(server: Server, indexes: Iterable[_Index]) -> Iterator[str]:
    """Indexes that bear a name of the layout and are something else."""
    wanted = {
        name: _kind_of(statement) for name, statement in [*_statements().items(), (VECTOR_INDEX, vector_statement(1))]
    }
    for index in indexes:
        found = "CONSTRAINT" if index.is_constraint else index.type
        if wanted.get(index.name, found) != found:
            yield (
                f"{index.name} is a {found.lower()}{'' if index.is_constraint else ' index'} and should be a "
                f"{wanted[index.name].lower()}: drop it in Cypher, then run `kg neo4j init {server.address}`"
            )


def _kind_of(statement: str) -> str:
    """What a statement makes: CONSTRAINT, or the type of an index as the server calls it."""
    made = statement.split()[1]
    return "RANGE" if made == "INDEX" else made


def _find_other_vectors(server: Server, dimensions: int) -> Iterator[str]:
    if count := server.read(lambda cypher: cypher.value(_OTHER_LENGTH, dimensions=dimensions)):
        yield (
            f"{count} concepts have vectors of another length than the {dimensions} of {VECTOR_INDEX}, which does not "
            f"find them: set them anew, or DROP INDEX {VECTOR_INDEX} and run `kg neo4j init --vector-dimensions`"
        )


def _statements() -> dict[str, str]:
    """The statements of the layout by the name of the index that each makes, those behind constraints included."""
    return {statement.partition(" IF NOT EXISTS")[0].split()[-1]: statement for statement in schema_statements()}
