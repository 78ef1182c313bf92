"""Whether a server lives, and where it answers."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from kg.errors import ServerError
from kg.neo4j_server.place import Place
from kg.neo4j_server.settings import HOST, Options, Ports
from ontologies.locks import try_alone

#: The user that a server is made with.
USER = "neo4j"


@dataclass(frozen=True, slots=True)
class State:
    """The process, ports and options of the last start."""

    pid: int
    ports: Ports
    version: str
    options: Options | None = None
    """What it was started with; None where an older medkg started it."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers: what a driver needs to know of it."""

    name: str
    uri: str
    http_uri: str | None
    user: str
    password_file: Path
    version: str
    pid: int
    folder: Path
    options: Options | None = None

    def read_password(self) -> str:
        """The password of `user`; raises `ServerError` where the file is gone."""
        return read_password(self.password_file)


def describe(place: Place, state: State) -> Running:
    """The running server of a place."""
    ports = state.ports
    http = None if ports.http is None else f"http://{HOST}:{ports.http}"
    return Running(
        place.name,
        f"bolt://{HOST}:{ports.bolt}",
        http,
        USER,
        place.password_file,
        state.version,
        state.pid,
        place.folder,
        state.options,
    )


def read_password(file: Path) -> str:
    """The password in a file; raises `ServerError` where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ServerError(
            f"the password file {file} cannot be read: {error.strerror}; put the password back there, or move "
            f"the folder {file.parent} away to begin with an empty server"
        ) from error


def is_alive(place: Place) -> bool:
    """Whether the server of a place lives, whoever started it and however that ended."""
    if not place.alive_file.exists():
        return False
    file = os.open(place.alive_file, os.O_RDWR)
    try:
        free = try_alone(file)
    finally:
        os.close(file)
    return free is False


def hold_alive(place: Place) -> int:
    """An open file that locks the place for all processes that have it open; the server is given it.

    A number of a process tells nothing after a crash, when another process may have it; a lock ends with its holder.
    """
    place.alive_file.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(place.alive_file, os.O_RDWR | os.O_CREAT, 0o600)
    if try_alone(file) is None:
        os.close(file)
        raise ServerError(
            f"files cannot be locked in {place.folder}, so that servers there cannot be told from dead ones; set "
            "KG_HOME to a folder on a local disk of Linux or macOS, or use a server of your own"
        )
    return file


def read_state(place: Place) -> State | None:
    """The state of the last start; None where there was none, or its file is damaged."""
    try:
        said = json.loads(place.state_file.read_text(encoding="utf-8"))
        ports = Ports(int(said["bolt"]), said["http"] and int(said["http"]))
        options = Options(**said["options"]) if "options" in said else None
        return State(int(said["pid"]), ports, str(said["version"]), options)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_state(place: Place, state: State) -> None:
    """Write the state of a start, whole or not at all."""
    said: dict[str, Any] = {"pid": state.pid, "bolt": state.ports.bolt, "http": state.ports.http}
    said["version"] = state.version
    if state.options:
        # Ports are those that were chosen, not those that were asked for.
        said["options"] = asdict(replace(state.options, port=None, http_port=None))
    new = place.state_file.with_suffix(".new")
    new.write_text(json.dumps(said), encoding="utf-8")
    new.replace(place.state_file)
