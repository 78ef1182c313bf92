"""The store on a Neo4j server: the same answers as the embedded one, through the same roles."""

from __future__ import annotations

from contextlib import ExitStack

from kg.stores.clock import Clock, utc_now
from kg.stores.neo4j.address import read_address
from kg.stores.neo4j.aligning import Aligning
from kg.stores.neo4j.checking import Checking
from kg.stores.neo4j.contributing import Contributing
from kg.stores.neo4j.credentials import find_credentials
from kg.stores.neo4j.journal import Records
from kg.stores.neo4j.loading import Loading
from kg.stores.neo4j.names import Names
from kg.stores.neo4j.quarantining import Quarantining
from kg.stores.neo4j.reading import Reading
from kg.stores.neo4j.schema import Engine, check_schema, get_engine, make_schema
from kg.stores.neo4j.server import Server, open_server
from kg.stores.neo4j.serving import Serving
from kg.stores.neo4j.vectors import Vectoring

__all__ = ["Neo4jStore", "open_store"]


class Neo4jStore(Reading, Contributing, Records, Serving, Names, Aligning, Loading, Quarantining, Vectoring, Checking):
    """A graph on a server, in every role of `kg.roles.Store`; `clock` gives the times it writes down."""

    def __init__(self, server: Server, *, clock: Clock = utc_now) -> None:
        self._server = server
        self._clock = clock

    def __enter__(self) -> Neo4jStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get_engine(self) -> Engine:
        """The version and edition of the server."""
        return get_engine(self._server)

    def close(self) -> None:
        """Let go of the server."""
        self._server.close()


def open_store(where: str, *, mode: str = "r", clock: Clock = utc_now) -> Neo4jStore:
    """The store of the graph at the URL `where`; see `kg.stores.connect`."""
    address = read_address(where)
    with ExitStack() as undo:
        server = open_server(address, find_credentials(address), writable=mode != "r")
        undo.callback(server.close)
        if mode == "create":
            make_schema(server)
        else:
            check_schema(server)
        undo.pop_all()
    return Neo4jStore(server, clock=clock)
