"""How long a decision takes to be in the graph: seconds of the command itself on a graph of many evidence rows.

Usage: PYTHONPATH=.:graphql python tests/bench/bench_decisions.py [--rows 100000] [--log 2000] [--json]

The bundled samples are loaded as often as it takes, each time under other document ids; the log holds decisions on
other names already. Timed are decisions and their undoing on names of three sizes, and two concepts that are called
one, from the draft of the line to the graph that is committed. The lexicon is that of KG_HOME.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from extractors.extract import extract
from extractors.model import Extraction
from extractors.sources import read_documents
from kg.assemble import assemble
from kg.curation.desk import Change, Desk
from kg.curation.undoing import undo
from kg.model import Contribution, NameUse
from kg.stores.sqlite import open_store
from ontologies.decisions import Action, Line, open_log
from ontologies.ledger import Ledger
from ontologies.lexicon import Lexicon
from ontologies.model import Decision, Kind, Verdict
from ontologies.registry import open_lexicon
from ontologies.standing import form_of

SAMPLES = Path(__file__).parents[2] / "kg" / "samples"
TARGET = "drugbank:DB00001"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--log", type=int, default=2_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    lexicon = open_lexicon(decided=False)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        rows = _fill(folder / "graph", lexicon, given.rows)
        _decide_others(folder / "home", given.log)
        figures = {"rows": rows, "decisions in the log": given.log, "seconds": _measure(folder, lexicon)}
    if given.json:
        print(json.dumps(figures))
        return
    print(f"{rows:,} rows of evidence, {given.log:,} decisions in the log")
    for what, (wall, cpu, moved) in figures["seconds"].items():
        print(f"  {what:72} {wall:6.3f} s, {cpu:6.3f} s CPU, {moved:6,} documents changed")


def _fill(graph: Path, lexicon: Lexicon, rows: int) -> int:
    read = (document for path in sorted(SAMPLES.iterdir()) for document in read_documents(path.read_bytes()))
    extractions = [extract(document, lexicon) for document in read]
    with open_store(str(graph), mode="create") as store:
        copy = 0
        while store.get_stats().evidence < rows:
            copy += 1
            store.put(_copied(extraction, copy, lexicon) for extraction in extractions)
        return store.get_stats().evidence


def _copied(extraction: Extraction, copy: int, lexicon: Lexicon) -> Contribution:
    document = extraction.document
    renamed = replace(document, id=f"{document.id}-{copy}", content_hash=f"{document.content_hash}-{copy}")
    return assemble(replace(extraction, document=renamed), lexicon)


def _decide_others(home: Path, number: int) -> None:
    said = (Decision("", f"name {n}", None, Verdict.EXACT, TARGET, "", "ann", "") for n in range(number))
    open_log(home=home).append([Line(Action.DECIDE, "ann", decision=one) for one in said])


def _measure(folder: Path, lexicon: Lexicon) -> dict[str, tuple[float, float, int]]:
    figures: dict[str, tuple[float, float, int]] = {}
    with open_store(str(folder / "graph")) as store:
        desk = Desk(lexicon, Ledger(open_log(home=folder / "home")), store, folder / "graph", "bench")
        for what, name, curie in _decisions(list(store.iter_names())):
            kind = None if ":" in name else Kind.DRUG
            figures[f"{what}: {name} is {curie}"] = _timed(lambda: _accept(desk, name, curie, kind))  # noqa: B023
            figures[f"{what}, undone: {name}"] = _timed(lambda: undo(desk))
    return figures


def _decisions(uses: list[NameUse]) -> Iterator[tuple[str, str, str]]:
    """What is decided: a word for it with the rows that it touches, and name and concept, or two concepts."""
    drugs = [use for use in uses if use.node.kind is Kind.DRUG and use.node.aligned]
    rows: Counter[str] = Counter()
    for use in drugs:
        rows[form_of(use.name)] += use.evidence
    drugs.sort(key=lambda use: rows[form_of(use.name)])
    for use in (drugs[0], drugs[len(drugs) // 2], drugs[-1]):
        yield f"name of {rows[form_of(use.name)]:,} rows", use.name, TARGET
    for use in (drugs[len(drugs) // 2], drugs[-1]):
        number = sum(one.evidence for one in drugs if one.node == use.node)
        yield f"two concepts, one of {number:,} rows", use.node.curie, TARGET


def _accept(desk: Desk, name: str, curie: str, kind: Kind | None) -> Change:
    return desk.record([desk.draft(name, Verdict.EXACT, curie, kind=kind)])


def _timed(work: Callable[[], Change]) -> tuple[float, float, int]:
    wall, cpu = time.perf_counter(), time.process_time()
    change = work()
    return time.perf_counter() - wall, time.process_time() - cpu, len(change.graph.diffs)


if __name__ == "__main__":
    main()
