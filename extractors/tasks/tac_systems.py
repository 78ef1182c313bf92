"""What can be measured on TAC 2017 labels: each system learns from some labels and finds reactions in others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from extractors.tasks.tac_labels import TacLabel, iter_sections, spoken
from extractors.tasks.tac_score import Found, Outcome
from extractors.tasks.tac_terms import TermTable
from extractors.tasks.tac_words import PhraseTable, find_longest, key_of, tokenise

_LEAST_SHARE = 0.3
"""A string counts in the plain dictionary if it was annotated in so many of the places where it stands."""


class System(Protocol):
    """Finds adverse reactions in a label, after it has learnt from annotated ones."""

    def find(self, label: TacLabel) -> Outcome:
        """What is found in `label`, whose annotations are not looked at."""
        ...

    def knows(self, text: str) -> bool:
        """Whether `text` was annotated in the labels it learnt from."""
        ...


class Dictionary:
    """The plain reference: the longest annotated strings of other labels, wherever they stand."""

    def __init__(self, labels: Sequence[TacLabel]) -> None:
        self._phrases = PhraseTable(labels)
        self._terms = TermTable(labels)

    def find(self, label: TacLabel) -> Outcome:
        """What the dictionary finds in `label`."""
        found = [f for key, _, text in iter_sections(label) for f in self._find_in(key, text)]
        return Outcome(label, found)

    def knows(self, text: str) -> bool:
        """Whether `text` was annotated in the labels it learnt from."""
        return key_of(text) in self._phrases

    def _find_in(self, section: str, text: str) -> Iterable[Found]:
        tokens = tokenise(text)
        for hit in find_longest(self._phrases.scan([t.norm for t in tokens]), least=_LEAST_SHARE):
            parts = ((tokens[hit.first].start, tokens[hit.last - 1].end),)
            name = spoken(text, parts)
            yield Found(section, parts, name, self._terms.find(name))
