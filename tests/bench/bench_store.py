"""Measures the embedded store on generated data, beside Koza's `join` of the same KGX files in the same run.

    python tests/bench/bench_store.py [--nodes 200000] [--facts 1000000] [--folder DIR] [--json]

Both sides start from the same two TSV files and end with a graph that answers: Koza with a DuckDB file, medkg with
facts derived, every index made and every name searchable. Each runs in its own process; wall and CPU seconds cover all
of it, interpreter start included. Peak memory of medkg is the sum over its two processes (one reads, one stores).
"""

from __future__ import annotations

import argparse
import gc
import json
import marshal
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, starmap
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from extractors.model import Document
from kg.identity import evidence_id, fact_id
from kg.model import Contribution, Evidence, FactQuery, Node
from kg.predicates import PREDICATES
from kg.stores.sqlite import open_store
from kg.stores.streams import EvidenceRow
from ontologies.model import Kind

SEED = 7
ROWS_A_DOCUMENT = 100
ROWS_A_CHUNK = 1000
USED = tuple(PREDICATES)[:12]
COLUMNS = "id subject predicate object primary_knowledge_source section section_title start end quote agent score"


def write_kgx(folder: Path, nodes: int, facts: int) -> None:
    """The files `x_nodes.tsv` and `x_edges.tsv`: few hubs, many leaves, quotes of about 90 characters."""
    chance = random.Random(SEED)
    syllables = [a + b for a in "bcdfghklmnprstv" for b in "aeiou"]
    words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(4000)]
    kinds = [kind.value for kind in Kind]
    with (folder / "x_nodes.tsv").open("w", encoding="utf-8") as file:
        file.write("id\tname\tcategory\n")
        for n in range(nodes):
            file.write(f"T:{n:07d}\t{' '.join(chance.choices(words, k=3))}\t{kinds[n % len(kinds)]}\n")
    with (folder / "x_edges.tsv").open("w", encoding="utf-8") as file:
        file.write(COLUMNS.replace(" ", "\t") + "\n")
        for n in range(facts):
            subject, object_ = int(chance.random() ** 3 * nodes), int(chance.random() ** 2 * nodes)
            quote = " ".join(chance.choices(words, k=14))[:90]
            place = f"34070-{n % 9}\tSection {n % 9}\t{n % 1000}\t{n % 1000 + 90}\t{quote}\trule\t0.{5 + n % 5}"
            edge = f"e{n:09d}\tT:{subject:07d}\t{USED[n % 12]}\tT:{object_:07d}\tdoc{n // ROWS_A_DOCUMENT:06d}"
            file.write(f"{edge}\t{place}\n")


def parse_edges(lines: list[str]) -> bytes:
    """Fields of `EvidenceRow` from lines of `x_edges.tsv`, packed to travel between processes."""
    rows = []
    for line in lines:
        _, subject, predicate, object_, document, section, title, start, end, quote, extractor, score = line.split("\t")
        fact = fact_id(subject, predicate, object_)
        id_ = evidence_id(fact, document, section, quote, extractor, "present", ())
        head = (id_, fact, subject, predicate, object_, document, 1, section, title)
        rows.append((*head, int(start), int(end), quote, extractor, float(score)))
    return marshal.dumps(rows)


def send_edges(path: Path, sender: Connection) -> None:
    """Parse `x_edges.tsv` and send its rows chunk by chunk, an empty one at the end; runs in a process of its own."""
    gc.disable()
    with path.open(encoding="utf-8") as file:
        next(file)
        while lines := list(islice(file, ROWS_A_CHUNK)):
            sender.send_bytes(parse_edges(lines))
    sender.send_bytes(b"")


def read_edges(path: Path) -> Iterator[EvidenceRow]:
    """The rows of `x_edges.tsv`, parsed in another process while this one stores them."""
    receiver, sender = Pipe(duplex=False)
    process = Process(target=send_edges, args=(path, sender), daemon=True)
    process.start()
    while packed := receiver.recv_bytes():
        yield from starmap(EvidenceRow, marshal.loads(packed))
    process.join()


def read_nodes(path: Path) -> Iterator[Node]:
    """The nodes of `x_nodes.tsv`."""
    with path.open(encoding="utf-8") as file:
        next(file)
        for line in file:
            curie, name, kind = line.rstrip("\n").split("\t")
            yield Node(curie, name, Kind(kind))


def documents(number: int) -> Iterator[Document]:
    """The documents that the edges name."""
    return (Document(f"doc{n:06d}", f"Document {n}", "", country=("US", "CN")[n % 2]) for n in range(number))


def build(folder: Path, facts: int) -> dict[str, Any]:
    """Load the files into a new graph; runs in a process of its own."""
    with open_store(str(folder / "graph"), mode="create") as store:
        nodes, edges = read_nodes(folder / "x_nodes.tsv"), read_edges(folder / "x_edges.tsv")
        rows = store.load(nodes, edges, documents(facts // ROWS_A_DOCUMENT), stamp="bench")
    own, reader = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"rows": rows, "peak_mb": round((own.ru_maxrss + reader.ru_maxrss) / 1024)}


def update(folder: Path, facts: int) -> dict[str, Any]:
    """Re-issue one document in a hundred: half of its rows stay, half are retracted, as many are new."""
    with open_store(str(folder / "graph"), mode="rw") as store:
        wanted = {f"doc{n:06d}" for n in range(0, facts // ROWS_A_DOCUMENT, 100)}
        old: dict[str, list[Evidence]] = {name: [] for name in wanted}
        for name in wanted:
            for fact in store.find_facts(FactQuery(document=name), first=1000).facts:
                rows = store.get_evidence([fact.id], first=1000)[fact.id]
                old[name] += [row for row in rows if row.document == name]
        issued = [reissue(name, rows) for name, rows in sorted(old.items())]
        wall, cpu = time.perf_counter(), time.process_time()
        diffs = store.put(issued, stamp="bench 2")
        seconds = time.perf_counter() - wall, time.process_time() - cpu
        again = time.perf_counter()
        assert not any(diff.time for diff in store.put(issued, stamp="bench 2"))
        again = time.perf_counter() - again
    return {
        "documents": len(issued),
        "facts_added": sum(len(diff.added) for diff in diffs),
        "facts_retracted": sum(len(diff.retracted) for diff in diffs),
        "facts_kept": sum(diff.kept for diff in diffs),
        "wall_s": round(seconds[0], 2),
        "cpu_s": round(seconds[1], 2),
        "same_again_s": round(again, 3),
    }


def reissue(name: str, rows: list[Evidence]) -> Contribution:
    """The second version of a document."""
    rows = sorted(rows, key=lambda row: row.id)
    kept, gone = rows[::2], rows[1::2]
    fresh = []
    for row in gone:
        fact = fact_id(row.object, row.predicate, row.subject)
        quote = f"now {row.quote}"
        id_ = evidence_id(fact, name, row.section, quote, row.extractor, row.assertion, ())
        place = (2, row.section, row.section_title, row.start, row.end, quote, row.extractor, row.score)
        fresh.append(Evidence(id_, fact, row.object, row.predicate, row.subject, name, *place))
    return Contribution(Document(name, f"Document {name}", "", version=2, country="US"), (), (*kept, *fresh))


def reads(folder: Path, nodes: int) -> dict[str, Any]:
    """p50 and p95 of what a server asks for, in microseconds."""
    chance = random.Random(SEED)
    with open_store(str(folder / "graph")) as store:

        def anyone() -> str:
            return f"T:{int(chance.random() * nodes):07d}"

        hub = f"T:{0:07d}"
        names = [node.name for node in store.get_nodes([anyone() for _ in range(200)]) if node]
        deep = store.find_facts(FactQuery(about=hub), first=5000).cursor
        page = store.find_facts(FactQuery(about=hub), first=25)
        ids = [fact.id for fact in page.facts]
        asked: dict[str, Callable[[], object]] = {
            "node by CURIE": lambda: store.get_nodes([anyone()]),
            "100 nodes": lambda: store.get_nodes([anyone() for _ in range(100)]),
            "25 facts about a node": lambda: store.find_facts(FactQuery(about=anyone()), first=25),
            "25 facts about a hub": lambda: store.find_facts(FactQuery(about=hub), first=25),
            "the same, 5,000 facts deep": lambda: store.find_facts(FactQuery(about=hub), first=25, after=deep),
            "25 facts of a hub and predicate": lambda: store.find_facts(
                FactQuery(subject=hub, predicates=USED[3:4]), first=25
            ),
            "25 facts of a predicate": lambda: store.find_facts(FactQuery(predicates=USED[3:4]), first=25),
            "best evidence of 25 facts": lambda: store.get_evidence(ids, first=3),
            "search, whole name": lambda: store.find_nodes(chance.choice(names)),
            "search, two words": lambda: store.find_nodes(" ".join(chance.choice(names).split()[1:])),
            "search, three letters": lambda: store.find_nodes(chance.choice(names)[:3]),
        }
        return {name: percentiles(ask) for name, ask in asked.items()}


def percentiles(ask: Callable[[], object]) -> dict[str, float]:
    """Microseconds at p50 and p95 of half a second of asking, after a warm-up; and of CPU, for busy machines."""
    for _ in range(20):
        ask()
    taken: list[float] = []
    end, cpu = time.perf_counter() + 0.5, time.thread_time()
    while time.perf_counter() < end:
        start = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - start) * 1e6)
    cpu = (time.thread_time() - cpu) / len(taken) * 1e6
    cuts = statistics.quantiles(taken, n=20)
    return {"p50_us": round(cuts[9]), "p95_us": round(cuts[18]), "cpu_us": round(cpu)}


def measured(command: list[str]) -> tuple[dict[str, float], str]:
    """Wall and CPU seconds and peak memory of a command in its own process, and what it printed."""
    start = time.perf_counter()
    errors = None if command[0] == sys.executable else subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command)} failed with status {status}")
    cpu = usage.ru_utime + usage.ru_stime
    return {"wall_s": round(wall, 2), "cpu_s": round(cpu, 2), "peak_mb": round(usage.ru_maxrss / 1024)}, printed


def step(name: str, folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """What a part of this script measures, run in a process of its own."""
    sizes = ["--nodes", str(arguments.nodes), "--facts", str(arguments.facts)]
    command = [sys.executable, __file__, "--folder", str(folder), *sizes, "--step", name]
    figures, printed = measured(command)
    return {**figures, **json.loads(printed.splitlines()[-1])}


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """All figures of one run."""
    write_kgx(folder, arguments.nodes, arguments.facts)
    koza = [str(Path(sys.executable).parent / "koza"), "join", "-n", str(folder / "x_nodes.tsv")]
    koza += ["-e", str(folder / "x_edges.tsv"), "-o", str(folder / "koza.duckdb"), "-q"]
    figures: dict[str, Any] = {"nodes": arguments.nodes, "facts": arguments.facts}
    for turn in range(arguments.rounds):
        shutil.rmtree(folder / "graph", ignore_errors=True)
        (folder / "koza.duckdb").unlink(missing_ok=True)
        runs = {"koza join": measured(koza)[0], "medkg load": step("build", folder, arguments)}
        for name, run in runs.items():
            if turn == 0 or run["wall_s"] < figures[name]["wall_s"]:
                figures[name] = run
    for name, file in (("koza join", "koza.duckdb"), ("medkg load", "graph/graph.sqlite")):
        figures[name]["size_mb"] = round((folder / file).stat().st_size / 2**20)
    ours, theirs = figures["medkg load"], figures["koza join"]
    figures["ratio"] = {key: round(ours[key] / theirs[key], 2) for key in ("wall_s", "cpu_s", "peak_mb", "size_mb")}
    figures["reads"] = step("reads", folder, arguments)["reads"]
    figures["update of 1 %"] = step("update", folder, arguments)
    return figures


_LINE = "{:12s} wall {wall_s:6} s   CPU {cpu_s:6} s   peak {peak_mb:5} MB   size {size_mb:4} MB"


def table(figures: dict[str, Any]) -> Iterable[str]:
    """The figures in lines for people."""
    yield f"{figures['nodes']:,} nodes, {figures['facts']:,} facts with a row of evidence each; best of the rounds"
    for name in ("koza join", "medkg load", "ratio"):
        run = figures[name]
        yield "{:12s} wall {wall_s:6} s   CPU {cpu_s:6} s   peak {peak_mb:5} MB   size {size_mb:4} MB".format(
            name, **run
        )
    yield f"update of 1 %: {figures['update of 1 %']}"
    for name, taken in figures["reads"].items():
        yield f"{name:35s} p50 {taken['p50_us']:7} µs   p95 {taken['p95_us']:7} µs   CPU {taken['cpu_us']:5} µs"


def main() -> None:
    """Run all steps, or one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--nodes", type=int, default=200_000)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2, help="times that both sides are run; the best of each counts")
    parser.add_argument("--folder", type=Path, help="where the files go; a temporary folder by default")
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--step", choices=("build", "update", "reads"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        steps: dict[str, Callable[[], dict[str, Any]]] = {
            "build": lambda: build(arguments.folder, arguments.facts),
            "update": lambda: update(arguments.folder, arguments.facts),
            "reads": lambda: {"reads": reads(arguments.folder, arguments.nodes)},
        }
        print(json.dumps(steps[arguments.step]()))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        figures = measure(folder, arguments)
    if not arguments.json:
        print("\n".join(table(figures)))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
