"""Measures what grows with a graph: assembly from 1 to 10 M facts, and extraction on a Ray cluster.

    python tests/bench/bench_scale.py load [--facts 1000000 2500000 5000000 10000000] [--nodes 200000]
    python tests/bench/bench_scale.py put [--facts 1000000]
    python tests/bench/bench_scale.py ray LABELS… [--copies 40] [--rounds 2]

- load: a first load of generated rows (few hubs, many leaves, a fifth as many concepts as facts, names and origins, a
  quote of about 90 characters in each, a hundred rows in a document), each size in a process of its own: CPU seconds,
  and the most memory that its processes held together, from /proc ten times a second, without pages of files that the
  system may drop. The process that makes the rows counts for the memory, not for the CPU seconds.
- put: the same rows as documents that come in a build, 200 in a transaction: CPU seconds for each tenth of them.
- ray: the same labels (files or folders) extracted in this process, in one and two worker processes, on Ray with one
  and two; starting Ray and sending the lexicon is told apart. CPU seconds are those of all processes. With --copies
  each label comes so many times, SPL labels as labels of their own: a cluster needs a minute of work to show itself.
Each figure is a line of JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
import marshal
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice, starmap
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from extractors.inputs import iter_items
from extractors.items import Item
from extractors.model import Assertion, Document
from kg.identity import evidence_id, fact_id, with_ids
from kg.model import Contribution, Evidence, Node, Origin
from kg.pipeline import BATCH_DOCUMENTS as BATCH
from kg.pipeline import process
from kg.predicates import PREDICATES
from kg.ray_runner import RayRunner
from kg.runners import LocalRunner, Runner
from kg.stores.sqlite import open_store
from kg.stores.streams import EvidenceRow
from ontologies.model import Kind
from ontologies.pinned import pin
from ontologies.registry import open_lexicon

SEED = 7
ROWS_A_DOCUMENT = 100
ROWS_A_CHUNK = 1000
SIZES = (1_000_000, 2_500_000, 5_000_000, 10_000_000)
USED = tuple(PREDICATES)[:12]
KINDS = tuple(Kind)
RUNNERS = ("local 0", "local 1", "ray 1", "local 2", "ray 2")
#: The set id of an SPL label, up to its value.
SET_ID = re.compile(rb"""(<setId[^>]*\sroot=["'])[^"']+""")
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
    return EvidenceRow._make((*head, Assertion(assertion), qualifiers, country, drug, disease, *origins, None))


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


def put(folder: Path, rows: int, nodes: int) -> dict[str, Any]:
    """Put generated documents, 200 at a time, and tell the CPU seconds of each tenth; runs in a process of its own."""
    tenths = [0.0] * 10
    names, made = [node.name for node in iter_nodes(nodes)], iter_rows(rows, nodes)
    with open_store(str(folder / "graph"), mode="create") as store:
        while batch := list(islice(contributions(made, names), BATCH)):
            part = min(9, int(batch[0].document.id[3:]) * ROWS_A_DOCUMENT * 10 // rows)
            before = time.process_time()
            store.put(batch, stamp="bench")
            tenths[part] += time.process_time() - before
        facts = store.get_stats().facts
    seconds = [round(one, 2) for one in tenths]
    return {"rows": rows, "facts": facts, "tenths_cpu_s": seconds, "bytes": size_of(folder / "graph")}


def contributions(rows: Iterator[tuple[Any, ...]], names: list[str]) -> Iterator[Contribution]:
    """The rows by documents, each with its concepts."""
    while some := list(islice(rows, ROWS_A_DOCUMENT)):
        evidence = tuple(with_ids(Evidence(**evidence_row(*row)._asdict())) for row in some)
        curies = sorted({curie for row in evidence for curie in (row.subject, row.object)})
        nodes = tuple(Node(curie, names[int(curie[2:])], KINDS[int(curie[2:]) % len(KINDS)]) for curie in curies)
        yield Contribution(Document(evidence[0].document, "A document", "", country="US"), nodes, evidence)


def write_copies(inputs: list[Path], folder: Path, copies: int) -> Path:
    """A folder with so many copies of each label, those in SPL under set ids of their own."""
    target = folder / "labels"
    target.mkdir()
    labels = [item for item in iter_items(inputs) if isinstance(item, Item)]
    for number, label in enumerate(labels):
        ending = Path(label.locator).suffix
        for copy in range(copies):
            name = f"{copy:04d}-{number:04d}"
            data = SET_ID.sub(rb"\g<1>" + str(uuid5(NAMESPACE_URL, name)).encode(), label.data)
            (target / f"{name}{ending}").write_bytes(data)
    return target


def extract_all(runner: Runner, inputs: list[Path]) -> dict[str, Any]:
    """Extract the labels and tell what it took; starting processes and opening lexicons counts as `start_s`."""
    pinned, start = pin(open_lexicon()), time.perf_counter()
    work = partial(process, lexicon=runner.share(pinned))
    first = list(iter_items(inputs[:1]))[:1]
    list(runner.run(work, first * 8))
    begun, cpu = time.perf_counter(), family_seconds()
    rows = sum(
        len(part.evidence) for _, one in runner.run(work, iter_items(inputs)) if one for part in one.contributions
    )
    wall, used = time.perf_counter() - begun, family_seconds() - cpu
    return {"rows": rows, "start_s": round(begun - start, 1), "wall_s": round(wall, 2), "cpu_s": round(used, 2)}


def family_seconds() -> float:
    """CPU seconds of this process and of all that run below it, or ran and have ended."""
    import psutil

    mine, used = psutil.Process(), 0.0
    for one in (mine, *mine.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            used += times.user + times.system + times.children_user + times.children_system
    return used


@contextmanager
def runner_named(name: str) -> Iterator[Runner]:
    """`local 0` is this process, `local 2` two processes of it, `ray 2` a Ray cluster of this machine with two."""
    kind, number = name.split()
    if kind == "local":
        yield LocalRunner(int(number))
        return
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_raylet_start_wait_time_s": "300"}
    import ray

    ray.init(num_cpus=int(number), include_dashboard=False, log_to_driver=False)
    try:
        yield RayRunner(same_machine=True)
    finally:
        ray.shutdown()


def run_named(name: str, inputs: list[Path], folder: Path, copies: int) -> dict[str, Any]:
    """What extraction takes on one runner; runs in a process of its own."""
    inputs = [write_copies(inputs, folder, copies)] if copies else inputs
    with runner_named(name) as runner:
        return extract_all(runner, inputs)


class Watch(threading.Thread):
    """Looks at the memory of a process and of those that it started, until told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.peak = 0

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
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return figures | found


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=("load", "put", "ray", *STEPS))
    parser.add_argument("labels", nargs="*", type=Path, help="with ray: what is extracted")
    parser.add_argument("--facts", type=int, nargs="+")
    parser.add_argument("--nodes", type=int, help="concepts; a fifth of the facts by default")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--copies", type=int, default=0, help="with ray: how often each label comes")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--runner", help=argparse.SUPPRESS)
    asked = parser.parse_intermixed_args()
    if asked.what in STEPS:
        print(json.dumps(STEPS[asked.what](asked)))
    elif asked.what == "ray":
        for name in RUNNERS * asked.rounds:
            options = (*asked.labels, "--runner", name, "--copies", asked.copies)
            print(json.dumps({"runner": name} | step("one-ray", *options)), flush=True)
    else:
        for facts in asked.facts or (SIZES if asked.what == "load" else SIZES[:1]):
            sizes = ("--facts", facts, "--nodes", asked.nodes or facts // 5)
            print(json.dumps(step(f"one-{asked.what}", *sizes)), flush=True)


STEPS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "one-load": lambda asked: load(asked.folder, asked.facts[0], asked.nodes),
    "one-put": lambda asked: put(asked.folder, asked.facts[0], asked.nodes),
    "one-ray": lambda asked: run_named(asked.runner, asked.labels, asked.folder, asked.copies),
}


if __name__ == "__main__":
    main()
