"""The servers of this machine that `kg neo4j start` keeps, found by the address of a graph."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.errors import StoreError
from kg.stores.neo4j.address import Address

if TYPE_CHECKING:
    from kg.neo4j_server.place import Place
    from kg.neo4j_server.state import Running

#: Seconds until a server counts as unreachable.
CONNECTION_TIMEOUT = 10.0

_LOCAL = ("localhost", "127.0.0.1", "[::1]")


def find_running(address: Address) -> Running | None:
    """The server that runs at an address, where it is one of ours."""
    from kg.neo4j_server.control import get_running

    return next(filter(None, map(get_running, _places_at(address))), None)


def check_answers(address: Address) -> None:
    """Raises `StoreError` where nobody listens at an address."""
    try:
        socket.create_connection((address.host.strip("[]"), address.port), timeout=CONNECTION_TIMEOUT).close()
    except OSError as error:
        raise StoreError(say_unanswered(address, str(error.strerror or error))) from error


def say_unanswered(address: Address, reason: str) -> str:
    """That nobody answers at an address, and what to do: a server of ours that is stopped there is named."""
    from kg.neo4j_server.place import DEFAULT_NAME

    said = f"no Neo4j answers at {address} ({reason})"
    place = next(_places_at(address), None)
    if place is None:
        return f"{said}: see that it runs and that host and port are right, or start one here with `kg neo4j start`"
    option = "" if place.name == DEFAULT_NAME else f" --name {place.name}"
    return f"{said}: it is stopped; start it with `kg neo4j start{option}`"


def _places_at(address: Address) -> Iterator[Place]:
    """The places of servers whose last start was at the address."""
    if address.host not in _LOCAL:
        return
    from kg.neo4j_server.place import list_places
    from kg.neo4j_server.state import read_state

    for place in list_places():
        state = read_state(place)
        if state is not None and state.ports.bolt == address.port:
            yield place
