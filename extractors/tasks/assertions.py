"""The task `assertions`: sentences written for the purpose, each with names and what it says of them.

Files `assertions_en.jsonl` and `assertions_zh.jsonl`: one object a line with `text`, `says` (pairs of a name and its
assertion) and `part`. The part `held-out` was written before the part `tuning` and before any rule was changed for it;
rules may be changed for general errors that `tuning` shows, never for `held-out`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.assertion import assess
from extractors.errors import CorpusError
from extractors.model import Assertion, Document, Mention
from extractors.note_events import SOURCE
from extractors.score import Counts, ErrorTally, Metric, Report
from extractors.sentences import split_sentences
from extractors.tasks import Options
from ontologies.model import Kind

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

_EVERY = "all assertions of the part: right ones among all, so that precision, recall and F1 are the accuracy"
_ONE = "names of the held-out part that the sentence says this of, both languages together"


@dataclass(frozen=True, slots=True)
class SaidCase:
    """A sentence of a note, the names in it, and what it says of each."""

    text: str
    says: tuple[tuple[str, Assertion], ...]
    part: str
    language: str


def read_cases(path: Path) -> list[SaidCase]:
    """The sentences of `path`, a file or a folder of them; raises CorpusError for none or a bad line."""
    files = sorted(path.glob("assertions_*.jsonl")) if path.is_dir() else [path]
    cases = [case for file in files for case in _read_file(file)]
    if not cases:
        raise CorpusError(f"{path} holds no assertions_*.jsonl; give the folder or one of the files")
    return cases


def _read_file(path: Path) -> Iterator[SaidCase]:
    language = path.stem.rpartition("_")[2]
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            says = tuple((str(name), Assertion(said)) for name, said in row["says"])
            yield SaidCase(row["text"], says, row["part"], language)
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{path}, line {number}: needs text, says and part ({error}); mend the line") from error


def find_said(case: SaidCase) -> list[Assertion]:
    """What the rules make of each name of `case`, in their order."""
    document = Document("sentence", "", case.text, source=SOURCE, language=case.language)
    mentions = []
    for name, _ in case.says:
        start = case.text.index(name)
        mentions.append(Mention(start, start + len(name), name, Kind.FINDING))
    sentences = split_sentences(case.text, 0, len(case.text), case.language)
    return [mention.assertion for mention in assess(document, sentences, mentions)]


@dataclass(frozen=True, slots=True)
class AssertionTask:
    """Assertion of given names in single sentences."""

    name: str = "assertions"
    description: str = "what sentences of notes say of the names in them, English and Chinese (JSON lines)"

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """The figures of both parts; neither the lexicon nor `options` change them, since the names are given."""
        cases = read_cases(folder)
        parts: defaultdict[str, Counts] = defaultdict(Counts)
        kinds: defaultdict[Assertion, Counts] = defaultdict(Counts)
        tally = ErrorTally(examples=40)
        for case in cases:
            for (name, wanted), found in zip(case.says, find_said(case), strict=True):
                parts[f"{case.language} {case.part}"] += _count(right=wanted is found)
                if case.part == "held-out":
                    kinds[wanted] += Counts(wanted is found, 0, wanted is not found)
                    kinds[found] += Counts(0, wanted is not found, 0)
                if wanted is not found:
                    tally.add(f"{case.part}: {wanted} taken for {found}", f"[{name}] {case.text}")
        metrics = [Metric(part, _EVERY, counts) for part, counts in sorted(parts.items())]
        metrics += [Metric(kind.value, _ONE, kinds[kind]) for kind in Assertion]
        settings = {"system": "rules", "names": "given"}
        return Report(self.name, len(cases), settings, tuple(metrics), tally.classes(), unit="sentences")


def _count(*, right: bool) -> Counts:
    return Counts(1, 0, 0) if right else Counts(0, 1, 1)


TASK = AssertionTask()
