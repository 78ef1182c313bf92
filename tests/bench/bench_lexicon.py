"""Compiling, opening and reading with the lexicon: seconds, memory and MB/s of one core.

    python tests/bench/bench_lexicon.py TEXT [--concepts 200000]

TEXT is any file of label text; the starter terminologies are compiled into a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ontologies.compiled import write_files
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym, TerminologyInfo
from ontologies.registry import open_lexicon

_OPEN = """
import json, sys, time
from pathlib import Path
import psutil
from ontologies.lexicon import Lexicon
before, start = psutil.Process().memory_info().rss, time.perf_counter()
lexicon = Lexicon.open(Path(sys.argv[1]))
lexicon.find("warfarin")
seconds = time.perf_counter() - start
print(json.dumps({"open_s": round(seconds, 3), "rss_mb": round(psutil.Process().memory_info().rss / 1e6),
                  "more_mb": round((psutil.Process().memory_info().rss - before) / 1e6)}))
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("text", type=Path)
    parser.add_argument("--concepts", type=int, default=200_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        start = time.process_time()
        lexicon = open_lexicon(home=home)
        print("starter compiled:", round(time.process_time() - start, 1), "CPU s")
        print("starter opened:", measure_open(home / "lexicon"))
        print("read:", measure_scan(lexicon, given.text.read_text(encoding="utf-8")))
        start = time.process_time()
        info = TerminologyInfo("made", "", "Made up", "1", "", "")
        write_files(home / "made", [(info, make_concepts(given.concepts))])
        print(given.concepts, "concepts compiled:", round(time.process_time() - start, 1), "CPU s")
        print(given.concepts, "concepts opened:", measure_open(home / "made"))


def measure_open(folder: Path) -> dict[str, float]:
    ran = subprocess.run([sys.executable, "-c", _OPEN, str(folder)], capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(ran.stdout)
    return figures


def measure_scan(lexicon: Lexicon, text: str, *, size: int = 60_000, most: int = 6_000_000) -> dict[str, float]:
    """Megabytes a CPU second in pieces of a label's size, the first time and the second."""
    pieces = [text[start : start + size] for start in range(0, min(len(text), most), size)]
    speeds = {}
    for turn in ("cold_mb_s", "warm_mb_s"):
        start = time.process_time()
        hits = sum(len(lexicon.scan(piece)) for piece in pieces)
        speeds[turn] = round(sum(map(len, pieces)) / 1e6 / (time.process_time() - start), 2)
    return {**speeds, "mb": round(sum(map(len, pieces)) / 1e6, 1), "hits": hits}


def make_concepts(count: int) -> Iterator[Concept]:
    for n in range(count):
        names = (Synonym(f"made-up illness {n:x} of type {n % 97}"), Synonym(f"虚构疾病{n}", language="zh"))
        yield Concept(f"medkg:{n}", f"condition {n:x} made up", Kind.DISEASE, synonyms=names, xrefs=(f"umls:C{n:07}",))


if __name__ == "__main__":
    main()
