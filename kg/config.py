"""Where things are kept, from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from ontologies.home import get_home


def default_graph() -> Path:
    """The graph folder where no `--graph` is given: KG_GRAPH, else `graph` under KG_HOME."""
    return Path(os.environ.get("KG_GRAPH") or get_home() / "graph")
