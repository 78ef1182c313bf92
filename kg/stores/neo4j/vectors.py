"""Vectors of concepts on a server: put there as a whole, and asked through its vector index (cosine, HNSW)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from kg.stores.neo4j.layout import VECTOR_INDEX, vector_statement
from kg.stores.neo4j.schema import await_indexes
from kg.stores.neo4j.sending import chunks
from kg.stores.neo4j.server import Cypher, Server

#: Vectors of one transaction: some megabytes.
_AT_ONCE = 1_000

#: The word about the graph that says which model's vectors are there; gone while they are being put.
VECTORS = "vectors"

_DIMENSIONS = "SHOW INDEXES YIELD name, options WHERE name = $name RETURN options.indexConfig['vector.dimensions']"
_THERE = "MATCH (n:Concept) WHERE n.vector IS NOT NULL RETURN n.curie"
_SET = """
UNWIND $rows AS row MATCH (n:Concept {curie: row[0]})
CALL db.create.setNodeVectorProperty(n, 'vector', row[1]) RETURN count(*)
"""
_CLEAR = "UNWIND $rows AS curie MATCH (n:Concept {curie: curie}) REMOVE n.vector"
_FORGET = "MATCH (m:Meta {name: $name}) DELETE m"
_STAMP = "MERGE (m:Meta {name: $name}) SET m.value = $value"
_VECTOR = "MATCH (n:Concept {curie: $curie}) RETURN n.vector"
_NEAR = f"""
CALL db.index.vector.queryNodes('{VECTOR_INDEX}', $count, $vector) YIELD node AS n, score
WHERE n.curie <> $curie AND (size($kinds) = 0 OR n.kind IN $kinds)
RETURN n.curie, 2 * score - 1 ORDER BY score DESC, n.curie LIMIT $first
"""

#: Of an index that knows no kinds this many times as many are asked as are wanted, and how often that is done again.
_WIDER, _TRIES = 8, 4


class Vectoring:
    """The vectors of the store on a server."""

    _server: Server

    def put_vectors(self, rows: Iterable[tuple[str, Sequence[float]]], *, dimensions: int, told: str) -> int:
        """How many concepts have a vector of these now, and no other has one; `told` is kept as what they are.

        In transactions of a thousand; until the last one nothing says what vectors there are.
        """
        server = self._server
        server.write(lambda cypher: cypher.run(_FORGET, name=VECTORS))
        self._make_index(dimensions)
        before = {curie for (curie,) in server.read(lambda cypher: cypher.rows(_THERE))}
        count, kept = 0, set[str]()
        for chunk in chunks(rows, _AT_ONCE):
            sent = [[curie, list(vector)] for curie, vector in chunk]
            count += server.write(lambda cypher, sent=sent: int(cypher.value(_SET, rows=sent)))  # type: ignore[misc]
            kept.update(curie for curie, _ in chunk)
        for gone in chunks(sorted(before - kept)):
            server.write(lambda cypher, gone=gone: cypher.run(_CLEAR, rows=gone))  # type: ignore[misc]
        await_indexes(server)
        server.write(lambda cypher: cypher.run(_STAMP, name=VECTORS, value=told))
        return count

    def find_similar(self, curie: str, *, first: int, kinds: Collection[str] = ()) -> list[tuple[str, float]] | None:
        """The concepts whose vectors point most nearly the same way, with the cosine; None where it has no vector."""

        def find(cypher: Cypher) -> list[tuple[str, float]] | None:
            vector = cypher.value(_VECTOR, curie=curie)
            if vector is None:
                return None
            count, rows = first + 1, list[list[object]]()
            for _ in range(_TRIES):
                asked = {"count": count, "vector": vector, "curie": curie, "kinds": list(kinds), "first": first}
                rows = cypher.rows(_NEAR, **asked)
                if len(rows) == first or not kinds:
                    break
                count *= _WIDER
            return [(str(name), float(str(alike))) for name, alike in rows]

        return self._server.read(find)

    def _make_index(self, dimensions: int) -> None:
        there = self._server.read(lambda cypher: cypher.value(_DIMENSIONS, name=VECTOR_INDEX))
        if there not in (None, dimensions):
            self._server.define(f"DROP INDEX {VECTOR_INDEX} IF EXISTS")
        self._server.define(vector_statement(dimensions))
