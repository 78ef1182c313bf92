"""Measures the choices of how a graph lies in Neo4j (docs/decisions/0029), each beside what was rejected.

    NEO4J_PASSWORD=... python tests/bench/bench_neo4j_model.py neo4j://localhost:7687 [--facts 100000] [--json]

The database must be empty, and is emptied at the end. One concept, the hub, has 20,000 facts. Times are milliseconds of
one question from Python, connection and hydration included: the median and the best of the rounds.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from kg.errors import StoreError
from kg.stores.neo4j import Neo4jStore, open_store
from kg.stores.neo4j.paging import ENDS_OF_IDS
from kg.stores.neo4j.rows import BETWEEN
from kg.stores.neo4j.server import Server

SEED, NODES, HUB_FACTS, ROUNDS, BATCH = 7, 20_000, 20_000, 30, 5_000
TYPES = ("CAUSES_ADVERSE_EVENT", "INDICATED_FOR", "WARNS_OF", "CONTRAINDICATED_IN", "INTERACTS_WITH")
#: As many types as the predicates have; a look-up that must ask each type asks these, several times over.
ASKED = (TYPES * 6)[:26]
HUB = "x:0"
GIVEN = "RETURN r.id, r.confidence, r.status, startNode(r).curie, startNode(r).name, endNode(r).curie, endNode(r).name"
ORDER = "ORDER BY r.confidence DESC, r.key DESC LIMIT 26"
FULL_ORDER = "ORDER BY r.subject DESC, r.status DESC, r.confidence DESC, r.key DESC LIMIT 26"

_NODES = "UNWIND $rows AS curie CREATE (:Concept:Drug {curie: curie, name: 'name of ' + curie, kind: 'drug'})"
_FACTS = """
UNWIND $rows AS row MATCH (s:Concept {{curie: row.subject}}) MATCH (o:Concept {{curie: row.object}})
MERGE (s)-[r:{type} {{id: row.id}}]->(o) SET r = row
"""
_EVIDENCE = """
UNWIND $rows AS row CREATE (:Evidence {id: row.id, key: row.key, fact: row.id, subject: row.subject,
    object: row.object, weight: 800000, subject_form: '', object_form: '', quote: 'some words of a label'})
"""
#: Indexes that were rejected: name → properties; one for each type.
REJECTED = {"by_key": "r.key", "by_subject": "r.subject, r.status, r.confidence, r.key"}

_ARM = "MATCH (a)-[r:{type}]->(b) WHERE r.subject = $hub AND r.status = '{status}' AND r.confidence >= 0.0 \
AND r.key IS NOT NULL RETURN r {order}"
_IN_INDEX = "UNWIND $keys AS key MATCH ()-[r:{type} {{key: key}}]->() {given}"


def facts(number: int) -> dict[str, list[dict[str, Any]]]:
    """Rows of facts by type: the hub's, then any."""
    chance = random.Random(SEED)
    made: dict[tuple[int, str, int], dict[str, Any]] = {}
    while len(made) < number:
        hub = len(made) < HUB_FACTS
        subject, object_ = 0 if hub else chance.randrange(NODES), len(made) if hub else chance.randrange(NODES)
        type_ = TYPES[0] if hub else chance.choice(TYPES)
        key = chance.getrandbits(63)
        made[subject, type_, object_] = {
            "id": f"{key:032x}",
            "key": key,
            "type": type_,
            "subject": f"x:{subject}",
            "object": f"x:{object_ % NODES}",
            "confidence": chance.choice((0.5, 0.7, 0.8, 0.9, 0.95, 0.999)),
            "status": chance.choice(("supported",) * 9 + ("contested",)),
            "documents": 1,
            "evidence_count": 1,
        }
    return {type_: [row for row in made.values() if row["type"] == type_] for type_ in TYPES}


def write(server: Server, statement: str, rows: Iterable[Any]) -> float:
    """Seconds that it takes to send rows."""
    began = time.perf_counter()
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        do(server, statement, rows=batch)
    return time.perf_counter() - began


def write_facts(server: Server, rows: dict[str, list[dict[str, Any]]]) -> int:
    """Facts a second, into a graph that has none any more."""
    for type_ in TYPES:
        drop(server, f"MATCH ()-[x:{type_}]->()")
    taken = sum(write(server, _FACTS.format(type=type_), rows[type_]) for type_ in TYPES)
    return round(sum(map(len, rows.values())) / taken)


def do(server: Server, statement: str, **parameters: Any) -> None:
    """Do what a statement says, in a transaction."""
    server.write(lambda cypher: cypher.run(statement, **parameters))


def drop(server: Server, what: str) -> None:
    """Delete nodes or relationships, some at a time."""
    while server.write(lambda cypher: cypher.value(f"{what} WITH x LIMIT 5000 DETACH DELETE x RETURN count(*)")):
        pass


def asked(server: Server, statement: str, **parameters: Any) -> dict[str, float]:
    """Milliseconds of a question, in one transaction with all of its rounds."""
    with server.stream() as cypher:
        return clocked(lambda: cypher.rows(statement, **parameters))


def clocked(ask: Callable[[], object]) -> dict[str, float]:
    for _ in range(5):
        ask()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return {"p50": round(statistics.median(times), 2), "best": round(min(times), 2)}


def measure(store: Neo4jStore, number: int) -> dict[str, Any]:
    """All figures, by what was asked."""
    server, rows = store._server, facts(number)
    write(server, _NODES, (f"x:{n}" for n in range(NODES)))
    every = [row for kind in rows.values() for row in kind]
    figures: dict[str, Any] = {"facts": number}
    write_facts(server, rows)  # The first time a server compiles what it is asked; the second time counts.
    figures["facts a second, the layout's indexes"] = write_facts(server, rows)
    write(server, _EVIDENCE, every)
    figures |= questions(server, every)
    define(server, "CREATE INDEX bench_{name}_{type} FOR ()-[r:{type}]-() ON ({on})")
    figures |= rejected(server, every)
    write_facts(server, rows)
    figures["facts a second, the rejected indexes too"] = write_facts(server, rows)
    define(server, "DROP INDEX bench_{name}_{type}")
    return figures | texts(server)


def define(server: Server, statement: str) -> None:
    """Make or drop the rejected indexes."""
    for name, on in REJECTED.items():
        for type_ in TYPES:
            server.define(statement.format(name=name, type=type_, on=on))
    server.read(lambda cypher: cypher.run("CALL db.awaitIndexes(600)"))


def questions(server: Server, every: list[dict[str, Any]]) -> dict[str, Any]:
    """What the layout chose."""
    ids = [row["id"] for row in every[-100:]]
    hub = [row["id"] for row in every[:100]]
    found = f"{ENDS_OF_IDS} {BETWEEN} WHERE r.id = fact"
    page = f"MATCH (:Concept {{curie: $hub}})-[r]-(:Concept) WITH r {ORDER} {GIVEN}"
    return {
        "nothing: the way there and back": asked(server, "RETURN 1"),
        "page of 25 on the hub, all its facts looked over": asked(server, page, hub=HUB),
        "page of 25 on a leaf": asked(server, page, hub="x:77"),
        "1 fact by id, from its evidence": asked(server, f"{found} {GIVEN}", ids=ids[:1]),
        "100 facts by id, from their evidence": asked(server, f"{found} {GIVEN}", ids=ids),
        "100 facts of the hub by id, from their evidence": asked(server, f"{found} {GIVEN}", ids=hub),
    }


def rejected(server: Server, every: list[dict[str, Any]]) -> dict[str, Any]:
    """What it rejected."""
    keys = [row["key"] for row in every[-100:]]
    arms = " UNION ALL ".join(
        f"CALL () {{ {_ARM.format(type=type_, status=status, order=FULL_ORDER)} }} RETURN r"
        for type_ in TYPES
        for status in ("supported", "contested", "negative")
    )
    by_key = " UNION ALL ".join(_IN_INDEX.format(type=type_, given=GIVEN) for type_ in ASKED)
    return {
        "page of 25 on the hub, in an index of each type": asked(
            server, f"CALL () {{ {arms} }} WITH r {ORDER} {GIVEN}", hub=HUB
        ),
        "1 fact by key, in an index of each type": asked(server, by_key, keys=keys[:1]),
        "100 facts by key, in an index of each type": asked(server, by_key, keys=keys),
    }


def texts(server: Server) -> dict[str, Any]:
    """Texts of 100 kB as they are, and compressed as the embedded store keeps them."""
    chance, figures = random.Random(SEED), dict[str, Any]()
    words = ["".join(chance.choices("abcdefghij", k=chance.randint(2, 9))) for _ in range(5000)]
    given = [" ".join(chance.choices(words, k=16_000)) for _ in range(50)]
    ways: dict[str, Callable[[str], str | bytes]] = {
        "plain": str,
        "compressed": lambda text: zlib.compress(text.encode(), 4),
    }
    for name, way in ways.items():
        rows = [{"document": f"{name}:{n}", "text": way(text)} for n, text in enumerate(given)]
        taken = write(server, "UNWIND $rows AS row CREATE (t:Text) SET t = row", rows)
        read = asked(server, "MATCH (t:Text {document: $id}) RETURN t.text", id=f"{name}:7")
        size = sum(len(row["text"]) for row in rows)
        figures[f"texts, {name}"] = {"MB": round(size / 1e6, 1), "write, s": round(taken, 2), "read, ms": read["best"]}
    return figures


def table(figures: dict[str, Any]) -> Iterator[str]:
    """The figures as lines of Markdown."""
    yield "| what | figure |"
    yield "| --- | --- |"
    for name, figure in figures.items():
        said = (
            ", ".join(f"{key} {value}" for key, value in figure.items()) if isinstance(figure, dict) else f"{figure:,}"
        )
        yield f"| {name} | {said} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--facts", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with open_store(arguments.url, mode="create") as store:
        if store.get_stats().nodes:
            raise StoreError(f"the database at {arguments.url} is not empty: name an empty one")
        try:
            figures = measure(store, arguments.facts)
        finally:
            drop(store._server, "MATCH (x) WHERE NOT x:Meta")
    print(json.dumps(figures, indent=2) if arguments.json else "\n".join(table(figures)))


if __name__ == "__main__":
    main()
