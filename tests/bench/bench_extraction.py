"""How fast labels become a graph: `kg build` over real label texts, timed, with the memory that it takes.

    python tests/bench/bench_extraction.py --data ../shared/data [--labels N] [--workers 2] [--spl-repeat 50] [--json]

Prints labels a minute, megabytes of XML and of text a second, processor seconds a label, peak memory, and what follows
for the 45,000 prescription labels of the USA, by the clock and by processor time (what free cores would take).
The second run is over the six real SPL files, repeated under new set ids.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.bench.wrap_labels import wrap_labels

US_LABELS = 45_000
_SET_ID = re.compile(rb'(<setId root=")[^"]+')


def repeat_labels(source: Path, target: Path, times: int) -> tuple[int, int]:
    """Writes each SPL file of `source` `times` over under new set ids; how many, and of how many bytes."""
    labels = size = 0
    for path in sorted(source.glob("*.xml")):
        data = path.read_bytes()
        for number in range(times):
            name = uuid.uuid5(uuid.NAMESPACE_URL, f"medkg:bench/{path.stem}/{number}")
            copy = _SET_ID.sub(rb"\g<1>" + str(name).encode(), data, count=1)
            (target / f"{path.stem}-{number}.xml").write_bytes(copy)
            labels += 1
            size += len(copy)
    return labels, size


class Watch:
    """Memory of a process with its children, and their processor time, looked at ten times a second."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.peak = 0
        self.seconds: dict[int, float] = {}
        self._process = psutil.Process(process.pid)
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while self._process.is_running():
            try:
                family = [self._process, *self._process.children(recursive=True)]
                self.peak = max(self.peak, sum(member.memory_info().rss for member in family))
                for member in family:
                    times = member.cpu_times()
                    self.seconds[member.pid] = times.user + times.system
            except psutil.Error:
                pass
            time.sleep(0.1)

    def join(self) -> None:
        """Wait until the process has ended."""
        self._thread.join(timeout=2)


def run_build(folder: Path, graph: Path, workers: int) -> dict[str, float]:
    """Wall seconds, processor seconds and peak resident megabytes of `kg build`."""
    command = [sys.executable, "-m", "kg", "build", str(folder), "--graph", str(graph), "--workers", str(workers)]
    started = time.perf_counter()
    with (graph.parent / "build.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        watch = Watch(process)
        status = process.wait()
    wall = time.perf_counter() - started
    watch.join()
    if status != 0:
        tail = (graph.parent / "build.log").read_text(errors="replace")[-500:]
        print(f"kg build ended with status {status}: {tail}", file=sys.stderr)
    return {"status": status, "wall_s": wall, "cpu_s": sum(watch.seconds.values()), "peak_mb": watch.peak / 1e6}


def measure(name: str, folder: Path, labels: int, characters: int, workers: int) -> dict[str, float | str]:
    """The figures of one build of `folder`, into a graph that is thrown away."""
    size = sum(path.stat().st_size for path in folder.glob("*.xml"))
    with tempfile.TemporaryDirectory() as place:
        figures = run_build(folder, Path(place) / "graph", workers)
    rate = labels / figures["wall_s"]
    return {
        "run": name,
        "labels": labels,
        "workers": workers,
        **{key: round(value, 2) for key, value in figures.items()},
        "labels_per_minute": round(rate * 60),
        "xml_mb_per_s": round(size / 1e6 / figures["wall_s"], 2),
        "text_mb_per_s": round(characters / 1e6 / figures["wall_s"], 2),
        "cpu_ms_per_label": round(1000 * figures["cpu_s"] / labels, 1),
        "kb_text_per_label": round(characters / labels / 1000, 1),
        "us_labels_minutes": round(US_LABELS / rate / 60, 1),
        "us_labels_minutes_by_cpu": round(US_LABELS * figures["cpu_s"] / labels / max(1, workers) / 60, 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds tac2017-adr and spl-xml")
    parser.add_argument("--labels", type=int, default=0, help="how many of the 1,431 labels (0: all)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--spl-repeat", type=int, default=50, help="how often each real SPL file (0: leave them out)")
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    arguments = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        labels, characters = wrap_labels(arguments.data / "tac2017-adr", folder, limit=arguments.labels)
        results.append(measure("TAC texts as SPL", folder, labels, characters, arguments.workers))
    if arguments.spl_repeat:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            labels, size = repeat_labels(arguments.data / "spl-xml", folder, arguments.spl_repeat)
            results.append(measure("real SPL, repeated", folder, labels, size, arguments.workers))
    for result in results:
        print(json.dumps(result) if arguments.json else "\n".join(f"{key:20} {value}" for key, value in result.items()))


if __name__ == "__main__":
    main()
