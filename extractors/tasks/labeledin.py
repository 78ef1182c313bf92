"""The task `labeledin`: indications in the INDICATIONS sections of drug labels (Khare et al., J Biomed Inform 2014)."""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.errors import CorpusError
from extractors.extract import extract
from extractors.model import Assertion, Document, Mention, Product, Relation, Section
from extractors.score import (
    Counts,
    ErrorClass,
    ErrorTally,
    Metric,
    Prediction,
    Report,
    Span,
    count_overlaps,
    count_sets,
)
from extractors.sections import code_of_kind
from extractors.tasks import Options

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

_FILE = "LabeledIn_annotated_XML.txt"
_SECTION = "indications"
_TAG = re.compile(r'<(/?)(\w+)(?:\s+cui="([^"]*)")?[^>]*>')
_BLOCKS = frozenset(("br", "div", "li", "ol", "ul", "p"))
_AFFIRMED = frozenset({Assertion.PRESENT, Assertion.POSSIBLE, Assertion.HYPOTHETICAL})
_OFFSETS = "characters count in the section's text with its tags taken out and nothing put in their place"


@dataclass(frozen=True, slots=True)
class Indication:
    """An annotated indication: its characters and UMLS concept."""

    start: int
    end: int
    cui: str


@dataclass(frozen=True, slots=True)
class LabeledInLabel:
    """The INDICATIONS section of a label, without tags, and what is annotated in it."""

    id: str
    set_id: str
    text: str
    indications: tuple[Indication, ...]


class _LabeledIn:
    name = "labeledin"
    description = "indications, as strings and as spans, in INDICATIONS sections (LabeledIn)"

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """Figures of the product's own lexicon: nothing is learnt from the corpus, so `options` change nothing."""
        labels = read_labels(folder)
        found = [_find(label, lexicon) for label in labels]
        return Report(
            task=self.name,
            documents=len(labels),
            settings={"system": "product", "words from": "product only"},
            metrics=_metrics(labels, [indicated for indicated, _ in found]),
            errors=_errors(labels, found),
            notes=("labels do not name their drug: each stands under a made-up name", _OFFSETS),
            predictions=tuple(p for label, (indicated, _) in zip(labels, found, strict=True)
                              for p in _predictions(label, indicated)),
        )  # fmt: skip


def read_labels(folder: Path) -> list[LabeledInLabel]:
    """The labels of `folder`: `LabeledIn_annotated_XML.txt`, gzipped or not."""
    path = next((p for p in (folder / f"{_FILE}.gz", folder / _FILE) if p.exists()), None)
    if path is None:
        raise CorpusError(f"no {_FILE} (or .gz) in {folder}; give the folder of the LabeledIn release")
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [_read_line(line, path) for line in data.decode("utf-8", "replace").splitlines() if line.strip()]


def _read_line(line: str, path: Path) -> LabeledInLabel:
    fields = line.split("|")
    if len(fields) < 3:
        raise CorpusError(
            f"{path}: a line begins with {line[:40]!r}, without fields parted by |; give the LabeledIn file"
        )
    text, indications = read_markup(fields[2])
    return LabeledInLabel(fields[0], fields[1], text, indications)


def read_markup(marked: str) -> tuple[str, tuple[Indication, ...]]:
    """The text without tags, and the annotated ranges; the space after a tag that ends a line becomes a line's end."""
    pieces: list[str] = []
    length = at = 0
    opened: tuple[int, str] | None = None
    indications: list[Indication] = []
    breaks = False
    for tag in _TAG.finditer(marked):
        piece = _broken(html.unescape(marked[at : tag.start()]), breaks=breaks)
        pieces.append(piece)
        length += len(piece)
        at = tag.end()
        breaks = tag[2] in _BLOCKS or (breaks and not piece)
        if tag[2] == "annotation" and not tag[1]:
            opened = (length, tag[3] or "")
        elif tag[2] == "annotation" and opened:
            indications.append(Indication(opened[0], length, opened[1]))
            opened = None
    pieces.append(_broken(html.unescape(marked[at:]), breaks=breaks))
    return "".join(pieces), tuple(indications)


def _broken(piece: str, *, breaks: bool) -> str:
    return "\n" + piece[1:] if breaks and piece[:1] == " " else piece


def _find(label: LabeledInLabel, lexicon: Lexicon) -> tuple[list[Mention], list[Mention]]:
    """What the label's drug is indicated for, and all that is mentioned; offsets as in the section."""
    name = f"Study drug {label.id}"
    lead = f"{name}\n\n"
    sections = (
        Section(code_of_kind("product_data"), "Product data", 0, len(lead), "product_data"),
        Section(code_of_kind(_SECTION), "Indications and usage", len(lead), len(lead) + len(label.text), _SECTION),
    )
    product = Product(name, name, start=0, end=len(name))
    extraction = extract(
        Document(f"labeledin:{label.id}", name, lead + label.text, sections, products=(product,), country="US"), lexicon
    )
    mentioned = [m for m in extraction.mentions if m.start >= len(lead)]
    relations = (r for r in extraction.relations if r.predicate == "indicated_for" and r.assertion in _AFFIRMED)
    said = dict.fromkeys(m for r in relations if r.object.start >= len(lead) for m in _namings(r, mentioned))
    return [_moved(m, len(lead)) for m in said], [_moved(m, len(lead)) for m in mentioned]


def _namings(relation: Relation, mentioned: Sequence[Mention]) -> Iterator[Mention]:
    """The relation's object, and its abbreviation in brackets behind it: one relation stands for both."""
    last = relation.object
    yield last
    for mention in mentioned:
        if (
            mention.match
            and last.match
            and mention.match.curie == last.match.curie
            and 0 < mention.start - last.end <= 2
        ):
            yield mention


def _moved(mention: Mention, by: int) -> Mention:
    return Mention(mention.start - by, mention.end - by, mention.text, mention.kind, mention.match, mention.assertion)


def _metrics(labels: Sequence[LabeledInLabel], found: Sequence[Sequence[Mention]]) -> tuple[Metric, ...]:
    strings = strict = overlap = Counts()
    for label, mentions in zip(labels, found, strict=True):
        gold = [(i.start, i.end) for i in label.indications]
        spans = [(m.start, m.end) for m in mentions]
        strict += count_sets(gold, spans)
        overlap += count_overlaps(gold, spans)
        strings += count_sets(_strings(label, gold), _strings(label, spans))
    return (
        Metric("strings", "unique lower-case strings of indications, label by label; micro-averaged", strings),
        Metric("spans", "spans of indications with exactly the same characters; micro-averaged", strict),
        Metric("spans overlapping", "spans that share a character, each paired once; micro-averaged", overlap),
    )


def _strings(label: LabeledInLabel, spans: Sequence[Span]) -> set[str]:
    return {" ".join(label.text[start:end].lower().split()) for start, end in spans}


def _errors(
    labels: Sequence[LabeledInLabel], found: Sequence[tuple[list[Mention], list[Mention]]]
) -> tuple[ErrorClass, ...]:
    tally = ErrorTally()
    for label, (indicated, mentioned) in zip(labels, found, strict=True):
        gold = [(i.start, i.end) for i in label.indications]
        spans = [(m.start, m.end) for m in indicated]
        for span in sorted(set(gold) - set(spans)):
            tally.add(f"missed: {_why_missed(span, spans, mentioned)}", f"{label.id}: {label.text[slice(*span)]}")
        for span in sorted(set(spans) - set(gold)):
            why = "other boundaries" if _touches(span, gold) else "not annotated"
            tally.add(f"spurious: {why}", f"{label.id}: {label.text[slice(*span)]}")
    return tally.classes()


def _why_missed(span: Span, indicated: Sequence[Span], mentioned: Sequence[Mention]) -> str:
    if _touches(span, indicated):
        return "other boundaries"
    near = next((m for m in mentioned if m.start < span[1] and span[0] < m.end), None)
    if near is None:
        return "not in the lexicon"
    return "mentioned, but no relation" if near.assertion in _AFFIRMED else f"read as {near.assertion}"


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _predictions(label: LabeledInLabel, indicated: Sequence[Mention]) -> Iterator[Prediction]:
    for m in indicated:
        concept = m.match.curie if m.match else ""
        text = label.text[m.start : m.end]
        yield Prediction(label.id, _SECTION, m.start, m.end, text, "indication", concept)


TASK = _LabeledIn()
