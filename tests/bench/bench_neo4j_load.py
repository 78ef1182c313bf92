"""Measures how fast a Neo4j server takes a graph, beside a plain loop that only creates relationships, in one run.

    python tests/bench/bench_neo4j_load.py [--facts 100000 1000000 5000000] [--workers 2]
        [--ways loop facts load put update] [--json]

The server is the one that NEO4J_URI names (empty, and emptied again), else a local one in a temporary folder, as
`kg neo4j start` makes it. Data are generated: few hubs, many leaves, a row of evidence for each fact, a hundred rows
in a document. Each size is measured by a process of its own, whose peak memory is told. What is compared:

- loop: `UNWIND … MATCH … CREATE` of 10,000 rows at a time, with id and confidence, as many do: nothing is found again;
- facts: the same facts through `MERGE` with all that a fact says, and their indexes;
- load: concepts, documents, rows of evidence, facts derived from them, conflicts, all indexes;
- put: the same as documents come in a build, in the transactions of the one writer; `update`: one in a hundred again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from extractors.model import Document
from kg.config import default_cache
from kg.errors import ServerError
from kg.identity import with_ids
from kg.model import Contribution, Evidence, Node, Origin, Status
from kg.neo4j_server.control import start_server, stop_server
from kg.neo4j_server.place import Place
from kg.neo4j_server.settings import Options
from kg.pipeline import BATCH_DOCUMENTS
from kg.predicates import PREDICATES
from kg.stores.neo4j import Neo4jStore, open_store
from kg.stores.neo4j.concepts import save_concepts
from kg.stores.neo4j.loading import save_all
from kg.stores.neo4j.schema import drop_indexes, make_schema
from kg.stores.neo4j.sending import chunks
from kg.stores.summing import Summed, Triple
from ontologies.model import Kind

SEED = 7
WAYS = ("loop", "facts", "load", "put", "update")
ROWS_A_DOCUMENT = 100
USED = tuple(PREDICATES)[:12]
KINDS = tuple(Kind)
_LOOP = """
UNWIND $rows AS row MATCH (s:Concept {curie: row[0]}) MATCH (o:Concept {curie: row[1]})
CREATE (s)-[r:FACT {id: row[2], confidence: row[3]}]->(o)
"""
_WIPE = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"


def node(number: int) -> Node:
    """A concept with two words for a name."""
    words = (f"{'bcdfghklmnprst'[number % 14]}{word}" for word in (f"a{number % 4001}", f"o{number * 7 % 3989}"))
    return Node(f"T:{number:07d}", " ".join(words), KINDS[number % len(KINDS)])


def rows(facts: int) -> Iterator[Evidence]:
    """Rows of evidence of different facts, in the order of their documents."""
    chance, nodes = random.Random(SEED), facts // 5
    for number in range(facts):
        subject = int(chance.random() ** 3 * nodes)
        object_ = (subject + 1 + int(chance.random() ** 2 * (nodes - 1))) % nodes
        yield row(number, node(subject), USED[number % len(USED)], node(object_), f"said in sentence {number} of all")


def row(number: int, subject: Node, predicate: str, object_: Node, quote: str, version: int = 1) -> Evidence:
    """One row of evidence, named as its concepts are."""
    made = Evidence(
        id="",
        fact_id="",
        subject=subject.curie,
        predicate=predicate,
        object=object_.curie,
        document=f"doc{number // ROWS_A_DOCUMENT:06d}",
        version=version,
        section=f"34070-{number % 9}",
        section_title=f"Section {number % 9}",
        start=number % 1000,
        end=number % 1000 + 40,
        quote=f"{quote} {'word ' * 8}",
        extractor="rule",
        score=0.5 + number % 5 / 10,
        subject_name=subject.name,
        object_name=object_.name,
        subject_origin=Origin(subject.kind, subject.curie),
        object_origin=Origin(object_.kind, object_.curie),
    )
    return with_ids(made)


def document(name: str, version: int = 1) -> Document:
    """A document with a short text."""
    return Document(name, f"Document {name}", "text " * 200, version=version, country="US", content_hash=name)


def contributions(facts: int) -> Iterator[Contribution]:
    """The same rows as documents bring them."""
    stream = rows(facts)
    while said := tuple(islice(stream, ROWS_A_DOCUMENT)):
        ends = {curie for one in said for curie in (one.subject, one.object)}
        nodes = tuple(node(int(curie[2:])) for curie in sorted(ends))
        yield Contribution(document(said[0].document), nodes, said)


def reissued(facts: int) -> Iterator[Contribution]:
    """One document in a hundred anew: half of its rows stay, the others say something else."""
    for one in islice(contributions(facts), 0, None, 100):
        known = {known.curie: known for known in one.nodes}
        changed = [
            row(n, known[old.subject], old.predicate, known[old.object], "now said otherwise", 2) if n % 2 else old
            for n, old in enumerate(one.evidence)
        ]
        said = (with_ids(replace(old, document=one.document.id, version=2)) for old in changed)
        yield Contribution(document(one.document.id, 2), one.nodes, tuple(said))


def summed(facts: int) -> Iterator[tuple[Triple, Summed]]:
    """The facts of the rows as one row each makes them."""
    for number, one in enumerate(rows(facts)):
        confidence = 500_000 + number % 5 * 100_000
        said = Summed(confidence, Status.SUPPORTED, 1, 1, ("US",), "", ("spl",))
        yield Triple(one.subject, one.predicate, one.object), said


def run_loop(store: Neo4jStore, facts: int) -> None:
    """Create relationships, and nothing else."""
    pairs = ([one.subject, one.object, one.fact_id, one.score] for one in rows(facts))
    for chunk in chunks(pairs):
        store._server.write(lambda cypher, chunk=chunk: cypher.run(_LOOP, rows=chunk), queued=False)  # type: ignore[misc]


def save_nodes(store: Neo4jStore, facts: int) -> None:
    """The concepts alone."""
    for chunk in chunks(map(node, range(facts // 5))):
        store._server.write(lambda cypher, chunk=chunk: save_concepts(cypher, chunk))  # type: ignore[misc]


def measure(store: Neo4jStore, facts: int, workers: int, asked: Sequence[str]) -> dict[str, Any]:
    """Seconds, and facts a second, of each way into the graph that is asked for; `update` comes after `put`."""
    figures: dict[str, Any] = {"size": facts}

    def load() -> None:
        documents = (document(f"doc{number:06d}") for number in range(facts // ROWS_A_DOCUMENT))
        store.load(map(node, range(facts // 5)), rows(facts), documents, workers=workers)

    def put(made: Iterable[Contribution]) -> None:
        for chunk in chunks(made, BATCH_DOCUMENTS):
            store.put(chunk, stamp="bench")

    def save() -> None:
        drop_indexes(store._server)
        save_all(store._server, summed(facts))
        make_schema(store._server)

    ways: dict[str, tuple[Callable[[], object], bool]] = {
        "loop": (lambda: run_loop(store, facts), True),
        "facts": (save, True),
        "load": (load, False),
        "put": (lambda: put(contributions(facts)), False),
    }
    for name, (way, needs_nodes) in ways.items():
        if name not in asked:
            continue
        wipe(store)
        if needs_nodes:
            save_nodes(store, facts)
        figures[name] = timed(way, facts)
    if {"put", "update"} <= set(asked):
        changes = list(reissued(facts))
        figures["update"] = timed(lambda: put(changes), facts // 100)
    return figures


def timed(way: Callable[[], object], facts: int) -> dict[str, Any]:
    """What a way takes, here and, where the server runs on this machine, there; and the peak of our memory so far."""
    start, cpu, there = time.perf_counter(), time.process_time(), server_seconds()
    way()
    wall = time.perf_counter() - start
    return {
        "wall_s": round(wall, 2),
        "client_cpu_s": round(time.process_time() - cpu, 2),
        "server_cpu_s": round(server_seconds() - there, 2),
        "facts_per_s": round(facts / wall),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def server_seconds() -> float:
    """CPU seconds that the local server has used so far; 0 where it is another's."""
    process = os.environ.get("BENCH_SERVER")
    if not process:
        return 0.0
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wipe(store: Neo4jStore) -> None:
    """Delete all of it, and keep the indexes."""
    with store._server._session(write=True) as session:
        session.run(_WIPE).consume()


@contextmanager
def serving() -> Iterator[None]:
    """A server that the environment names from now on."""
    if os.environ.get("NEO4J_URI"):
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "server", default_cache())
        try:
            running, _ = start_server(place, Options(heap="2g", pagecache="512m"), say=lambda _: None)
        except ServerError as error:
            print(error, file=sys.stderr)
            raise SystemExit(2) from error
        found = json.loads(place.state_file.read_text())
        os.environ |= {"NEO4J_URI": running.uri, "NEO4J_PASSWORD": running.read_password()}
        os.environ["BENCH_SERVER"] = str(found["pid"])
        try:
            yield
        finally:
            stop_server(place, say=lambda _: None)
            del os.environ["NEO4J_URI"], os.environ["BENCH_SERVER"]


_LINE = (
    "  {:7s} {facts_per_s:7,} facts/s   wall {wall_s:8} s   CPU here {client_cpu_s} s, there {server_cpu_s} s   "
    "peak {peak_mb} MB"
)


def table(figures: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The figures in lines for people."""
    for one in figures:
        yield f"{one['size']:,} facts, each with a row of evidence; memory is the peak of this side so far"
        yield from (_LINE.format(name, **one[name]) for name in WAYS if name in one)


def main() -> None:
    """Run all sizes, or one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--facts", type=int, nargs="+", default=[100_000], help="sizes to measure")
    parser.add_argument("--workers", type=int, default=2, help="transactions of evidence at a time")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS, help="what to measure")
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--step", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        with open_store(os.environ["NEO4J_URI"], mode="create") as store:
            print(json.dumps(measure(store, arguments.facts[0], arguments.workers, arguments.ways)))
        return
    figures = []
    for facts in arguments.facts:
        command = [sys.executable, __file__, "--step", "--workers", str(arguments.workers), "--facts", str(facts)]
        command += ["--ways", *arguments.ways]
        with serving():
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        figures.append(json.loads(done.stdout.splitlines()[-1]))
        print(done.stdout.splitlines()[-1], file=sys.stderr)
    if not arguments.json:
        print("\n".join(table(figures)))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
