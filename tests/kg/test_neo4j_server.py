"""The local Neo4j server: started once, found again, stopped, and what is said when it cannot be."""

from __future__ import annotations

from neo4j_server import Neo4jServer


def test_the_server_of_tests_takes_nodes_and_is_emptied_for_the_next(empty_neo4j: Neo4jServer) -> None:
    assert empty_neo4j.count_nodes() == 0
    with empty_neo4j.connect() as driver:
        driver.execute_query("UNWIND range(1, 12000) AS number CREATE (:Number {number: number})")
    assert empty_neo4j.count_nodes() == 12000
    empty_neo4j.wipe()
    assert empty_neo4j.count_nodes() == 0
