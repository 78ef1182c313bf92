"""How fast foreign graphs are imported, per second of this process's own time, and how much memory that takes.

    python tests/bench/bench_imports.py                     # a made-up graph laid out as Hetionet, 100,000 relations
    python tests/bench/bench_imports.py --rows 2000000
    python tests/bench/bench_imports.py --path sider4/      # a graph that you have

Needs the compiled lexicon of KG_HOME (`kg lexicon`). Names of the made-up graph are those of the lexicon, one in ten
misspelt, so that grounding has its usual work; a thing has some 50 relations, as drugs have in such graphs.
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import tempfile
import time
from itertools import islice
from pathlib import Path

from kg.imports.asked import Wishes, ask, run
from kg.imports.model import Imported
from kg.imports.refusals import Refusals
from kg.stores import connect
from ontologies.lexicon import Lexicon
from ontologies.model import CONDITIONS, Kind
from ontologies.registry import open_lexicon

_DEGREE = 50


def make_hetionet(folder: Path, lexicon: Lexicon, rows: int) -> None:
    """Writes nodes.tsv and edges.sif.gz of a graph of that many relations between drugs and conditions."""
    random.seed(7)
    things = {
        "Compound": _names(lexicon, {Kind.DRUG}, max(10, rows // _DEGREE)),
        "Side Effect": _names(lexicon, CONDITIONS, max(10, rows // _DEGREE // 4)),
    }
    with (folder / "nodes.tsv").open("w", encoding="utf-8") as file:
        file.write("id\tname\tkind\n")
        for kind, names in things.items():
            file.writelines(f"{kind}::X{number}\t{name}\t{kind}\n" for number, name in enumerate(names))
    compounds, effects = (len(names) for names in things.values())
    with gzip.open(folder / "edges.sif.gz", "wt", encoding="utf-8", compresslevel=1) as file:
        file.write("source\tmetaedge\ttarget\n")
        for _ in range(rows):
            drug, effect = random.randrange(compounds), random.randrange(effects)
            file.write(f"Compound::X{drug}\tCcSE\tSide Effect::X{effect}\n")


def _names(lexicon: Lexicon, kinds: set[Kind] | frozenset[Kind], count: int) -> list[str]:
    wanted = [kind.value for kind in sorted(kinds)]
    marks = ",".join("?" * len(wanted))
    found = lexicon.database.rows(f"SELECT name FROM concepts WHERE kind IN ({marks}) AND NOT retired", tuple(wanted))
    names = [str(name).replace("\t", " ") for (name,) in islice(found, count)]
    while len(names) < count:
        names.append(f"{random.choice(names)} {len(names)}")
    return [name[:2] + name[3:] if random.random() < 0.1 else name for name in names]


def own_memory() -> float:
    """MiB of this process that are no pages of mapped files, which the system takes back when it likes (Linux)."""
    _, resident, shared = Path("/proc/self/statm").read_text().split()[:3]
    return (int(resident) - int(shared)) * resource.getpagesize() / (1 << 20)


def measure(path: Path, graph: Path, lexicon: Lexicon) -> Imported:
    """What an import did, after its figures were printed."""
    store = connect(graph, mode="create")
    try:
        held: list[float] = []
        begun = time.process_time()
        done = run(ask(path, Wishes()), store, lexicon, Refusals(), on_progress=lambda _: held.append(own_memory()))
        seconds = time.process_time() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{done.rows:,} rows ({done.taken:,} taken) into {done.documents:,} documents, "
            f"{done.unchanged:,} unchanged: {seconds:,.1f} s of CPU, {done.rows / seconds:,.0f} rows a second; "
            f"peak {max(held):,.0f} MiB, with mapped files {peak:,.0f} MiB"
        )
        total = done.found.total() or 1
        print("  sides:", ", ".join(f"{how.value} {number / total:.1%}" for how, number in done.found.most_common()))
        return done
    finally:
        store.close()


def main() -> None:
    """Import once, and again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--path", type=Path)
    options = parser.parse_args()
    lexicon = open_lexicon()
    with tempfile.TemporaryDirectory(prefix="medkg-bench-") as scratch:
        path = options.path or Path(scratch) / "hetionet"
        if not options.path:
            path.mkdir()
            make_hetionet(path, lexicon, options.rows)
        for words in ("first import", "the same again"):
            print(words)
            measure(path, Path(scratch) / "graph", lexicon)


if __name__ == "__main__":
    main()
