"""Steps a second of the walker, beside a walker in plain Python and, where it is installed, PecanPy (SparseOTF).

    python tests/bench/bench_walker.py [--nodes 20000] [--edges 400000] [--pecanpy]

A graph by chance with weights 1 to 19, walks of 80 from every node, one thread, CPU seconds. PecanPy (CC BY-NC-SA,
needs numpy < 2) is for this bench only, in a virtual environment of its own; it runs once before, to compile.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from bisect import bisect
from collections.abc import Callable, Iterator
from itertools import accumulate

import numpy as np
import torch

from kg.embed.me2vec.adjacency import Adjacency, Edges, make_adjacency
from kg.embed.me2vec.settings import WalkSettings
from kg.embed.me2vec.walking import Walker

SETTINGS = ((4.0, 1.0), (1.0, 1.0), (0.25, 4.0), (4.0, 0.25), (1.0, 0.5))
LENGTH = 80


def make_graph(nodes: int, edges: int) -> Adjacency:
    """A graph by chance."""
    draw = np.random.default_rng(20210312)
    first, second = draw.integers(0, nodes, (2, edges))
    return make_adjacency(Edges(first, second, draw.integers(1, 20, edges).astype(np.float64)), nodes)


def ours(graph: Adjacency, p: float, q: float) -> int:
    """Steps of one walk from every node."""
    walker = Walker(graph, p=p, q=q, device=torch.device("cpu"))
    walks = walker.walk_all(WalkSettings(length=LENGTH, each=1, p=p, q=q), torch.Generator().manual_seed(1))
    return sum(each.numel() for each in walks)


def plain(graph: Adjacency, p: float, q: float, *, starts: int = 300) -> int:
    """Steps of walks by dictionaries, as one writes them over networkx; each next node by all its factors."""
    rows = [
        dict(zip(graph.targets[a:b].tolist(), graph.weights[a:b].tolist(), strict=True))
        for a, b in zip(graph.offsets, graph.offsets[1:], strict=False)
    ]
    draw = random.Random(1)
    return sum(1 for start in range(starts) for _ in _walk(rows, start, p, q, draw))


def _walk(rows: list[dict[int, float]], start: int, p: float, q: float, draw: random.Random) -> Iterator[int]:
    before, now = -1, start
    for _ in range(LENGTH):
        yield now
        near = rows[before] if before >= 0 else {}
        factors = [w / p if x == before else w if x in near or before < 0 else w / q for x, w in rows[now].items()]
        sums = list(accumulate(factors))
        before, now = now, list(rows[now])[bisect(sums, draw.random() * sums[-1])]


def pecanpy(graph: Adjacency, p: float, q: float) -> int:
    """Steps of PecanPy's walks, compiled before."""
    from pecanpy.pecanpy import SparseOTF

    other = SparseOTF(p, q, 1, False, False)
    with tempfile.NamedTemporaryFile("w", suffix=".edg") as file:
        once = graph.sources() < graph.targets
        rows = zip(graph.sources()[once], graph.targets[once], graph.weights[once], strict=True)
        file.writelines(f"{a}\t{b}\t{weight}\n" for a, b, weight in rows)
        file.flush()
        other.read_edg(file.name, True, False)
    other.simulate_walks(1, 3)
    begun = time.process_time()
    steps = sum(map(len, other.simulate_walks(1, LENGTH)))
    print(f"  pecanpy without reading and compiling: {steps / (time.process_time() - begun) / 1e6:6.2f} M steps/s")
    return steps


def measure(name: str, walk: Callable[[], int]) -> None:
    """Prints steps a CPU second."""
    begun = time.process_time()
    steps = walk()
    print(f"  {name:8} {steps / (time.process_time() - begun) / 1e6:6.2f} M steps/s ({steps:,} steps)")


def main() -> None:
    """Measures all settings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=20_000)
    parser.add_argument("--edges", type=int, default=400_000)
    parser.add_argument("--pecanpy", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    graph = make_graph(given.nodes, given.edges)
    print(f"{graph.nodes:,} nodes, {graph.edges:,} edges; making tables is counted")
    for p, q in SETTINGS:
        print(f"p {p}, q {q}")
        measure("ours", lambda p=p, q=q: ours(graph, p, q))  # type: ignore[misc]
        measure("plain", lambda p=p, q=q: plain(graph, p, q))  # type: ignore[misc]
        if given.pecanpy:
            measure("pecanpy", lambda p=p, q=q: pecanpy(graph, p, q))  # type: ignore[misc]


if __name__ == "__main__":
    main()
