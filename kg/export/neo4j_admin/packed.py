"""As `kg.export.neo4j_admin`, with gzipped parts."""

from __future__ import annotations

from pathlib import Path

from kg.export import neo4j_admin
from kg.export.view import View


def write(view: View, folder: Path) -> dict[str, int]:
    """Counts by table, after everything is written."""
    return neo4j_admin.write(view, folder, packed=True)
