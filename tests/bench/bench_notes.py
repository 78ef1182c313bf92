"""Notes a second beside medspaCy's pipeline with the same targets, and how often the two agree.

    python tests/bench/bench_notes.py --peer VENV/bin/python [--data ../shared/data] [--notes 300] [--rounds 3]

The peer (VENV: medspacy 1.3.1) and medkg run in turn, each in a process of its own, over the same notes: mtsamples of
--data, else written ones. Targets are all names of conditions and drugs that the installed lexicon finds in the notes;
medkg runs with a lexicon of these alone and once more with the installed one. Times are seconds of the processor,
without loading; medkg also finds tests, values, doses, starts and allergies in that time. The best round counts.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from extractors.events import Note
from extractors.model import Mention
from extractors.note_events import find_assessed, find_note_events, to_document
from extractors.relations.context import split_document
from ontologies.lexicon import Lexicon
from ontologies.model import CONDITIONS, Concept, Kind
from ontologies.registry import open_lexicon
from written_notes import write_notes

_TARGETS = CONDITIONS | {Kind.DRUG}


def read_notes(data: Path | None, count: int) -> list[str]:
    """The notes: of mtsamples where it is there, else written."""
    path = data / "mtsamples" / "pt_notes.csv.gz" if data else None
    if path is None or not path.exists():
        return write_notes(count)
    csv.field_size_limit(1 << 24)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return [str(row["text"]) for row in csv.DictReader(lines)][:count]


def assessed(note: str, lexicon: Lexicon) -> list[Mention]:
    """The mentions of conditions and drugs in `note`, with their assertions."""
    document = to_document(Note("n", "p", note))
    mentions = find_assessed(document, split_document(document), lexicon)
    return [mention for mention in mentions if mention.kind in _TARGETS and not mention.parts]


def find_targets(notes: list[str], lexicon: Lexicon) -> list[tuple[str, str]]:
    """All names that the lexicon finds in the notes, in small letters, with the kind most often found."""
    counts: dict[str, Counter[str]] = {}
    for note in notes:
        for mention in assessed(note, lexicon):
            counts.setdefault(note[mention.start : mention.end].lower(), Counter())[mention.kind.value] += 1
    return [(name, kinds.most_common(1)[0][0]) for name, kinds in sorted(counts.items())]


def run_ours(task: Path, *, whole: bool) -> dict[str, Any]:
    """What the peer gives too: seconds, and mentions with their assertions."""
    content = json.loads(task.read_text(encoding="utf-8"))
    lexicon = open_lexicon() if whole else _lexicon_of(content["targets"])
    notes = [Note(str(i), "p", text, time="2024-03-10") for i, text in enumerate(content["notes"])]
    list(find_note_events(notes[0], lexicon))
    started = time.process_time()
    count = sum(1 for note in notes for _ in find_note_events(note, lexicon))
    seconds = time.process_time() - started
    found = [[i, m.start, m.end, m.assertion.value] for i, n in enumerate(notes) for m in assessed(n.text, lexicon)]
    return {"seconds": seconds, "found": found, "events": count}


def _lexicon_of(targets: list[tuple[str, str]]) -> Lexicon:
    return Lexicon.of(Concept(f"target:{i}", name, Kind(kind)) for i, (name, kind) in enumerate(targets))


def run(command: list[str]) -> dict[str, Any]:
    """What a process printed as JSON; its own messages go to standard error."""
    result: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return result


def best(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The round with the fewest seconds."""
    return min(rounds, key=lambda each: float(each["seconds"]))


def print_agreement(ours: list[list[Any]], peer: list[list[Any]]) -> None:
    """How many mentions both found, and of those how many with the same assertion."""
    one, two = ({tuple(each[:3]): each[3] for each in found} for found in (ours, peer))
    shared = one.keys() & two.keys()
    pairs = Counter((one[key], two[key]) for key in shared)
    same = sum(number for (a, b), number in pairs.items() if a == b)
    print(f"mentions: medkg {len(one):,}, medspaCy {len(two):,}, both {len(shared):,}")
    print(f"same assertion: {same / max(1, len(shared)):.1%} of those of both")
    for (a, b), number in pairs.most_common(12):
        if a != b:
            print(f"  {number:6,}  medkg {a}, medspaCy {b}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", help="Python of an environment with medspacy")
    parser.add_argument("--data", type=Path, help="folder that holds mtsamples")
    parser.add_argument("--notes", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--whole", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ours:
        json.dump(run_ours(options.ours, whole=options.whole), sys.stdout)
        return
    notes = read_notes(options.data, options.notes)
    targets = find_targets(notes, open_lexicon())
    print(f"{len(notes)} notes of {sum(map(len, notes)) / len(notes):,.0f} characters, {len(targets):,} targets")
    with tempfile.TemporaryDirectory() as folder:
        task = Path(folder) / "task.json"
        task.write_text(json.dumps({"notes": notes, "targets": targets}), encoding="utf-8")
        compare(task, len(notes), options.peer, options.rounds)


def compare(task: Path, count: int, peer: str | None, rounds: int) -> None:
    """Run all sides in turn and print their rates."""
    folder = Path(__file__).parent
    commands = {"medkg": [sys.executable, str(folder / "bench_notes.py"), "--ours", str(task)]}
    commands["medkg, installed lexicon"] = [*commands["medkg"], "--whole"]
    if peer:
        commands["medspaCy"] = [peer, str(folder / "medspacy_notes.py"), str(task)]
    results: dict[str, list[dict[str, Any]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            results[name].append(run(command))
    for name, each in results.items():
        print(f"{name}: {count / best(each)['seconds']:,.1f} notes a CPU second (rounds: {len(each)})")
    if peer:
        ratio = best(results["medspaCy"])["seconds"] / best(results["medkg"])["seconds"]
        print(f"medkg is {ratio:.1f} times as fast")
        print_agreement(results["medkg"][0]["found"], results["medspaCy"][0]["found"])


if __name__ == "__main__":
    main()
