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
