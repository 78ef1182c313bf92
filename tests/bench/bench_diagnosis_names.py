"""CPU time of reading names of conditions: all readings of each sample name, and the first ones that come.

python tests/bench/bench_diagnosis_names.py
"""

from __future__ import annotations

import time
import tomllib
from itertools import islice
from pathlib import Path

from ontologies.diagnosis_names import find_readings

_SAMPLES = Path(__file__).parents[1] / "samples" / "names" / "diagnosis_names.toml"
_ROUNDS = 20


def cost(names: list[str], most: int | None) -> float:
    """Microseconds of CPU a name for its first `most` readings; None: for all."""
    start = time.process_time()
    for _ in range(_ROUNDS):
        for name in names:
            list(islice(find_readings(name), most))
    return (time.process_time() - start) / _ROUNDS / len(names) * 1e6


def main() -> None:
    """Prints the figures."""
    cases = tomllib.loads(_SAMPLES.read_text(encoding="utf-8"))["case"]
    for language, names in (
        ("Chinese", [case["name"] for case in cases if not case["name"].isascii()]),
        ("English", [case["name"] for case in cases if case["name"].isascii()]),
    ):
        cost(names, 1)
        print(f"{language}: {len(names)} names, first {cost(names, 1):.0f} µs, three {cost(names, 3):.0f} µs, "
              f"all {cost(names, None):.0f} µs")  # fmt: skip


if __name__ == "__main__":
    main()
