"""The task `pitt-pi-ddi`: drug names in package inserts (Boyce et al., 2012: the PK-DDI package-insert corpus).

These files hold the consensus of spans only (active ingredient, drug product, metabolite); the one relation in them is
a metabolite's parent. Interactions were annotated elsewhere and are not in them, so none are scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractors.errors import CorpusError
from extractors.extract import extract
from extractors.model import Document, Mention, Section
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
from extractors.sections import code_of_kind, kind_of_heading
from extractors.tasks import Options
from ontologies.model import Kind

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

_SUFFIX = ".knowtator.xml"
_TYPES = ("Active ingredient", "Drug product", "Metabolite")


@dataclass(frozen=True, slots=True)
class DrugName:
    """An annotated drug name and what it is of: an active ingredient, a drug product or a metabolite."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class InsertSection:
    """A section of a package insert with the drug names annotated in it."""

    id: str
    text: str
    names: tuple[DrugName, ...]


class _PittPiDdi:
    name = "pitt-pi-ddi"
    description = "names of active ingredients, products and metabolites in package-insert sections (Pittsburgh PK-DDI)"

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """Figures of the product's own lexicon: nothing is learnt from the corpus, so `options` change nothing."""
        inserts = read_sections(folder)
        found = [_find(insert, lexicon) for insert in inserts]
        return Report(
            task=self.name,
            documents=len(inserts),
            settings={"system": "product", "words from": "product only"},
            metrics=_metrics(inserts, found),
            errors=_errors(inserts, found),
            notes=("interactions are not annotated in these files, so none are scored",),
            predictions=tuple(p for i, m in zip(inserts, found, strict=True) for p in _predictions(i, m)),
        )


def read_sections(folder: Path) -> list[InsertSection]:
    """The annotated sections of `folder`, by file name."""
    paths = sorted(folder.glob(f"*{_SUFFIX}"))
    if not paths:
        raise CorpusError(f"no *{_SUFFIX} in {folder}; give the folder with the texts and their Knowtator files")
    return [_read_section(path) for path in paths]


def _read_section(path: Path) -> InsertSection:
    from lxml import etree

    source = path.with_name(path.name.removesuffix(_SUFFIX))
    if not source.exists():
        raise CorpusError(f"{path} annotates {source.name}, which is not beside it; put the text there")
    text = source.read_bytes().decode("utf-8", "replace")
    try:
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    except etree.XMLSyntaxError as error:
        raise CorpusError(f"{path} is no well-formed XML ({error.msg}); is it whole?") from error
    types = {m.get("id"): m.findtext("mentionClass", "") for m in root.iter("classMention")}
    names = [name for annotation in root.iter("annotation") for name in _read_names(annotation, types)]
    return InsertSection(source.stem, text, tuple(names))


def _read_names(annotation: Any, types: dict[str | None, str]) -> Iterator[DrugName]:
    mention = annotation.find("mention")
    for span in annotation.iter("span"):
        yield DrugName(int(span.get("start")), int(span.get("end")), types.get(mention.get("id"), ""))


def _find(insert: InsertSection, lexicon: Lexicon) -> list[Mention]:
    heading = insert.text.strip().split("\n", 1)[0].strip()
    kind = kind_of_heading(heading)
    sections = (Section(code_of_kind(kind), heading, 0, len(insert.text), kind),)
    document = Document(f"pitt:{insert.id}", insert.id, insert.text, sections, country="US")
    return [m for m in extract(document, lexicon).mentions if m.kind is Kind.DRUG]


def _metrics(inserts: Sequence[InsertSection], found: Sequence[Sequence[Mention]]) -> tuple[Metric, ...]:
    strict = overlap = Counts()
    by_type = dict.fromkeys(_TYPES, Counts())
    for insert, mentions in zip(inserts, found, strict=True):
        gold, spans = _gold(insert), _spans(mentions)
        strict += count_sets(gold, spans)
        overlap += count_overlaps(gold, spans)
        for name in _TYPES:
            wanted = {(n.start, n.end) for n in insert.names if n.type == name}
            hit = len(wanted & set(spans))
            by_type[name] += Counts(hit, 0, len(wanted) - hit)
    recall = "the same for this type alone; what is found bears no type, so that only recall says something"
    return (
        Metric(
            "drug names", "spans of drug names of any type with exactly the same characters; micro-averaged", strict
        ),
        Metric("drug names overlapping", "spans that share a character, each paired once; micro-averaged", overlap),
        *(Metric(f"recall of {name.lower()}", recall, counts) for name, counts in by_type.items()),
    )


def _gold(insert: InsertSection) -> list[Span]:
    return [(name.start, name.end) for name in insert.names]


def _spans(mentions: Sequence[Mention]) -> list[Span]:
    return [(m.start, m.end) for m in mentions]


def _errors(inserts: Sequence[InsertSection], found: Sequence[Sequence[Mention]]) -> tuple[ErrorClass, ...]:
    tally = ErrorTally(examples=8)
    for insert, mentions in zip(inserts, found, strict=True):
        gold, spans = _gold(insert), _spans(mentions)
        for name in insert.names:
            if (name.start, name.end) not in spans:
                why = "other boundaries" if _touches((name.start, name.end), spans) else "not found"
                tally.add(f"missed {name.type.lower()}: {why}", insert.text[name.start : name.end])
        for start, end in sorted(set(spans) - set(gold)):
            why = "other boundaries" if _touches((start, end), gold) else "not annotated"
            tally.add(f"spurious: {why}", insert.text[start:end])
    return tally.classes()


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _predictions(insert: InsertSection, mentions: Sequence[Mention]) -> Iterator[Prediction]:
    for m in mentions:
        concept = m.match.curie if m.match else ""
        yield Prediction(insert.id, insert.id, m.start, m.end, insert.text[m.start : m.end], "drug", concept)


TASK = _PittPiDdi()
