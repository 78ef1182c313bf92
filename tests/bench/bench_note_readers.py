"""How fast notes and C-CDA documents become rows, and whether memory stays flat when the table is 20 times as long.

    python tests/bench/bench_note_readers.py --data ../shared/data [--times 20]

Seconds are those of the processor (time.process_time); memory is the peak of the Python heap (tracemalloc), in a run
of its own, since tracing slows reading down.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from extractors.places import iter_places
from extractors.sources import find_record_source


def read_all(path: Path) -> Counter[str]:
    """How many rows of each kind are read."""
    counts: Counter[str] = Counter()
    for place in iter_places([path], lambda place: find_record_source(place) is not None):
        if source := find_record_source(place):
            counts.update(type(row).__name__ for row in source.read(place))
    return counts


def repeated(table: Path, folder: Path, times: int) -> Path:
    """The table with each row `times` times."""
    csv.field_size_limit(1 << 24)
    target = folder / f"notes_{times}.csv"
    with gzip.open(table, "rt", encoding="utf-8", newline="") as source:
        head, *rows = csv.reader(source)
    with target.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([head, *(row for _ in range(times) for row in rows)])
    return target


def measure(path: Path, unit: str) -> None:
    """Print the figures of one path."""
    started = time.process_time()
    counts = read_all(path)
    seconds = time.process_time() - started
    tracemalloc.start()
    read_all(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{path.name}: {dict(counts)}")
    print(f"  {seconds:.2f} s, {counts[unit] / seconds:,.0f} {unit} a second, peak {peak / 1e6:.1f} MB", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds ccda and mtsamples")
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    measure(options.data / "ccda", "Person")
    with tempfile.TemporaryDirectory() as folder:
        for times in (1, options.times):
            measure(repeated(options.data / "mtsamples" / "pt_notes.csv.gz", Path(folder), times), "Note")


if __name__ == "__main__":
    main()
