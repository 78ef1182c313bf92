"""Measures what grows with a graph: assembly from 1 to 10 M facts, and extraction on a Ray cluster.

    python tests/bench/bench_scale.py load [--facts 1000000 2500000 5000000 10000000] [--nodes 200000] [--json]
    python tests/bench/bench_scale.py put [--documents 10000 --rows 100] [--json]
    python tests/bench/bench_scale.py ray LABELS… [--rounds 2] [--json]

- load: a first load of generated rows (few hubs, many leaves, a quote of about 90 characters in each, a hundred rows in
  a document), each size in a process of its own: CPU seconds for a million facts, and the most memory that its
  processes held together, from /proc ten times a second, without pages of files that the system may drop.
- put: the same rows as documents that come in a build, 200 in a transaction: CPU seconds for each tenth of them.
- ray: the extraction of the same labels in this process, in one and two worker processes, on Ray with one and two.
"""

from __future__ import annotations

import argparse
import gc
import json
import marshal
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice, starmap
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from extractors.model import Assertion, Document
from kg.identity import evidence_id, fact_id
from kg.model import Contribution, Evidence, Node, Origin
from kg.predicates import PREDICATES
from kg.stores.sqlite import open_store
from kg.stores.streams import EvidenceRow
from ontologies.model import Kind

SEED = 7
ROWS_A_DOCUMENT = 100
ROWS_A_CHUNK = 1000
SIZES = (1_000_000, 2_500_000, 5_000_000, 10_000_000)
USED = tuple(PREDICATES)[:12]
KINDS = tuple(Kind)
#: How often memory is looked at.
TICK = 0.1


def make_words() -> list[str]:
    """Four thousand words."""
    chance = random.Random(SEED)
    syllables = [a + b for a in "bcdfghklmnprstv" for b in "aeiou"]
    return ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(4000)]


def iter_nodes(nodes: int) -> Iterator[Node]:
    """The concepts, each with three words for a name."""
    chance, words = random.Random(SEED), make_words()
    for n in range(nodes):
        yield Node(f"T:{n:07d}", " ".join(chance.choices(words, k=3)), KINDS[n % len(KINDS)])


def iter_rows(rows: int, nodes: int) -> Iterator[tuple[Any, ...]]:
    """Fields of `EvidenceRow`: few hubs, many leaves, quotes of about 90 characters that never come twice."""
    chance, words = random.Random(SEED), make_words()
    quotes = [" ".join(chance.choices(words, k=14))[:80] for _ in range(20_000)]
    for n in range(rows):
        subject, object_ = (f"T:{int(chance.random() ** power * nodes):07d}" for power in (3, 2))
        predicate, document, section = USED[n % 12], f"doc{n // ROWS_A_DOCUMENT:07d}", f"34070-{n % 9}"
        quote = f"{quotes[chance.randrange(20_000)]} {n:09d}"
        fact = fact_id(subject, predicate, object_)
        id_ = evidence_id(fact, document, section, quote, "rule", "present", ())
        head = (id_, fact, subject, predicate, object_, document, 1, section, f"Section {n % 9}")
        said = (n % 1000, n % 1000 + 90, quote, "rule", 0.5 + n % 5 / 10)
        yield (*head, *said, "present", (), "", f"drug {subject[2:]}", f"disease {object_[2:]}", subject, object_)


def iter_documents(rows: int) -> Iterator[Document]:
    """The documents that the rows name."""
    for n in range(-(-rows // ROWS_A_DOCUMENT)):
        yield Document(f"doc{n:07d}", f"Document {n}", "", country=("US", "CN")[n % 2])


def send_rows(rows: int, nodes: int, sender: Connection) -> None:
    """Make the rows and send them chunk by chunk, an empty one at the end; runs in a process of its own."""
    gc.disable()
    made = iter_rows(rows, nodes)
    while chunk := list(islice(made, ROWS_A_CHUNK)):
        sender.send_bytes(marshal.dumps(chunk))
    sender.send_bytes(b"")


def receive_rows(rows: int, nodes: int) -> Iterator[EvidenceRow]:
    """The rows, made in another process while this one stores them."""
    receiver, sender = Pipe(duplex=False)
    process = Process(target=send_rows, args=(rows, nodes, sender), daemon=True)
    process.start()
    while packed := receiver.recv_bytes():
        yield from starmap(evidence_row, marshal.loads(packed))
    process.join()


def evidence_row(*fields: Any) -> EvidenceRow:
    """A row from its plain fields, which end with the CURIEs that its names were extracted as."""
    *head, assertion, qualifiers, country, drug, disease, subject, object_ = fields
    origins = Origin(Kind.DRUG, subject), Origin(Kind.DISEASE, object_)
    return EvidenceRow(*head, Assertion(assertion), qualifiers, country, drug, disease, *origins)


def load(folder: Path, rows: int, nodes: int) -> dict[str, Any]:
    """Load generated rows into a new graph; runs in a process of its own."""
    with open_store(str(folder / "graph"), mode="create") as store:
        kept = store.load(iter_nodes(nodes), receive_rows(rows, nodes), iter_documents(rows), stamp="bench")
        facts = store.get_stats().facts
    return {"rows": kept, "facts": facts, "cpu_s": cpu_seconds(), "bytes": size_of(folder / "graph")}


def cpu_seconds() -> float:
    """CPU seconds of this process, without those of the one that makes the rows."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return round(used.ru_utime + used.ru_stime, 2)


def size_of(folder: Path) -> int:
    """Bytes of the files of a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())


def put(folder: Path, documents: int, rows: int) -> dict[str, Any]:
    """Put generated documents, 200 at a time, and tell the CPU seconds of each tenth; runs in a process of its own."""
    tenths: list[float] = []
    nodes = max(1000, documents * rows // 5)
    names = [node.name for node in iter_nodes(nodes)]
    made = iter_rows(documents * rows, nodes)
    with open_store(str(folder / "graph"), mode="create") as store:
        for first in range(0, documents, 200):
            batch = [
                contribution(n, list(islice(made, rows)), names) for n in range(first, min(first + 200, documents))
            ]
            before = time.process_time()
            store.put(batch, stamp="bench")
            part = first * 10 // documents
            tenths += [0.0] * (part + 1 - len(tenths))
            tenths[part] += time.process_time() - before
        facts = store.get_stats().facts
    seconds = [round(one, 2) for one in tenths]
    return {"rows": documents * rows, "facts": facts, "tenths_cpu_s": seconds, "bytes": size_of(folder / "graph")}


def contribution(number: int, rows: list[tuple[Any, ...]], names: list[str]) -> Contribution:
    """A document with its rows and concepts."""
    id_ = f"put{number:07d}"
    evidence = tuple(Evidence(*row[:5], id_, *row[6:]) for row in rows)
    curies = sorted({curie for row in evidence for curie in (row.subject, row.object)})
    nodes = tuple(Node(curie, names[int(curie[2:])], KINDS[int(curie[2:]) % len(KINDS)]) for curie in curies)
    return Contribution(Document(id_, f"Document {number}", "", country="US"), nodes, evidence)


class Watch(threading.Thread):
    """Looks at the memory of a process and of those that it started, until told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.peak = 0
        self.samples: list[int] = []

    def run(self) -> None:
        """See above."""
        import psutil

        while not self._over.wait(TICK):
            try:
                mine = psutil.Process(self._pid)
                held = sum(own_memory(one.pid) for one in (mine, *mine.children(recursive=True)))
            except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
                continue
            self.peak = max(self.peak, held)

    def stop(self) -> int:
        """The most bytes that they held together."""
        self._over.set()
        self.join()
        return self.peak


def own_memory(pid: int) -> int:
    """Bytes that a process holds for itself: resident, without pages of files."""
    kept = ("RssAnon:", "RssShmem:")
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(kept))


def step(name: str, *options: object) -> dict[str, Any]:
    """What a part of this script measures, run in a process of its own, with its memory and wall time."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, name, "--folder", folder, *map(str, options)]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        watch = Watch(process.pid)
        watch.start()
        printed, _ = process.communicate()
        figures: dict[str, Any] = {"wall_s": round(time.perf_counter() - start, 1), "peak_mb": watch.stop() >> 20}
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with status {process.returncode}")
    return figures | json.loads(printed.splitlines()[-1])


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=("load", "put", "ray", "one-load"))
    parser.add_argument("--facts", type=int, nargs="+", default=SIZES)
    parser.add_argument("--nodes", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    a = parser.parse_args()
    if a.what == "one-load":
        print(json.dumps(load(a.folder, a.facts[0], a.nodes)))
        return
    for facts in a.facts:
        print(json.dumps(step("one-load", "--facts", facts, "--nodes", a.nodes or facts // 5)), flush=True)


if __name__ == "__main__":
    main()
