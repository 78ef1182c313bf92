"""Where things are kept, from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from ontologies.home import get_home


def default_graph() -> Path:
    """The graph folder where no `--graph` is given: KG_GRAPH, else `graph` under KG_HOME."""
    return Path(os.environ.get("KG_GRAPH") or get_home() / "graph")


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
