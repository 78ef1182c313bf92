"""Where things are kept, from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

from ontologies.home import get_home

#: Where a graph is: its folder on this machine, or the URL of its server.
Where: TypeAlias = Path | str


def default_graph() -> Where:
    """The graph where no `--graph` is given: KG_GRAPH, else `graph` under KG_HOME."""
    return read_where(os.environ.get("KG_GRAPH") or get_home() / "graph")


def full_name(where: Where) -> str:
    """The name under which a graph is found from any folder."""
    return where if isinstance(where, str) else str(where.absolute())


def may_exist(where: Where) -> bool:
    """Whether something is there: a folder is looked for, of a server only opening it tells."""
    return isinstance(where, str) or where.exists()


def read_where(text: str | Path) -> Where:
    """A URL as it is, anything else as the path of a folder."""
    return text if isinstance(text, str) and "://" in text else Path(text)


def default_records() -> Path:
    """The folder of the events store where no `--records` is given: KG_RECORDS, else `records` under KG_HOME."""
    return Path(os.environ.get("KG_RECORDS") or get_home() / "records")


def default_key_file() -> Path:
    """The key of records where no `--key-file` is given: KG_RECORDS_KEY, else `records.key` under KG_HOME."""
    return Path(os.environ.get("KG_RECORDS_KEY") or get_home() / "records.key")


def default_cache() -> Path:
    """Where programs that can be fetched again are kept: KG_CACHE, else `cache` under KG_HOME, else the platform's."""
    named = os.environ.get("KG_CACHE")
    if named:
        return Path(named).expanduser()
    if os.environ.get("KG_HOME"):
        return get_home() / "cache"
    from platformdirs import user_cache_path

    return user_cache_path("medkg", appauthor=False)
