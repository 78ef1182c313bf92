"""Makes a database ready for a graph: constraints and indexes, one for vectors, a user who may only read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kg.errors import StoreError
from kg.stores.neo4j.address import read_address
from kg.stores.neo4j.credentials import find_credentials, read_password
from kg.stores.neo4j.layout import VECTOR_INDEX, vector_statement
from kg.stores.neo4j.licensing import license_facts
from kg.stores.neo4j.schema import Engine, await_indexes, get_engine, make_schema
from kg.stores.neo4j.server import Server, open_server

#: Why a server has no user who may only read, and what does instead.
NO_ROLES = (
    "Neo4j Community has no roles, so {user!r} was not made: the service opens the graph in access mode READ, in which "
    "the server refuses to write; for more than that serve from a copy with server.databases.default_to_read_only=true "
    "(`kg neo4j start --read-only`), or use Neo4j Enterprise"
)

_DIMENSIONS = """
SHOW INDEXES YIELD name, options WHERE name = $name RETURN options.indexConfig['vector.dimensions']
"""
_USERS = "SHOW USERS YIELD user WHERE user = $user RETURN user"
_CREATE = "CREATE USER $user IF NOT EXISTS SET PLAINTEXT PASSWORD $password SET PASSWORD CHANGE NOT REQUIRED"
_GRANT = "GRANT ROLE reader TO $user"


@dataclass(frozen=True, slots=True)
class Initialised:
    """What was found and made at a URL."""

    url: str
    engine: Engine
    made: tuple[str, ...]
    """Names of constraints and indexes that were missing."""
    vector_dimensions: int | None = None
    service_user: str | None = None
    """Who may only read, where that was asked for and done."""
    refused: str = ""
    """What was asked for and could not be done, and what does instead."""


def init_graph(url: str, *, vector_dimensions: int | None = None, service_user: str | None = None) -> Initialised:
    """What was made for a graph at a URL; what is there already stays, so that doing it again changes nothing.

    Returns when all indexes are filled. A new `service_user` gets the password in NEO4J_SERVICE_PASSWORD, or in the
    file that NEO4J_SERVICE_PASSWORD_FILE names.

    Raises:
        StoreError: The server cannot be reached or is too old, or the vectors have another length there.
    """
    address = read_address(url)
    server = open_server(address, find_credentials(address), writable=True)
    try:
        made = make_schema(server)
        license_facts(server)
        engine = get_engine(server)
        if vector_dimensions is not None:
            made += _make_vectors(server, vector_dimensions)
        refused = ""
        if service_user and not engine.is_enterprise:
            refused = NO_ROLES.format(user=service_user)
        elif service_user:
            _grant_reading(server, service_user)
        granted = service_user if not refused else None
        return Initialised(str(address), engine, tuple(made), vector_dimensions, granted, refused)
    finally:
        server.close()


def _make_vectors(server: Server, dimensions: int) -> list[str]:
    there = server.read(lambda cypher: cypher.value(_DIMENSIONS, name=VECTOR_INDEX))
    if there is None:
        server.define(vector_statement(dimensions))
        await_indexes(server)
        return [VECTOR_INDEX]
    if there != dimensions:
        raise StoreError(
            f"the vectors at {server.address} have {there} dimensions, not {dimensions}: DROP INDEX {VECTOR_INDEX} in "
            "Cypher first, if other ones are to come"
        )
    return []


def _grant_reading(server: Server, user: str) -> None:
    if not server.administer(_USERS, user=user):
        server.administer(_CREATE, user=user, password=_service_password(user))
    server.administer(_GRANT, user=user)


def _service_password(user: str) -> str:
    if password := os.environ.get("NEO4J_SERVICE_PASSWORD"):
        return password
    if file := os.environ.get("NEO4J_SERVICE_PASSWORD_FILE"):
        return read_password(Path(file), "NEO4J_SERVICE_PASSWORD_FILE")
    raise StoreError(
        f"the user {user!r} is new and needs a password: set NEO4J_SERVICE_PASSWORD, or NEO4J_SERVICE_PASSWORD_FILE to "
        "a file that holds it"
    )
