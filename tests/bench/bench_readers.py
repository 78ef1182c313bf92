"""Reading big releases: CPU seconds and peak memory of one process, on releases made up to a number of rows.

    python tests/bench/bench_readers.py [--rows 1000000] [--reader umls] [--reader snomed]

Rows are those of MRCONSO (with a third as many concepts, a type each and two relations for three of them), or of the
descriptions of SNOMED CT. First the concepts are read and let go, then read and kept as `kg terminology add` does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from ontologies.rf2 import has_check_digit

_NAMES = 3
_READ = """
import json, resource, sys, time
from collections import deque
from pathlib import Path
from ontologies.terminologies import get_terminology, read_terminology
name, path, kept = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "kept"
start = time.process_time()
if kept:
    concepts = read_terminology(name, path)[1]
else:
    deque(get_terminology(name).read_concepts(path), maxlen=0)
seconds = time.process_time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"cpu_s": round(seconds, 1), "peak_mb": peak, **({"concepts": len(concepts)} if kept else {})}))
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--reader", choices=_MAKERS, action="append")
    given = parser.parse_args()
    for name in given.reader or _MAKERS:
        with tempfile.TemporaryDirectory() as folder:
            _MAKERS[name](Path(folder), given.rows)
            size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
            print(f"{name}: {given.rows:,} rows of names, {size / 1e6:.0f} MB in all")
            for how in ("let go", "kept"):
                print(f"  {how}:", measure(name, Path(folder), how))


def measure(name: str, path: Path, how: str) -> dict[str, float]:
    command = [sys.executable, "-c", _READ, name, str(path), how]
    figures: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return figures


def make_umls(folder: Path, rows: int) -> None:
    count = rows // _NAMES
    names = (
        f"C{n:07}|{'CHI' if k == 2 else 'ENG'}|{'S' if k else 'P'}|L{n}{k}|PF|S{n}{k}|Y|A{n}{k}||||{source}|PT|{n}|"
        f"made-up condition {n:x} said in way {k}|0|N||\n"
        for n in range(1, count + 1)
        for k, source in enumerate(("MSH", "SNOMEDCT_US", "MTH"))
    )
    write(folder / "MRCONSO.RRF", names)
    write(folder / "MRSTY.RRF", (f"C{n:07}|T047|B2.2.1.2.1|Disease or Syndrome|AT{n}||\n" for n in range(1, count + 1)))
    relations = (
        f"C{n:07}|A{n}0|AUI|{relation}|C{n // 2:07}|A{n // 2}0|AUI||R{n}||MSH|MSH|||N||\n"
        for n in range(2, count + 1)
        for relation in (("PAR",), ("PAR", "RO"), ())[n % 3]
    )
    write(folder / "MRREL.RRF", relations)


def make_snomed(folder: Path, rows: int) -> None:
    concepts = list(make_ids(rows // _NAMES, "00"))
    codes = iter(make_ids(rows, "01"))
    row = "{}\t20990131\t1\t900000000000207008\t"
    heads = "id\teffectiveTime\tactive\tmoduleId\t"
    write(
        folder / "sct2_Concept_Snapshot_INT_20990131.txt",
        chain([f"{heads}definitionStatusId\n"], (row.format(code) + "900000000000074008\n" for code in concepts)),
    )
    names = (
        row.format(next(codes))
        + f"{code}\ten\t{'900000000000013009' if k else '900000000000003001'}\tmade-up {n:x}, way {k} (disorder)\t0\n"
        for n, code in enumerate(concepts)
        for k in range(_NAMES)
    )
    head = f"{heads}conceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId\n"
    write(folder / "sct2_Description_Snapshot-en_INT_20990131.txt", chain([head], names))
    relations = (
        row.format(code) + f"{concepts[n]}\t{concepts[n // 2]}\t0\t116680003\t0\t0\n"
        for n, code in enumerate(make_ids(len(concepts), "02"))
        if n
    )
    head = f"{heads}sourceId\tdestinationId\trelationshipGroup\ttypeId\tcharacteristicTypeId\tmodifierId\n"
    write(folder / "sct2_Relationship_Snapshot_INT_20990131.txt", chain([head], relations))


def make_ids(count: int, partition: str) -> Iterator[str]:
    """Identifiers of SNOMED CT's form, with their check digits."""
    for n in range(1000, 1000 + count):
        stem = f"{n}{partition}"
        yield next(stem + digit for digit in "0123456789" if has_check_digit(stem + digit))


def write(path: Path, lines: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines)


_MAKERS: dict[str, Callable[[Path, int], None]] = {"umls": make_umls, "snomed": make_snomed}


if __name__ == "__main__":
    main()
