"""Whether a graph on a server has all its constraints and indexes, and agrees with itself."""

from __future__ import annotations

from kg.stores.neo4j.rows import BETWEEN
from kg.stores.neo4j.schema import LOADING, find_faults
from kg.stores.neo4j.server import Cypher, Server

#: What must not be found → the question that looks for it.
FAULTS = {
    "load that was cut off: run the same load again": f"MATCH (m:Meta {{name: '{LOADING}'}}) RETURN count(m)",
    "facts without the licences they are under: run `kg neo4j init`": """
MATCH (:Concept)-[r]->(:Concept) WHERE r.licences IS NULL OR EXISTS { MATCH (:Meta {name: 'licences_due'}) }
RETURN count(r)""",
    "facts without evidence": """
MATCH (:Concept)-[r]->(:Concept) WHERE NOT EXISTS { MATCH (e:Evidence) WHERE e.fact = r.id } RETURN count(r)""",
    "evidence without a fact": f"""
MATCH (e:Evidence) WITH e, e.subject AS subject, e.object AS object
WHERE NOT EXISTS {{ {BETWEEN} WHERE r.id = e.fact }} RETURN count(e)""",
    "evidence without a document": "MATCH (e:Evidence) WHERE NOT (e)-[:SAID_IN]->(:Document) RETURN count(e)",
    "conflicts whose facts are missing": f"""
MATCH (c:Conflict) WITH c, c.subject AS subject, c.object AS object
WHERE COUNT {{ {BETWEEN} WHERE r.key IN [c.fact, c.opposing] }} <> 2 RETURN count(c)""",
}


class Checking:
    """The part of `kg.roles.Catalogue` that looks for damage."""

    _server: Server

    def check(self) -> list[str]:
        """What is wrong with the graph, in words; nothing where it is sound. Looks over all of it."""
        counts = self._server.read(_count)
        return [*find_faults(self._server), *(f"{count} {fault}" for fault, count in counts.items() if count)]


def _count(cypher: Cypher) -> dict[str, int]:
    return {fault: int(cypher.value(statement)) for fault, statement in FAULTS.items()}
