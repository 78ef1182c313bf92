"""What a server is started with, and the `neo4j.conf` that says so."""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kg.errors import ServerError

#: Servers listen here and nowhere else.
HOST = "127.0.0.1"

#: The ports that Neo4j is known by; taken where they are free.
BOLT_PORT = 7687
HTTP_PORT = 7474


@dataclass(frozen=True, slots=True)
class Options:
    """What may be asked of a start.

    Args:
        heap: Most memory of the Java heap, as Neo4j writes sizes (`512m`, `2g`).
        pagecache: Memory for pages of the store files.
        port: The Bolt port; None takes the last one, the usual one or a free one.
        http_port: The port of the HTTP API, with `http`.
        http: Whether the HTTP API is served.
        read_only: Whether all databases refuse to be written to.
    """

    heap: str = "1g"
    pagecache: str = "512m"
    port: int | None = None
    http_port: int | None = None
    http: bool = False
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asks of a start; None leaves it as it was at the last one, or as `Options` has it."""

    heap: str | None = None
    pagecache: str | None = None
    port: int | None = None
    http_port: int | None = None
    http: bool | None = None
    read_only: bool | None = None

    def over(self, last: Options) -> Options:
        """The options of the last start with what is asked laid over them."""
        return replace(last, port=self.port, http_port=self.http_port, **self.said())

    def said(self) -> dict[str, Any]:
        """What is asked, but for ports."""
        asked = {"heap": self.heap, "pagecache": self.pagecache, "http": self.http, "read_only": self.read_only}
        return {name: value for name, value in asked.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of a server; `http` is None where it is not served."""

    bolt: int
    http: int | None


def choose_ports(options: Options, last: Ports | None) -> Ports:
    """The ports to listen on: those asked for, else the last ones, the usual ones or free ones."""
    bolt = _choose(options.port, (last.bolt if last else None, BOLT_PORT), "--port")
    if not options.http and options.http_port is None:
        return Ports(bolt, None)
    return Ports(bolt, _choose(options.http_port, (last.http if last else None, HTTP_PORT), "--http-port"))


def _choose(asked: int | None, liked: tuple[int | None, ...], option: str) -> int:
    if asked is not None:
        if not _is_free(asked):
            raise ServerError(f"port {asked} is taken; give another with {option}, or none to have a free one chosen")
        return asked
    return next((port for port in liked if port and _is_free(port)), None) or _free_port()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def write_conf(folder: Path, jars: Path, ports: Ports, options: Options) -> None:
    """Write `neo4j.conf` into the folder."""
    settings = {
        "server.directories.lib": jars,
        "dbms.usage_report.enabled": "false",
        "server.default_listen_address": HOST,
        "server.default_advertised_address": HOST,
        "server.bolt.listen_address": f"{HOST}:{ports.bolt}",
        "server.bolt.advertised_address": f"{HOST}:{ports.bolt}",
        "server.http.enabled": "false" if ports.http is None else "true",
        "server.http.listen_address": f"{HOST}:{ports.http or HTTP_PORT}",
        "server.https.enabled": "false",
        "server.memory.heap.max_size": options.heap,
        "server.memory.pagecache.size": options.pagecache,
        "server.databases.default_to_read_only": str(options.read_only).lower(),
        # Half a gigabyte of empty log files for an empty database otherwise.
        "db.tx_log.preallocate": "false",
        # Ten seconds otherwise, at every stop, for threads of the network that have nothing left to do.
        "internal.server.bolt.thread_pool_shutdown_wait_time": "0s",
    }
    lines = "".join(f"{key}={value}\n" for key, value in settings.items())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "neo4j.conf").write_text(lines, encoding="utf-8")
