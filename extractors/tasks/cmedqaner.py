"""The task `cmedqaner`: medical names in Chinese questions and answers of the web (cMedQANER, in ChineseBLUE).

`cMedQANER_dev.bio.gz` (or _train, by `--system train`): a character and its BIO tag a line, an empty line between
texts. Eleven types are annotated; five are scored, those that the lexicon has kinds for. Nothing is learnt from the
corpus: what is measured is how far the names of the installed terminologies go.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from extractors.errors import CorpusError
from extractors.mentions import find_mentions
from extractors.model import Document
from extractors.note_events import SOURCE
from extractors.score import Counts, ErrorClass, ErrorTally, Metric, Report, count_overlaps, count_sets
from extractors.tasks import Options, find_part
from ontologies.model import Kind

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

TYPES = {
    "disease": (Kind.DISEASE,),
    "symptom": (Kind.FINDING,),
    "drug": (Kind.DRUG, Kind.DRUG_CLASS),
    "test": (Kind.TEST,),
    "treatment": (Kind.PROCEDURE,),
}
_TYPE_OF = {kind: name for name, kinds in TYPES.items() for kind in kinds}


class TypedSpan(NamedTuple):
    """A range of a text and the type of name that stands there."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class TaggedText:
    """A text and the names annotated in it, of all types."""

    id: str
    text: str
    names: tuple[TypedSpan, ...]


def read_tagged(path: Path) -> Iterator[TaggedText]:
    """The texts of a gzipped BIO file; raises CorpusError for a line without a tag."""
    characters: list[str] = []
    names: list[TypedSpan] = []
    count = 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate([*lines, "\n"], start=1):
            character, _, tag = line.rstrip("\n").rpartition(" ")
            if tag:
                _add(names, len(characters), tag, f"{path}, line {number}")
                characters.append(character or " ")
            elif characters:
                count += 1
                yield TaggedText(f"{path.name}:{count}", "".join(characters), tuple(names))
                characters, names = [], []


def _add(names: list[TypedSpan], at: int, tag: str, where: str) -> None:
    begins, _, name = tag.partition("_")
    if begins == "I" and names and names[-1].end == at and names[-1].type == name:
        names[-1] = names[-1]._replace(end=at + 1)
    elif begins in ("B", "I") and name:
        names.append(TypedSpan(at, at + 1, name))
    elif tag != "O":
        raise CorpusError(f"{where}: {tag!r} is no BIO tag; fetch the file anew")


@dataclass(frozen=True, slots=True)
class CMedQaNerTask:
    """Names of five types in texts of the web."""

    name: str = "cmedqaner"
    description: str = "names in Chinese questions and answers by the lexicon alone (cMedQANER: BIO)"

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """The figures of the development part, or with `system` "train" of the training part."""
        part = options.system or "dev"
        path = find_part(folder, "cMedQANER_{}.bio.gz", part)
        texts = list(read_tagged(path))
        found = [_find(text, lexicon) for text in texts]
        gold = [[name for name in text.names if name.type in TYPES] for text in texts]
        metrics = tuple(_metrics(gold, found))
        settings = {"part": part, "words from": "product only"}
        return Report(self.name, len(texts), settings, metrics, _errors(texts, gold, found), unit="texts")


def _find(text: TaggedText, lexicon: Lexicon) -> list[TypedSpan]:
    document = Document(text.id, "", text.text, source=SOURCE, language="zh")
    mentions = find_mentions(document, lexicon)
    return [TypedSpan(m.start, m.end, _TYPE_OF[m.kind]) for m in mentions if m.kind in _TYPE_OF]


def _metrics(gold: list[list[TypedSpan]], found: list[list[TypedSpan]]) -> Iterator[Metric]:
    pairs = list(zip(gold, found, strict=True))
    strict = sum((count_sets(one, other) for one, other in pairs), Counts())
    yield Metric("strict", "names with the same characters and type; micro-averaged", strict)
    spans = sum((count_sets(_spans(one), _spans(other)) for one, other in pairs), Counts())
    yield Metric("any type", "names with the same characters, of whichever of the five types", spans)
    overlapping = sum((count_overlaps(_spans(one), _spans(other)) for one, other in pairs), Counts())
    yield Metric("any type, overlapping", "names that share a character, each paired once", overlapping)
    for name in TYPES:
        of_type = [([n for n in one if n.type == name], [n for n in other if n.type == name]) for one, other in pairs]
        counts = sum((count_sets(one, other) for one, other in of_type), Counts())
        yield Metric(name, "names of this type with the same characters", counts)


def _spans(names: list[TypedSpan]) -> list[tuple[int, int]]:
    return [(name.start, name.end) for name in names]


def _errors(
    texts: list[TaggedText], gold: list[list[TypedSpan]], found: list[list[TypedSpan]]
) -> tuple[ErrorClass, ...]:
    tally = ErrorTally(examples=12)
    for text, wanted, got in zip(texts, gold, found, strict=True):
        for name in wanted:
            if name not in got:
                tally.add(f"missed {name.type}: {_why(name, got)}", text.text[name.start : name.end])
        for name in got:
            if name not in wanted:
                tally.add(f"spurious {name.type}: {_why(name, wanted)}", text.text[name.start : name.end])
    return tally.classes()


def _why(name: TypedSpan, others: list[TypedSpan]) -> str:
    near = [other for other in others if other.start < name.end and name.start < other.end]
    if any((other.start, other.end) == (name.start, name.end) for other in near):
        return "another type"
    return "other boundaries" if near else "nothing there"


TASK = CMedQaNerTask()
