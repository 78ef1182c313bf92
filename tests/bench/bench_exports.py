"""Measures exports on a generated graph: facts and evidence rows a second, peak memory, bytes, for each format.

    python tests/bench/bench_exports.py [--facts 20000 100000] [--formats kgx nquads] [--kgx PYTHON] [--folder DIR]

Each export runs in a process of its own; CPU seconds and peak memory are that process's, interpreter start included.
Of the memory, `own_mb` is held at the end without files that are mapped, as that of the graph is: what a graph of any
size needs.
With --kgx, the Python of an environment that has the package kgx, the same edges are also turned by it from its JSON
lines to TSV, streamed and not: that is the nearest thing to an export it has.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extractors.model import Document, Qualifier
from kg.export import write_graph
from kg.export.formats import FORMATS
from kg.export.selection import Selection
from kg.identity import evidence_id, fact_id
from kg.model import Node
from kg.predicates import PREDICATES
from kg.stores.sqlite import open_store
from kg.stores.streams import EvidenceRow
from ontologies.model import Kind

SEED = 7
ROWS_A_DOCUMENT = 100
USED = [name for name, predicate in PREDICATES.items() if not predicate.symmetric][:10]

#: Turns KGX JSON lines into TSV with the package kgx itself; Biolink comes from the package biolink_model, offline.
KGX = """
import sys, json
from pathlib import Path
import biolink_model, bmt.toolkit, requests
base = Path(list(biolink_model.__path__)[0])
class Answer:
    text = "{}"
    json = staticmethod(lambda: {"@context": json.load(open(base / "prefixmaps/biolink_model_prefix_map.json"))})
requests.get = lambda *_, **__: Answer
bmt.toolkit.Toolkit.__init__.__defaults__ = (str(base / "schema/biolink_model.yaml"), "")
from kgx.transformer import Transformer
source, target, stream = sys.argv[1:]
names = [f"{source}/nodes.jsonl", f"{source}/edges.jsonl"]
Transformer(stream=stream == "stream").transform(
    {"filename": names, "format": "jsonl"},
    {"filename": target, "format": "tsv", "node_properties": ["id", "category", "name"],
     "edge_properties": ["id", "subject", "predicate", "object", "medkg"]})
"""


def make_graph(folder: Path, facts: int) -> None:
    """A graph of that many facts with 1.5 rows each; few hubs, many leaves, quotes of 90 characters."""
    chance = random.Random(SEED)
    words = ["".join(chance.choices("abcdefghiklmnoprstuv", k=6)) for _ in range(4000)]
    nodes = [Node(f"mesh:D{n:07}", " ".join(chance.choices(words, k=3)), tuple(Kind)[n % 3]) for n in range(facts // 5)]
    rows = facts * 3 // 2
    documents = (Document(f"d:{n:07}", f"Label {n}", "text " * 200, source="spl", country="US", content_hash=str(n))
                 for n in range(rows // ROWS_A_DOCUMENT + 1))  # fmt: skip

    def evidence() -> Iterator[EvidenceRow]:
        pairs: list[tuple[str, str, str]] = []
        for n in range(rows):
            again = n % 3 == 2
            said = pairs[chance.randrange(len(pairs))] if again else _triple(chance, nodes)
            if not again:
                pairs.append(said)
                del pairs[:-1000]
            yield _row(n, said, " ".join(chance.choices(words, k=13)))

    with open_store(str(folder), mode="create") as store:
        store.load(nodes, evidence(), documents, stamp="bench")


def _triple(chance: random.Random, nodes: list[Node]) -> tuple[str, str, str]:
    subject, object_ = nodes[int(chance.random() ** 3 * len(nodes))], nodes[int(chance.random() ** 2 * len(nodes))]
    return subject.curie, chance.choice(USED), object_.curie


def _row(number: int, said: tuple[str, str, str], quote: str) -> EvidenceRow:
    document, section = f"d:{number // ROWS_A_DOCUMENT:07}", f"34070-{number % 9}"
    qualifiers = (Qualifier("severity", "severe"),) if number % 4 == 0 else ()
    fact = fact_id(*said)
    id_ = evidence_id(fact, document, section, quote, "rule", "present", qualifiers)
    start, score = number % 1000, 0.5 + number % 5 / 10
    return EvidenceRow(
        id_,
        fact,
        *said,
        document,
        1,
        section,
        "Section",
        start,
        start + 90,
        quote,
        "rule",
        score,
        qualifiers=qualifiers,
    )


def measured(command: list[str]) -> dict[str, float]:
    """CPU seconds and peak memory of a command that must end well, and what it tells of itself."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout is not None
    told = child.stdout.read().strip().splitlines()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[:4]} ended with {child.returncode}")
    own = json.loads(told[-1]) if told and told[-1].startswith("{") else {}
    return {"cpu_s": round(used.ru_utime + used.ru_stime, 2), "memory_mb": round(used.ru_maxrss / 1024), **own}


def export(name: str, graph: Path, folder: Path, *, part: bool) -> None:
    """What a measured process does."""
    selection = Selection(predicates=tuple(USED[:5]), min_confidence=0.5) if part else None
    with open_store(str(graph)) as store:
        write_graph(name, store, folder, selection=selection)
        held = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon"))
    print(json.dumps({"own_mb": int(held.split()[1]) >> 10}))


def measure(arguments: argparse.Namespace, facts: int, folder: Path) -> Iterator[dict[str, Any]]:
    """The figures of each format, then those of the part of a graph and of kgx."""
    # In a process of its own: what a parent holds counts as its children's peak memory.
    measured([sys.executable, __file__, "--make", str(folder / "graph"), "--facts", str(facts)])
    with open_store(str(folder / "graph")) as store:
        stats = store.get_stats()
    base = {"facts": stats.facts, "rows": stats.evidence}
    this = [sys.executable, __file__, "--export", str(folder / "graph")]
    yield {**base, "format": "(an empty process)", **measured([sys.executable, "-c", "import kg.stores.sqlite"])}
    for name in arguments.formats:
        out = folder / name
        figures = measured([*this, str(out), "--formats", name])
        size = sum(path.stat().st_size for path in out.iterdir()) >> 10
        yield {**base, "format": name, **figures, "facts_a_s": round(stats.facts / figures["cpu_s"]), "kb": size}
    yield {**base, "format": "jsonl, a part", **measured([*this, str(folder / "part"), "--formats", "jsonl", "--part"])}
    if arguments.kgx and "kgx-jsonl" in arguments.formats:
        for how in ("stream", "store"):
            command = [arguments.kgx, "-c", KGX, str(folder / "kgx-jsonl"), str(folder / f"by-kgx-{how}"), how]
            figures = measured(command)
            named = f"package kgx, {how}"
            yield {**base, "format": named, **figures, "facts_a_s": round(stats.facts / figures["cpu_s"])}


def main() -> None:
    """Print a table, or what one process exports."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--facts", type=int, nargs="+", default=[20_000])
    parser.add_argument("--formats", nargs="+", default=[name for name in FORMATS if name != "hetero"])
    parser.add_argument("--kgx", help="Python of an environment with the package kgx")
    parser.add_argument("--folder", type=Path, help="where the graphs and exports go; a temporary folder otherwise")
    parser.add_argument("--export", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.make:
        make_graph(arguments.make, arguments.facts[0])
        return
    if arguments.export:
        export(arguments.formats[0], *arguments.export, part=arguments.part)
        return
    for facts in arguments.facts:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            for figures in measure(arguments, facts, Path(folder)):
                print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
