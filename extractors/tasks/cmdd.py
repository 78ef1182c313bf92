"""The task `cmdd`: what Chinese dialogues of parents and paediatricians say of symptoms (CMDD, in ChineseBLUE).

`CMDD_dev.jsonl.gz` (or _train, by `--system train`): one dialogue a line, in each utterance spans of symptoms (BIO),
their normalised names and a status for the patient: 1 has it, 2 has it not, 3 not known. What is scored is the status
of the annotated mentions, beside the mentions that the product finds itself.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractors.assertion import assess
from extractors.dialogues import Speaker, Turn, assess_dialogue
from extractors.errors import CorpusError
from extractors.mentions import find_mentions
from extractors.model import Assertion, Document, Mention
from extractors.note_events import SOURCE
from extractors.score import Counts, ErrorTally, Metric, Report, add_counts, count_overlaps, count_sets
from extractors.sentences import split_sentences
from extractors.tasks import Options, find_part
from ontologies.model import Kind, Match

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

STATUS = {"1": "true", "2": "false", "3": "uncertain"}
_OF_ASSERTION = {Assertion.PRESENT: "true", Assertion.HISTORICAL: "true", Assertion.NEGATED: "false"}
_DENIAL = re.compile("没有?|不|无")
_LACK = re.compile("[不软差少厌无]")
_SYMPTOMS = frozenset({Kind.FINDING, Kind.DISEASE})


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A dialogue, its turns, the annotated mentions and the status of each."""

    document: Document
    turns: tuple[Turn, ...]
    mentions: tuple[Mention, ...]
    statuses: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    """The annotated spans as they are; those of `mentions` leave a denial in front out."""


def read_dialogues(path: Path) -> Iterator[Dialogue]:
    """The dialogues of a gzipped file of JSON lines; utterances whose annotation does not fit have no mentions."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                yield _read_dialogue(row["file"], row["dialogue"]["dialogue-content"])
            except (ValueError, KeyError) as error:
                raise CorpusError(
                    f"{path}, line {number}: no dialogue of CMDD ({error}); fetch the file anew"
                ) from error


def _read_dialogue(name: str, utterances: list[dict[str, Any]]) -> Dialogue:
    text, turns, mentions, statuses, spans = "", [], [], [], []
    for one in utterances:
        start, said = len(text), one["sentence"]
        text += said + "\n"
        speaker = Speaker.PATIENT if one["speaker"] == "患者" else Speaker.CLINICIAN
        turns.append(Turn(start, start + len(said), speaker))
        found = list(re.finditer("BI*", one["label"]))
        if len(found) == len(one["type"]) and len(one["label"]) == len(said):
            for span, symptom, status in zip(found, one["normalized"], one["type"], strict=True):
                mentions.append(_mention(said, span, start, symptom))
                statuses.append(STATUS[status])
                spans.append((start + span.start(), start + span.end()))
    document = Document(f"cmdd:{name}", name, text, source=SOURCE, language="zh")
    return Dialogue(document, tuple(turns), tuple(mentions), tuple(statuses), tuple(spans))


def _mention(said: str, span: re.Match[str], offset: int, symptom: str) -> Mention:
    """The mention as the lexicon would find it: of 没有痰 for 痰 the denial stands before it."""
    low, denial = span.start(), _DENIAL.match(said, span.start(), span.end() - 1)
    if denial and not _LACK.search(symptom):
        low = denial.end()
    match = Match(f"cmdd:{symptom}", symptom, Kind.FINDING, 1.0, "annotated", symptom)
    return Mention(offset + low, offset + span.end(), said[low : span.end()], Kind.FINDING, match)


@dataclass(frozen=True, slots=True)
class CmddTask:
    """Status of symptoms in dialogues."""

    name: str = "cmdd"
    description: str = "symptoms that Chinese dialogues affirm, deny or leave open (CMDD: JSON lines)"

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """The figures of the development part (`system` "train": of the training part, on which rules are tuned)."""
        part = options.system or "dev"
        path = find_part(folder, "CMDD_{}.jsonl.gz", part)
        dialogues = list(read_dialogues(path))
        found = [find_mentions(one.document, lexicon) for one in dialogues]
        tally = ErrorTally(examples=12)
        scores = [_score(one, tally) for one in dialogues]
        counts = sum((Counter(dict(each)) for each in scores), Counter())
        metrics = (*_status_metrics(counts), *_mention_metrics(dialogues, found))
        settings = {"part": part, "mentions": "annotated, with their normalised names"}
        return Report(self.name, len(dialogues), settings, metrics, tally.classes(), unit="dialogues")


def _score(one: Dialogue, tally: ErrorTally) -> Counter[tuple[str, str, str]]:
    """How often each status was taken for each, by the sentence alone and by the whole dialogue."""
    text = one.document.text
    spans = [span for turn in one.turns for span in split_sentences(text, turn.start, turn.end, "zh")]
    said = {
        "sentence": assess(one.document, spans, one.mentions),
        "dialogue": assess_dialogue(one.document, one.turns, one.mentions),
    }
    counts: Counter[tuple[str, str, str]] = Counter()
    for system, mentions in said.items():
        for mention, gold in zip(mentions, one.statuses, strict=True):
            status = _OF_ASSERTION.get(mention.assertion, "uncertain")
            counts[system, gold, status] += 1
            if system == "dialogue" and status != gold:
                where = text[text.rfind("\n", 0, mention.start) + 1 : text.find("\n", mention.end)]
                tally.add(f"{gold} taken for {status}", f"[{mention.text}] {where}")
    return counts


def _status_metrics(counts: Counter[tuple[str, str, str]]) -> Iterator[Metric]:
    for system, means in (("sentence", "its sentence alone"), ("dialogue", "the whole dialogue")):
        by_status: defaultdict[str, Counts] = defaultdict(Counts)
        for (name, gold, status), number in counts.items():
            if name == system:
                by_status[gold] += Counts(number, 0, 0) if gold == status else Counts(0, 0, number)
                by_status[status] += Counts() if gold == status else Counts(0, number, 0)
        every = add_counts(by_status.values())
        yield Metric(f"accuracy, {system}", f"annotated mentions with the right status, judged by {means}", every)
        for status in STATUS.values():
            definition = f"annotated mentions of this status, judged by {means}"
            yield Metric(f"{status}, {system}", definition, by_status[status])


def _mention_metrics(dialogues: list[Dialogue], found: list[list[Mention]]) -> Iterator[Metric]:
    strict = overlapping = both = Counts()
    for one, mentions in zip(dialogues, found, strict=True):
        kept = [mention for mention in mentions if mention.kind in _SYMPTOMS]
        spans = [(mention.start, mention.end) for mention in kept]
        strict += count_sets(one.spans, spans)
        overlapping += count_overlaps(one.spans, spans)
        assessed = assess_dialogue(one.document, one.turns, kept)
        judged = {(m.start, m.end, _OF_ASSERTION.get(m.assertion, "uncertain")) for m in assessed}
        both += count_sets({(*s, t) for s, t in zip(one.spans, one.statuses, strict=True)}, judged)
    yield Metric("mentions, strict", "spans of symptoms that the lexicon finds, the same characters", strict)
    yield Metric("mentions, overlapping", "spans that share a character, each paired once", overlapping)
    yield Metric("mentions and status, strict", "the same characters and the right status, end to end", both)


TASK = CmddTask()
