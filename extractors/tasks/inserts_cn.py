"""The task `inserts-cn`: sections of Chinese inserts, on samples written for the purpose.

FOLDER holds inserts in any form that is read, each with a `<file>.gold.json` beside it: a list of sections in reading
order, each with its `kind`, its `title` and the `start_text` its content begins with.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.errors import CorpusError, UnreadableError
from extractors.model import Document, Section
from extractors.score import Counts, ErrorTally, Metric, Prediction, Report
from extractors.sections import normal_heading
from extractors.sources import read_documents
from extractors.tasks import Options

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

_SUFFIX = ".gold.json"
_REACH = 12
"""Characters that may stand between the heading and what the content begins with."""


@dataclass(frozen=True, slots=True)
class GoldSection:
    """A section as annotated."""

    kind: str
    title: str
    start_text: str


class _InsertsCn:
    name = "inserts-cn"
    description = "sections of Chinese inserts: their kinds and where they begin"

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """Figures for sections; neither `lexicon` nor `options` change anything."""
        paths = sorted(folder.glob(f"*{_SUFFIX}"))
        if not paths:
            raise CorpusError(f"no *{_SUFFIX} in {folder}; give the folder with inserts and their annotated sections")
        kinds = places = Counts()
        tally = ErrorTally()
        predictions: list[Prediction] = []
        for path in paths:
            name = path.name.removesuffix(_SUFFIX)
            gold, found = read_gold(path), list(_read(path.with_name(name)))
            kinds += count_repeats([g.kind for g in gold], [section.kind for _, section in found])
            places += _count_places(name, gold, found, tally)
            predictions += _predictions(name, found)
        return Report(
            task=self.name,
            documents=len(paths),
            settings={"system": "product"},
            metrics=(
                Metric("kinds", "kinds of sections, each as often as it stands in an insert; micro-averaged", kinds),
                Metric("sections", "sections of the right kind and title that begin with the right text", places),
            ),
            errors=tally.classes(),
            predictions=tuple(predictions),
        )


def read_gold(path: Path) -> list[GoldSection]:
    """The annotated sections in a `.gold.json` file; those without a kind are not looked for."""
    sections = json.loads(path.read_text(encoding="utf-8"))
    return [GoldSection(s["kind"], s["title"], s["start_text"]) for s in sections if s["kind"]]


def _read(path: Path) -> Iterator[tuple[Document, Section]]:
    try:
        documents = list(read_documents(path.read_bytes(), locator=path.name))
    except UnreadableError:
        return
    for document in documents:
        yield from ((document, section) for section in document.sections if section.kind and section.parent is None)


def count_repeats(gold: Iterable[str], found: Iterable[str]) -> Counts:
    """Counts for two bags whose members are right as often as both have them."""
    wanted, got = Counter(gold), Counter(found)
    return Counts((wanted & got).total(), (got - wanted).total(), (wanted - got).total())


def _count_places(
    name: str, gold: Iterable[GoldSection], found: Iterable[tuple[Document, Section]], tally: ErrorTally
) -> Counts:
    left = list(found)
    right = missed = 0
    for wanted in gold:
        place = next((i for i, (document, section) in enumerate(left) if _fits(wanted, document, section)), None)
        if place is None:
            missed += 1
            tally.add(f"missed: {wanted.kind}", f"{name}: {wanted.title}")
        else:
            right += 1
            del left[place]
    for _, section in left:
        tally.add(f"spurious: {section.kind}", f"{name}: {section.title}")
    return Counts(right, len(left), missed)


def _fits(wanted: GoldSection, document: Document, section: Section) -> bool:
    if wanted.kind != section.kind or normal_heading(wanted.title) != normal_heading(section.title):
        return False
    head = document.text[section.start : section.start + len(section.title) + len(wanted.start_text) + _REACH]
    return _plain(wanted.start_text) in _plain(head)


def _plain(text: str) -> str:
    return "".join(text.split())


def _predictions(name: str, found: Iterable[tuple[Document, Section]]) -> Iterator[Prediction]:
    for _, section in found:
        yield Prediction(name, section.code, section.start, section.end, section.title, section.kind)


TASK = _InsertsCn()
