"""Grounding: rates of the exact path and of typos, memory, a million names, and Gilda beside it in one run.

    python tests/bench/bench_grounding.py [--terminology READER=PATH] [--names 1000000]

Without --terminology the starter's drugs are measured. Rates are of one core, in names a CPU second. Gilda
(`pip install 'medkg[bench]'`) is given the same names as terms; nothing is downloaded.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from extractors.tasks.name_lists import NameCase
from extractors.tasks.typo_cases import make_typos
from ontologies.compiled import write_files
from ontologies.ground import Ask, Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.starter.sources import read_sources
from ontologies.terminologies import read_terminology

_OPEN = """
import json, sys, time
from pathlib import Path
import psutil
from ontologies.ground import Ask, Grounder
from ontologies.lexicon import Lexicon
start = time.perf_counter()
grounder = Grounder(Lexicon.open(Path(sys.argv[1])))
first = grounder.ground("condition 2a mede up")
opened = time.perf_counter() - start
names = [f"condition {n:x} mdae up" for n in range(0, 20000, 7)]
start = time.process_time()
right = sum(bool(found.matches) for found in grounder.ground_all(map(Ask, names)))
rate = len(names) / (time.process_time() - start)
print(json.dumps({"open_s": round(opened, 2), "typos_s": round(rate), "answered": round(right / len(names), 3),
                  "rss_mb": round(psutil.Process().memory_info().rss / 1e6)}))
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--terminology", default="")
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2)
    given = parser.parse_args()
    reader, path = _release(given.terminology)
    with tempfile.TemporaryDirectory() as folder:
        info, concepts = read_terminology(reader, path)
        write_files(Path(folder) / "one", [(info, concepts)])
        cases = list(_cases(concepts))
        typos = list(make_typos(random.Random(given.seed).sample(cases, min(8000, len(cases))), seed=given.seed))
        compare(Grounder(Lexicon.open(Path(folder) / "one")), concepts, cases, typos)
        measure_many(Path(folder) / "many", given.names)


def compare(
    grounder: Grounder, concepts: Sequence[Concept], cases: Sequence[NameCase], typos: Sequence[NameCase]
) -> None:
    for label, some in (("exact", cases), ("typos", typos)):
        print("medkg", label, measure(lambda names: list(_answers(grounder, names)), some, grounder.lexicon))
    try:
        ask = make_gilda(concepts)
    except ImportError:
        print("gilda: not installed; pip install 'medkg[bench]'")
        return
    for label, some in (("exact", cases), ("typos", typos)):
        print("gilda", label, measure(lambda names: [ask(name) for name in names], some, grounder.lexicon))


def measure(ground: Callable[[list[str]], list[str]], cases: Sequence[NameCase], lexicon: Lexicon) -> dict[str, float]:
    """Rate, and shares of right and wrong answers: right is a concept that has the name."""
    start = time.process_time()
    answers = ground([case.name for case in cases])
    rate = len(cases) / (time.process_time() - start)
    pairs = [(answer, case.expected) for answer, case in zip(answers, cases, strict=True)]
    right = sum(answer in {lexicon.canonical(one) for one in expected} | expected for answer, expected in pairs)
    wrong = sum(bool(answer) for answer, _ in pairs) - right
    return {"names_s": round(rate), "right": round(right / len(cases), 4), "wrong": round(wrong / len(cases), 4)}


def _answers(grounder: Grounder, names: list[str]) -> Iterator[str]:
    for grounding in grounder.ground_all(map(Ask, names)):
        yield grounding.matches[0].curie if grounding.matches else ""


def make_gilda(concepts: Sequence[Concept]) -> Callable[[str], str]:
    """Gilda's grounder over the same names; asks it for the best match."""
    from gilda.grounder import Grounder as Gilda
    from gilda.process import normalize
    from gilda.term import Term

    terms = []
    for concept in concepts:
        prefix, _, identifier = concept.curie.partition(":")
        names = [("name", concept.name), *(("synonym", one.text) for one in concept.synonyms)]
        terms += [
            Term(normalize(text), text, prefix, identifier, concept.name, status, "ours") for status, text in names
        ]
    gilda = Gilda(terms)

    def ask(name: str) -> str:
        found = gilda.ground(name)
        return f"{found[0].term.db}:{found[0].term.id}" if found else ""

    return ask


def measure_many(folder: Path, names: int) -> None:
    """A lexicon of so many made-up names, three a concept: compiled here, opened in a process of its own."""
    start = time.process_time()
    info = TerminologyInfo("made", "", "Made up", "1", "", "")
    write_files(folder, [(info, make_concepts(names // 3))])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    size = sum(file.stat().st_size for file in folder.rglob("*")) / 1e6
    print(f"{names} names compiled: {time.process_time() - start:.0f} CPU s, peak {peak:.0f} MB, {size:.0f} MB on disk")
    ran = subprocess.run([sys.executable, "-c", _OPEN, str(folder)], capture_output=True, text=True, check=True)
    print(f"{names} names opened:", json.loads(ran.stdout))


def make_concepts(count: int) -> Iterator[Concept]:
    for n in range(count):
        names = (Synonym(f"made-up illness {n:x} of type {n % 97}"), Synonym(f"虚构疾病{n}", language="zh"))
        yield Concept(f"medkg:{n}", f"condition {n:x} made up", Kind.DISEASE, synonyms=names)


def _release(given: str) -> tuple[str, Path]:
    if given:
        reader, _, path = given.partition("=")
        return reader, Path(path)
    drugs = next(source for source in read_sources() if source.name == "drugs")
    return drugs.reader, drugs.path


def _cases(concepts: Sequence[Concept]) -> Iterator[NameCase]:
    owners: dict[str, set[str]] = {}
    for concept in concepts:
        if not concept.deprecated:
            exact = (synonym.text for synonym in concept.synonyms if synonym.scope is Scope.EXACT)
            for name in (concept.name, *exact):
                owners.setdefault(name, set()).add(concept.curie)
    return (NameCase(name, frozenset(curies)) for name, curies in owners.items())


if __name__ == "__main__":
    main()
