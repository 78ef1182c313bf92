"""How long `kg --help` takes as a whole process, beside an empty Python program. Goal: 0.4 s.

Usage: python tests/bench/bench_cli.py [--runs N] [--json]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time


def seconds(arguments: list[str], runs: int) -> dict[str, float]:
    """Least, median and greatest wall seconds of a program."""
    took = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        took.append(time.perf_counter() - started)
    return {"min": min(took), "median": statistics.median(took), "max": max(took)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    empty, shown = seconds(["-c", ""], options.runs), seconds(["-m", "kg", "--help"], options.runs)
    figures = {"empty_program_s": empty, "kg_help_s": shown, "ratio": shown["median"] / empty["median"], "goal_s": 0.4}
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for name, values in (("empty program", empty), ("kg --help", shown)):
        print(f"{name:15} min {values['min']:.3f} s  median {values['median']:.3f} s  max {values['max']:.3f} s")
    print(f"{'ratio':15} {figures['ratio']:.1f} (goal: kg --help within 0.4 s)")


if __name__ == "__main__":
    main()
