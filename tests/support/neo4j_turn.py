"""How processes of one test run share out tests: those of Neo4j to one of them, since they share one database."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling


class Neo4jTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Each test by itself, and all whose id says neo4j as one piece.

    xdist's own groups (`--dist=loadgroup`) are written into a private field that newer releases of pytest do not read.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "neo4j" if "neo4j" in nodeid else nodeid
