"""The task `bc5cdr`: annotated diseases and chemicals of abstracts as MeSH concepts (Li et al., Database 2016).

The file is in PubTator format (also gzipped), as BC5CDR and NCBI Disease come: `PMID|t|title`, `PMID|a|abstract`, then
tab-separated PMID, start, end, mention, type, ids. The spans are given; what is scored is the concept alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from extractors.abbreviations import find_abbreviations
from extractors.errors import CorpusError
from extractors.tasks.name_lists import NameCase
from ontologies.curies import standard_xref
from ontologies.model import Kind
from ontologies.tables import open_text

_TITLE = re.compile(r"(\d+)\|([ta])\|(.*)")
_IDS = re.compile(r"[|+,;]")


@dataclass(frozen=True, slots=True)
class GoldMention:
    """An annotated mention: its characters and the ids of its concepts, several for a composite one, none for -1."""

    start: int
    end: int
    text: str
    kind: str
    curies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Abstract:
    """Title and abstract of a paper, and what is annotated in them."""

    id: str
    text: str
    mentions: tuple[GoldMention, ...]


def read_pubtator(path: Path) -> Iterator[Abstract]:
    """The abstracts of a PubTator file; raises CorpusError for a line that is neither text nor annotation."""
    pieces: list[str] = []
    mentions: list[GoldMention] = []
    current = ""
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            text, row = _TITLE.match(line), line.rstrip("\n").split("\t")
            if text and text[2] == "t" and current:
                yield Abstract(current, "\n".join(pieces), tuple(mentions))
                pieces, mentions = [], []
            if text:
                current = text[1]
                pieces.append(text[3])
            elif len(row) >= 6:
                mentions.append(_mention(row))
            elif line.strip() and len(row) != 4:
                raise CorpusError(f"{path}, line {number} ({line.strip()[:40]}): not PubTator; mend the line")
    if current:
        yield Abstract(current, "\n".join(pieces), tuple(mentions))


def _mention(row: list[str]) -> GoldMention:
    ids = [one.strip() for one in _IDS.split(row[5]) if one.strip() not in ("", "-1", "-")]
    curies = tuple(standard_xref(one if ":" in one else f"mesh:{one}") for one in ids)
    return GoldMention(int(row[1]), int(row[2]), row[3], row[4].lower(), curies)


def find_cases(abstracts: Iterable[Abstract]) -> Iterator[NameCase]:
    """One case a mention that has a concept; a short form that its abstract defines is asked for by its long form."""
    for abstract in abstracts:
        long_forms = _long_forms(abstract.text)
        for mention in abstract.mentions:
            if mention.curies:
                kind = Kind.DISEASE if mention.kind == "disease" else None
                name = long_forms.get(mention.text, mention.text)
                several = len(mention.curies) > 1
                expected = frozenset(mention.curies)
                yield NameCase(name, expected, kind, "en", abstract.text, every=several, sort=mention.kind)


def _long_forms(text: str) -> dict[str, str]:
    return {
        found.short: text[found.long_start : found.long_end]
        for found in find_abbreviations(text)
        if found.long_start is not None
    }
