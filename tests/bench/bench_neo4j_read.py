"""Measures how a large graph comes to a Neo4j server by files and online, and what it answers how fast beside SQLite.

    python tests/bench/bench_neo4j_read.py [--facts 100000] [--rounds 200] [--no-online] [--json]

One run does all of it on one generated graph (that of bench_neo4j_load.py), with servers in a temporary folder:

- what making the rows takes is told first: loads make them as they go, updates have them beforehand;
- a folder graph is loaded, exported with `kg export --format neo4j-admin`, imported by neo4j-admin, and indexed by
  `kg neo4j init`; unless told otherwise a second server takes the same graph online (`load`);
- both stores take an update of one document in a hundred;
- both are asked the same questions, and what they answer is compared. Of a server's answer it is told how much of the
  time is said by the server itself (until rows are there, and until all are taken), how often it is asked, and how much
  of the processor Python and the server take: the rest is the way there and back, and waiting.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from extractors.model import Document
from kg.config import default_cache
from kg.export import write_graph
from kg.model import FactQuery
from kg.neo4j_server.control import start_server, stop_server
from kg.neo4j_server.place import Place
from kg.neo4j_server.settings import Options
from kg.roles import Store
from kg.stores import sqlite
from kg.stores.neo4j import Neo4jStore, open_store
from kg.stores.neo4j.server import Cypher
from kg.stores.sqlite import SqliteStore
from tests.bench.bench_neo4j_load import ROWS_A_DOCUMENT, document, node, reissued, rows, server_seconds

OPTIONS = Options(heap="2g", pagecache="1g")
HUB, PAGE, BATCH = "T:0000000", 25, 100

#: Rounds before the first that counts: a server compiles what it is asked often.
WARM = 300

#: What is asked, of a store and the number of the round.
Question = Callable[[Store, int], object]


def given(facts: int) -> Iterator[object]:
    """All that a load is given."""
    return chain(map(node, range(facts // 5)), rows(facts), _documents(facts))


def load(store: SqliteStore | Neo4jStore, facts: int) -> None:
    """Give an empty store the graph."""
    store.load(map(node, range(facts // 5)), rows(facts), _documents(facts))


def _documents(facts: int) -> Iterator[Document]:
    return (document(f"doc{number:06d}") for number in range(facts // ROWS_A_DOCUMENT))


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Seconds of the clock, and of the processor: here, in children of this process, and in the server."""
    wall, cpu, children, there = time.perf_counter(), time.process_time(), _children(), server_seconds()
    work()
    return {
        "wall_s": round(time.perf_counter() - wall, 2),
        "client_cpu_s": round(time.process_time() - cpu, 2),
        "children_cpu_s": round(_children() - children, 2),
        "server_cpu_s": round(server_seconds() - there, 2),
    }


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def serving(place: Place) -> Iterator[Neo4jStore]:
    """The store on the server of a place, its constraints and indexes not yet made; the server ends with it."""
    running, _ = start_server(place, OPTIONS, say=lambda _: None)
    os.environ |= {"NEO4J_URI": running.uri, "NEO4J_PASSWORD": running.read_password()}
    os.environ["BENCH_SERVER"] = str(json.loads(place.state_file.read_text())["pid"])
    try:
        with open_store(running.uri, mode="create") as store:
            yield store
    finally:
        stop_server(place, say=lambda _: None)
        del os.environ["BENCH_SERVER"]


def import_files(files: Path, home: Path, name: str) -> None:
    """Run the script of an export, as its first lines say."""
    environment = os.environ | {
        "NEO4J_ADMIN": f"{sys.executable} -m kg neo4j admin --name {name} --heap 1g --",
        "KG_HOME": str(home),
        "KG_CACHE": str(default_cache()),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    words = ["sh", str(files / "import.sh"), "neo4j", "--overwrite-destination"]
    done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"neo4j-admin failed with {done.returncode}: {done.stdout[-2000:]}")


def questions(store: Store, facts: int) -> dict[str, Question]:
    """What is asked, by name; leaves, batches and words change from round to round."""
    nodes = facts // 5
    ids = [fact.id for n in range(40) for fact in store.find_facts(FactQuery(about=_leaf(nodes, n)), first=BATCH).facts]

    def page(store: Store, curie: str) -> list[Any]:
        return list(store.find_facts(FactQuery(about=curie), first=PAGE).facts)

    def two_hops(store: Store, n: int) -> object:
        near = page(store, _leaf(nodes, n))
        return near, [page(store, curie) for curie in sorted({one.object.curie for one in near})[:5]]

    def batch(store: Store, n: int) -> object:
        asked = tuple(ids[(n * 7 + step) % len(ids)] for step in range(BATCH))
        return store.find_facts(FactQuery(ids=asked), first=BATCH).facts

    return {
        "node by id": lambda store, n: store.get_nodes([_leaf(nodes, n)]),
        "node by id with 25 of its facts": lambda store, n: (
            store.get_nodes([_leaf(nodes, n)]),
            page(store, _leaf(nodes, n)),
        ),
        "page of 25, leaf": lambda store, n: page(store, _leaf(nodes, n)),
        "page of 25, hub": lambda store, _: page(store, HUB),
        "100 facts by id": batch,
        "two hops, six pages": two_hops,
        "search, two words": lambda store, n: [
            found.curie for found, _ in store.find_nodes(_words(nodes, n), limit=10)
        ],
    }


def _leaf(nodes: int, n: int) -> str:
    return node(nodes // 2 + n * 37 % (nodes // 2)).curie


def _words(nodes: int, n: int) -> str:
    return node(nodes // 3 + n * 101 % (nodes // 2)).name


@contextmanager
def watched() -> Iterator[list[tuple[int, int]]]:
    """What the server says of each question inside: milliseconds until rows are there, and until all are taken."""
    told: list[tuple[int, int]] = []
    plain = Cypher.rows

    def rows_(self: Cypher, statement: str, **parameters: Any) -> list[list[Any]]:
        result = self.transaction.run(statement, parameters)
        values = result.values()
        summary = result.consume()
        told.append((summary.result_available_after or 0, summary.result_consumed_after or 0))
        return values

    Cypher.rows = rows_  # type: ignore[method-assign]
    try:
        yield told
    finally:
        Cypher.rows = plain  # type: ignore[method-assign]


def ask(store: Store, question: Question, rounds: int) -> dict[str, Any]:
    """Milliseconds of a question, and what of them is whose."""
    for n in range(WARM):
        question(store, n)
    times = []
    cpu, there = time.process_time(), server_seconds()
    for n in range(rounds):
        began = time.perf_counter()
        question(store, n)
        times.append((time.perf_counter() - began) * 1000)
    figures = {"p50": statistics.median(times), "p95": statistics.quantiles(times, n=20)[-1], "best": min(times)}
    figures["client_cpu"] = (time.process_time() - cpu) * 1000 / rounds
    if isinstance(store, Neo4jStore):
        figures["server_cpu"] = (server_seconds() - there) * 1000 / rounds
        with watched() as told:
            for n in range(rounds):
                question(store, n)
        figures["asked"] = len(told) / rounds
        figures["server_says"] = sum(map(sum, told)) / rounds
    return {name: round(value, 2) for name, value in figures.items()}


def compare(ours: SqliteStore, theirs: Neo4jStore, facts: int, rounds: int) -> dict[str, Any]:
    """What both stores take for each question, after their answers were found to be the same."""
    told: dict[str, Any] = {
        "nothing: RETURN 1": {"Neo4j": ask(theirs, lambda _, n: theirs._server.read(_nothing), rounds)}
    }
    for name, question in questions(ours, facts).items():
        if question(ours, 1) != question(theirs, 1):
            raise SystemExit(f"the stores answer differently: {name}")
        told[name] = {"SQLite": ask(ours, question, rounds), "Neo4j": ask(theirs, question, rounds)}
    return told


def _nothing(cypher: Cypher) -> object:
    return cypher.value("RETURN 1")


def measure(folder: Path, facts: int, rounds: int, *, online: bool) -> dict[str, Any]:
    """All figures."""
    figures: dict[str, Any] = {"size": facts}
    files, cache = folder / "files", default_cache()
    with sqlite.open_store(str(folder / "graph"), mode="create") as ours:
        figures["rows and documents made, for a load"] = timed(lambda: deque(given(facts), maxlen=0))
        figures["SQLite, load"] = timed(lambda: load(ours, facts))
        figures["offline: kg export"] = timed(lambda: write_graph("neo4j-admin", ours, files))
        figures["offline: neo4j-admin import"] = timed(lambda: import_files(files, folder, "files"))
        with serving_indexed(Place(folder / "neo4j" / "files", cache), figures) as theirs:
            figures["questions, ms"] = compare(ours, theirs, facts, rounds)
            changes = list(reissued(facts))
            for name, store in (("SQLite", ours), ("Neo4j", theirs)):
                figures[f"{name}, update of 1 %"] = timed(lambda store=store: store.put(changes, stamp="b"))  # type: ignore[misc]
    if online:
        with serving(Place(folder / "neo4j" / "online", cache)) as theirs:
            figures["online: load"] = timed(lambda: load(theirs, facts))
    return figures


@contextmanager
def serving_indexed(place: Place, figures: dict[str, Any]) -> Iterator[Neo4jStore]:
    """The store on the server of a place; what making its indexes took is told, the start of the server with it."""
    began = time.perf_counter()
    with serving(place) as store:
        figures["offline: start, kg neo4j init"] = {
            "wall_s": round(time.perf_counter() - began, 2),
            "server_cpu_s": round(server_seconds(), 2),
        }
        yield store


def table(figures: dict[str, Any]) -> Iterator[str]:
    """The figures in lines for people."""
    yield f"{figures['size']:,} facts, each with a row of evidence; seconds"
    for name, figure in figures.items():
        if isinstance(figure, dict) and "wall_s" in figure:
            yield f"  {name:32s} " + "  ".join(f"{key} {value:8.2f}" for key, value in figure.items())
    yield "milliseconds of a question"
    for name, stores in figures["questions, ms"].items():
        for store, figure in stores.items():
            yield f"  {name:32s} {store:6s} " + "  ".join(f"{key} {value:6.2f}" for key, value in figure.items())


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--facts", type=int, default=100_000, help="size of the graph")
    parser.add_argument("--rounds", type=int, default=200, help="how often each question is asked")
    parser.add_argument("--no-online", action="store_true", help="leave out the online load")
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), arguments.facts, arguments.rounds, online=not arguments.no_online)
    if not arguments.json:
        print("\n".join(table(figures)))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
