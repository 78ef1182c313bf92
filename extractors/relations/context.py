"""What the relation extractors share: a document's sentences with what stands in them, and the label's own drug."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise, takewhile

from extractors.model import Document, Mention, Qualifier, Section, Table
from extractors.rules import read_rules
from extractors.sentences import split_sentences
from ontologies.lexicon import Lexicon

Span = tuple[int, int]

# "[see Contraindications (4)]" speaks of another place: it is blanked, so that no rule reads it.
_REFERENCE = re.compile(
    r"\[\s*see\b[^\]]*\]|\(\s*see\b(?:[^()]|\([^()]*\))*\)|[（(]?(?:详见|参见|参阅|见)[^。；]{0,4}【[^】]*】[^。；）)]{0,6}[）)]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence (or a row of a table) with its mentions, in reading order, and the kind of section it stands in.

    In `text` references to other sections are blanked; places in it are those of the document less `start`.
    """

    start: int
    end: int
    text: str
    kind: str
    section: int | None
    mentions: tuple[Mention, ...] = ()
    in_table: bool = False

    def at(self, mention: Mention) -> Span:
        """Where `mention` stands, counted from the start of the sentence."""
        return mention.start - self.start, mention.end - self.start


@dataclass(frozen=True, slots=True)
class Context:
    """One document as the relation extractors see it.

    `subject` is what the label's facts attach to: its ingredient or combination; None where it cannot be told.
    `remembered` are the qualifiers every relation of the label carries (product, country).
    """

    document: Document
    sentences: tuple[Sentence, ...]
    subject: Mention | None
    lexicon: Lexicon
    remembered: tuple[Qualifier, ...] = ()

    mentions: tuple[Mention, ...] = ()
    classes: tuple[Mention, ...] = ()
    """The classes that the label says its drug belongs to."""

    def mentions_in(self, start: int, end: int) -> list[Mention]:
        """The mentions that lie wholly in characters `start` to `end`."""
        first = bisect_left(self.mentions, start, key=lambda mention: mention.start)
        inside = takewhile(lambda mention: mention.start < end, islice(self.mentions, first, None))
        return [mention for mention in inside if mention.end <= end]

    @property
    def language(self) -> str:
        """The document's language as the rules know it: `zh` or `en`."""
        return "zh" if self.document.language.startswith("zh") else "en"


def split_document(document: Document) -> list[Span]:
    """The sentences of the whole document, none of them reaching over the border of a section or a table."""
    return [
        span
        for start, end, _ in _segments(document)
        for span in split_sentences(document.text, start, end, document.language)
    ]


def place_sentences(document: Document, spans: Sequence[Span], mentions: Sequence[Mention]) -> tuple[Sentence, ...]:
    """`spans` as sentences that know their section and hold those of `mentions` that lie wholly inside them.

    `mentions` are in reading order; those of names that labels use as plain words ("condition") are left out.
    """
    segments = _segments(document)
    noise = _noise("zh" if document.language.startswith("zh") else "en")
    ordered = [mention for mention in mentions if mention.text.lower() not in noise]
    placed: list[Sentence] = []
    segment = first = 0
    for start, end in spans:
        while segment + 1 < len(segments) and segments[segment][1] <= start:
            segment += 1
        while first < len(ordered) and ordered[first].start < start:
            first += 1
        inside = tuple(_inside(ordered, first, end))
        owner = segments[segment][2] if segments else None
        placed.append(_place(document, (start, end), owner, inside))
    return _mark_tables(placed, document.tables)


@cache
def _noise(language: str) -> frozenset[str]:
    return frozenset(read_rules("relations")["noise"][language])


def _inside(ordered: Sequence[Mention], first: int, end: int) -> Iterator[Mention]:
    for mention in ordered[first:]:
        if mention.start >= end:
            return
        if mention.end <= end:
            yield mention


def _place(document: Document, span: Span, owner: int | None, mentions: tuple[Mention, ...]) -> Sentence:
    kind = kind_of(document, owner)
    text = document.text[span[0] : span[1]]
    if "see" in text.lower() or "见" in text:
        text = _REFERENCE.sub(lambda found: " " * len(found[0]), text)
        mentions = tuple(m for m in mentions if text[m.start - span[0] : m.end - span[0]].strip())
    return Sentence(*span, text, kind, owner, mentions)


def _mark_tables(sentences: Iterable[Sentence], tables: Sequence[Table]) -> tuple[Sentence, ...]:
    ranges = sorted((table.start, table.end) for table in tables)
    marked, index = [], 0
    for sentence in sentences:
        while index < len(ranges) and ranges[index][1] <= sentence.start:
            index += 1
        inside = index < len(ranges) and ranges[index][0] <= sentence.start
        marked.append(_in_table(sentence) if inside else sentence)
    return tuple(marked)


def kind_of(document: Document, section: int | None) -> str:
    """The kind of a section: its own, unless it stands in one that decides for all it holds (contraindications)."""
    kind, decisive = "", read_rules("relations")["decisive"]["kinds"]
    while section is not None:
        here = document.sections[section]
        kind = here.kind if not kind or here.kind in decisive else kind
        section = here.parent
    return kind


def _in_table(sentence: Sentence) -> Sentence:
    return Sentence(
        sentence.start, sentence.end, sentence.text, sentence.kind, sentence.section, sentence.mentions, True
    )


def _segments(document: Document) -> list[tuple[int, int, int | None]]:
    # The text cut at every border of a section or table, each piece with its innermost section, in one sweep.
    order = sorted(range(len(document.sections)), key=lambda i: (document.sections[i].start, -document.sections[i].end))
    borders = {0, len(document.text)}
    borders.update(border for section in document.sections for border in (section.start, section.end))
    borders.update(border for table in document.tables for border in (table.start, table.end))
    cuts = sorted(borders)
    open_sections: list[int] = []
    segments, following = [], 0
    for low, high in pairwise(cuts):
        while following < len(order) and document.sections[order[following]].start <= low:
            open_sections.append(order[following])
            following += 1
        open_sections = [i for i in open_sections if document.sections[i].end > low]
        segments.append((low, high, open_sections[-1] if open_sections else None))
    return segments


def heading_of(document: Document, sentence: Sentence) -> bool:
    """Whether `sentence` is the heading of its section."""
    if sentence.section is None:
        return False
    section: Section = document.sections[sentence.section]
    return sentence.start < section.start + len(section.title) + 8 and sentence.text.strip() in section.title


def name_of(mention: Mention) -> str:
    """What tells one thing from another: the concept's CURIE, or the name in small letters."""
    return mention.match.curie if mention.match else mention.text.lower()
