"""Every accuracy figure in one table: each task, each system, on the corpora in a folder.

    python tests/bench/bench_accuracy.py --data ../shared/data [--folds 10] [--only tac2017] [--json]

The lexicon is the compiled one of this computer (KG_HOME). TAC 2017 is measured four ways: the product's own lexicon
alone, a plain dictionary of the other labels' strings, the product with these strings, and the learned tagger.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from extractors.score import Report
from extractors.tasks import Options, run
from ontologies.registry import open_lexicon

#: Task, folder under --data (or of this repository), and the option sets it is measured with.
RUNS: tuple[tuple[str, str, tuple[dict[str, int | str], ...]], ...] = (
    ("tac2017", "tac2017-adr", ({"folds": 0}, {"system": "dictionary"}, {"system": "product"}, {"system": "learned"})),
    ("labeledin", "labeledin", ({},)),
    ("pitt-pi-ddi", "pitt-pi-ddi", ({},)),
    ("inserts-cn", "", ({},)),
)
_INSERTS = Path(__file__).parents[1] / "samples" / "sources" / "insert_cn"


def print_report(report: Report, seconds: float, *, as_json: bool) -> None:
    """One JSON line, or the report's figures without its definitions."""
    if as_json:
        print(json.dumps({**report.as_dict(), "seconds": round(seconds, 1)}, ensure_ascii=False), flush=True)
        return
    print(f"{report.task}, {', '.join(report.settings.values())}: {report.documents} documents, {seconds:.0f} s")
    for metric in report.metrics:
        c = metric.counts
        print(f"  {metric.name:40} P {c.precision:.4f}  R {c.recall:.4f}  F1 {c.f1:.4f}  ({c.tp}/{c.fp}/{c.fn})")
    for error in report.errors[:8]:
        print(f"  {error.count:6}  {error.name}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the corpora")
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--only", default="", help="one task only")
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    arguments = parser.parse_args()
    lexicon = open_lexicon()
    for task, name, choices in RUNS:
        folder = arguments.data / name if name else _INSERTS
        if arguments.only not in ("", task) or not folder.is_dir():
            continue
        for choice in choices:
            started = time.perf_counter()
            options = Options(folds=int(choice.get("folds", arguments.folds)), system=str(choice.get("system", "")))
            report = run(task, folder, lexicon=lexicon, options=options)
            print_report(report, time.perf_counter() - started, as_json=arguments.json)


if __name__ == "__main__":
    main()
