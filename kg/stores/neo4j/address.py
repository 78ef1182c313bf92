"""Where a graph on a server is: the server's URL, and the name of its database."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from kg.errors import StoreError

#: How a URL may begin: `neo4j` finds its way in a cluster, `bolt` speaks to one server; `+s` asks for TLS with a
#: certificate that somebody vouches for, `+ssc` for TLS with any.
SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")

#: The port of a URL that names none.
PORT = 7687


@dataclass(frozen=True, slots=True)
class Address:
    """A server and one of its databases; without a name it is the user's home database."""

    scheme: str
    host: str
    port: int
    database: str | None = None

    @property
    def uri(self) -> str:
        """The URL as the driver takes it."""
        return f"{self.scheme}://{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.uri}/{self.database}" if self.database else self.uri


def read_address(url: str) -> Address:
    """The address that a URL `neo4j://host:port/database` names.

    Raises:
        StoreError: The URL names no host, or holds what does not belong into one, such as a password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise StoreError(f"this URL cannot be read ({error}): write neo4j://host:port/database") from error
    if parts.username is not None or parts.password is not None:
        raise StoreError(
            f"the URL of {host} holds a user or password, and URLs land in logs: take it out, and set NEO4J_USERNAME "
            "and NEO4J_PASSWORD, or NEO4J_PASSWORD_FILE"
        )
    database = parts.path.strip("/")
    if parts.scheme not in SCHEMES or not host or "/" in database or parts.query or parts.fragment:
        raise StoreError(f"{url!r} is no URL of a graph: write neo4j://host:port/database, or bolt:// for one server")
    return Address(parts.scheme, f"[{host}]" if ":" in host else host, port or PORT, database or None)
