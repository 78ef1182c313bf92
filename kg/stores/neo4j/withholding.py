"""The mark on a server that nobody sees restricted sentences for now: a word about the graph."""

from __future__ import annotations

from kg.stores.neo4j.address import read_address
from kg.stores.neo4j.chain import forget_meta, write_meta
from kg.stores.neo4j.credentials import find_credentials
from kg.stores.neo4j.server import Cypher, open_server


def set_mark(where: str, name: str, *, stands: bool) -> None:
    """Makes the mark of that name, or takes it away; raises `StoreError` where the server does not answer."""
    address = read_address(where)
    server = open_server(address, find_credentials(address), writable=True)
    try:
        # Not in the queue of writers: what must be seen by nobody waits for nobody.
        server.write(
            lambda cypher: write_meta(cypher, name, "yes") if stands else forget_meta(cypher, name), queued=False
        )
    finally:
        server.close()


def _mark(cypher: Cypher, *, name: str, stands: bool) -> None:
    if stands:
        write_meta(cypher, name, "yes")
    else:
        forget_meta(cypher, name)
