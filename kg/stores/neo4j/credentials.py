"""Who we are to a server: from the environment, else what `kg neo4j start` keeps for a server of this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import StoreError
from kg.stores.neo4j.address import Address
from kg.stores.neo4j.local import check_answers, find_running

#: The user where none is named.
USER = "neo4j"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password, which no `repr` shows."""

    user: str
    password: str = field(repr=False)


def find_credentials(address: Address) -> Credentials:
    """NEO4J_USERNAME with NEO4J_PASSWORD or what stands in NEO4J_PASSWORD_FILE, else those of a local server.

    Raises:
        StoreError: There is no password, its file cannot be read, or nobody is there to be told it.
    """
    user = os.environ.get("NEO4J_USERNAME") or USER
    if "NEO4J_PASSWORD" in os.environ:
        return Credentials(user, os.environ["NEO4J_PASSWORD"])
    if file := os.environ.get("NEO4J_PASSWORD_FILE"):
        return Credentials(user, read_password(Path(file), "NEO4J_PASSWORD_FILE"))
    if running := find_running(address):
        return Credentials(running.user, running.read_password())
    # Where nobody answers, a password would not help.
    check_answers(address)
    raise StoreError(
        f"no password for {address}: set NEO4J_PASSWORD, or NEO4J_PASSWORD_FILE to a file that holds it, and "
        f"NEO4J_USERNAME where the user is not {USER}"
    )


def read_password(file: Path, variable: str) -> str:
    """The password in a file that a variable names; raises `StoreError` where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{variable} ({file}) cannot be read: {error}; see to the file") from error
