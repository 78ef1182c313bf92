"""How fast a curator can be: drives the real review over a pty and prints latency a card and keys a decision.

    python tests/bench/bench_review.py [GRAPH]

Without a GRAPH, one of the bundled samples is made. The lexicon is that of the home folder (KG_HOME), compiled first
where there is none; decisions go to a home of their own.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from curator_terminal import CuratorTerminal, curator_terminal
from curators import curator_home, make_demo_graph
from kg_command import Kg
from ontologies.home import get_home
from ontologies.registry import open_lexicon

#: What a curator presses: mostly one key, now and then another candidate first, a rejection, a skip.
KEYS = ("e", "0", "e", "2e", "u", "0", "x", "e", "b", "s")
CARDS = 60
READY = "? keys"


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        compiled = get_home()
        open_lexicon(home=compiled)
        graph = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else make_demo_graph(compiled, folder)
        home = folder / "home" if (folder / "home").exists() else curator_home(compiled, folder)
        environment = {**Kg(home, folder).environment, "KG_GRAPH": str(graph)}
        words = ("align", "review", "--status", "all", "--author", "bench")
        begun = time.perf_counter()
        with curator_terminal(*words, environment=environment, folder=folder) as terminal:
            terminal.wait_for(READY)
            first = time.perf_counter() - begun
            taken = [_press(terminal, keys) for keys, _ in zip(cycle(KEYS), range(CARDS), strict=False)]
            told = terminal.press("q", until="a minute")
    taken.sort()
    print(f"first card after {first:.2f} s; then {len(taken)} cards, from key to the next card:")
    print(f"  median {statistics.median(taken) * 1e3:.0f} ms, p95 {taken[int(len(taken) * 0.95)] * 1e3:.0f} ms")
    print(f"  longest {taken[-1] * 1e3:.0f} ms; goal: 100 ms")
    print(" ".join(told.split()))


def _press(terminal: CuratorTerminal, keys: str) -> float:
    begun = time.perf_counter()
    for key in keys:
        terminal.press(key, until=READY)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
