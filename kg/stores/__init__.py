"""Opens a graph wherever it lives: a folder on this machine, or a server named by a URL."""

from __future__ import annotations

from importlib import import_module
from os import PathLike, fspath
from typing import Literal

from kg.errors import UnknownNameError
from kg.roles import Store

Mode = Literal["r", "rw", "create"]

#: Scheme → module with `open_store(where, mode=...)`. A plug-in is one entry here and one module.
SCHEMES = {
    "file": "kg.stores.sqlite",
    **dict.fromkeys(("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"), "kg.stores.neo4j"),
}


def connect(where: str | PathLike[str], *, mode: Mode = "r") -> Store:
    """The store at a folder or URL, opened to read, to write, or (create) to write and make it where it is missing.

    Raises:
        UnknownNameError: nobody claims the URL's scheme.
        StoreError: the graph is missing, damaged, newer than this program, or another process writes to it.
    """
    scheme, separator, _ = fspath(where).partition("://")
    if not separator:
        scheme = "file"
    if scheme not in SCHEMES:
        raise UnknownNameError("store", f"{scheme}://", [f"{name}://" for name in SCHEMES])
    store: Store = import_module(SCHEMES[scheme]).open_store(fspath(where).removeprefix("file://"), mode=mode)
    return store
