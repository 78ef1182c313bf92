"""Measures the Reconciliation API over real HTTP: 1,000 names in batches of OpenRefine's size, of ours, and in one.

    python tests/bench/bench_reconcile.py --graph GRAPH [--names 1000] [--json]

The names are taken from the installed lexicon by chance; one in five gets a one-letter typo, one in ten is unknown. The
service runs in a process of its own with the lexicon of KG_HOME; its CPU seconds are told beside the wall seconds.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from ontologies.home import get_home
from ontologies.lexicon import Lexicon

SEED = 11
BATCHES = (10, 200, 1000)


def make_names(lexicon: Lexicon, number: int) -> list[str]:
    """Names by chance: most as they stand, some mistyped, some unknown."""
    chance = random.Random(SEED)
    keys = [key.strip() for key in lexicon._keys if len(key) > 6]
    names = chance.sample(keys, min(number, len(keys)))
    return [change(name, place % 10, chance) for place, name in enumerate(names)]


def change(name: str, sort: int, chance: random.Random) -> str:
    """The name itself, with one letter left out, or turned into something unknown."""
    if sort == 0:
        return "".join(chance.sample(name, len(name)))
    at = chance.randrange(1, len(name))
    return name[:at] + name[at + 1 :] if sort in (1, 2) else name


def ask_all(client: httpx.Client, names: list[str], size: int) -> Iterator[dict[str, Any]]:
    """The answers to all names, asked in batches of `size`."""
    for start in range(0, len(names), size):
        queries = {f"q{n}": {"query": name} for n, name in enumerate(names[start : start + size])}
        answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
        answer.raise_for_status()
        yield from answer.json().values()


def cpu_seconds(pid: int) -> float:
    """CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def measure(graph: Path, number: int) -> dict[str, Any]:
    """Seconds for each size of batch, twice: the second time what is kept in memory helps."""
    names = make_names(Lexicon.open(get_home() / "lexicon"), number)
    command = [sys.executable, "-m", "kg", "serve", "--graph", str(graph), "--port", "0"]
    figures: dict[str, Any] = {"names": len(names)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://[^/]+", process.stdout.readline())
            assert found is not None
            with httpx.Client(base_url=found.group(), timeout=120) as client:
                list(ask_all(client, names[:1], 1))
                for size in BATCHES:
                    wall, cpu = time.perf_counter(), cpu_seconds(process.pid)
                    answers = list(ask_all(client, names, size))
                    matched = sum(any(c["match"] for c in answer["result"]) for answer in answers)
                    figures[f"batches of {size}"] = {
                        "wall_s": round(time.perf_counter() - wall, 2),
                        "cpu_s": round(cpu_seconds(process.pid) - cpu, 2),
                        "matched": matched,
                    }
        finally:
            process.terminate()
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--graph", type=Path, required=True, help="a graph to serve")
    parser.add_argument("--names", type=int, default=1000)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    arguments = parser.parse_args()
    figures = measure(arguments.graph, arguments.names)
    if not arguments.json:
        for name, run in figures.items():
            print(f"{name:20s} {run}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
