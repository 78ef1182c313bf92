"""Where a server keeps its files: data, logs and password by server, the program once for all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.config import default_cache
from kg.errors import ServerError
from ontologies.home import get_home

#: The name of the server where none is given.
DEFAULT_NAME = "default"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one server, and the folder of programs that it shares with others."""

    folder: Path
    cache: Path

    @property
    def name(self) -> str:
        """What the server is called."""
        return self.folder.name

    @property
    def conf(self) -> Path:
        """The folder of `neo4j.conf`, which is written anew at every start."""
        return self.folder / "conf"

    @property
    def data(self) -> Path:
        """The databases."""
        return self.folder / "data"

    @property
    def console(self) -> Path:
        """What the server has said since it was started."""
        return self.folder / "logs" / "console.log"

    @property
    def password_file(self) -> Path:
        """The password, for its owner's eyes only."""
        return self.folder / "password"

    @property
    def state_file(self) -> Path:
        """Process and ports of the last start."""
        return self.folder / "server.json"

    @property
    def alive_file(self) -> Path:
        """Locked by the server as long as it lives."""
        return self.folder / "run" / "alive"

    @property
    def busy_file(self) -> Path:
        """Locked by a command that starts, stops or administers the server."""
        return self.folder / "run" / "busy"


def find_place(name: str = DEFAULT_NAME) -> Place:
    """The place of the server of that name, under KG_HOME; the folder need not be there yet."""
    if not _NAME.fullmatch(name):
        raise ServerError(f"{name!r} cannot be a server's name: use small letters, digits, - and _, at most 40")
    return Place(get_home() / "neo4j" / name, default_cache())


def find_known_place(name: str = DEFAULT_NAME) -> Place:
    """The place of a server that was started before; raises `ServerError` where there is none of that name."""
    place = find_place(name)
    if not (place.conf.exists() or place.state_file.exists()):
        raise ServerError(f"no server {name!r} was ever started here: `kg neo4j status` lists those that were")
    return place


def list_places() -> list[Place]:
    """The places of all servers that were ever started, by name."""
    folders = sorted((get_home() / "neo4j").glob("*/conf"))
    return [Place(conf.parent, default_cache()) for conf in folders if _NAME.fullmatch(conf.parent.name)]


@contextmanager
def writing(folder: Path, variable: str = "KG_HOME") -> Iterator[None]:
    """What is written inside goes to this folder: a disk that refuses becomes an error that says which and why."""
    try:
        yield
    except OSError as error:
        raise ServerError(
            f"{error.filename or folder} cannot be written: {error.strerror or error}; make room or give rights there, "
            f"or set {variable} to a folder on another disk"
        ) from error
