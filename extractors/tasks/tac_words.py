"""Words and phrases of annotated labels: which strings were annotated, and how often where they stood."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from extractors.tasks.tac_labels import TacLabel, iter_sections
from ontologies.normalize import normal_word

_TOKEN = re.compile(r"[^\W_\d]+|\d+(?:[.,]\d+)*|[^\w\s]|_")
_LONGEST = 12
"""Words of the longest phrase that is looked for."""

Key = tuple[str, ...]


class Token(NamedTuple):
    """A word, number or sign of a text; `norm` is its normal form."""

    start: int
    end: int
    word: str
    norm: str


class PhraseHit(NamedTuple):
    """A phrase of the table at tokens `first`..`last` (exclusive): annotated in `share` of `seen` places."""

    first: int
    last: int
    share: float
    seen: int


@lru_cache(maxsize=4096)
def tokenise(text: str) -> tuple[Token, ...]:
    """The words, numbers and signs of `text`, in order."""
    return tuple(Token(m.start(), m.end(), m[0], normal_word(m[0])) for m in _TOKEN.finditer(text))


def key_of(text: str) -> Key:
    """The normal forms of the tokens of `text`: what phrases are compared by."""
    return tuple(token.norm for token in tokenise(text))


class PhraseTable:
    """The strings annotated as adverse reactions in `labels`, with counts by label, so that one can be left out."""

    def __init__(self, labels: Iterable[TacLabel]) -> None:
        labels = list(labels)
        self._annotated: dict[Key, Counter[str]] = defaultdict(Counter)
        self._seen: dict[Key, Counter[str]] = defaultdict(Counter)
        self._reach: dict[str, int] = {}
        for label in labels:
            for mention in label.reaction_mentions():
                if key := key_of(mention.text):
                    self._annotated[key][label.id] += 1
                    self._reach[key[0]] = min(_LONGEST, max(self._reach.get(key[0], 0), len(key)))
        for label in labels:
            for _, _, text in iter_sections(label):
                self._count(label.id, [token.norm for token in tokenise(text)])

    def _count(self, label: str, norms: list[str]) -> None:
        for first, norm in enumerate(norms):
            for length in range(1, min(self._reach.get(norm, 0), len(norms) - first) + 1):
                key = tuple(norms[first : first + length])
                if key in self._annotated:
                    self._seen[key][label] += 1

    def __contains__(self, key: Key) -> bool:
        return key in self._annotated

    def share(self, key: Key) -> float:
        """Share of the places of `key` where it was annotated, 0 where it never was."""
        rate = self._rate(key, "") if key in self._annotated else None
        return rate[0] if rate else 0.0

    def knows(self, key: Key, *, without: str) -> bool:
        """Whether `key` was annotated in another label than `without`."""
        annotated = self._annotated.get(key)
        return annotated is not None and annotated.total() > annotated[without]

    def scan(self, norms: list[str], *, without: str = "") -> Iterator[PhraseHit]:
        """The longest phrase at each token where one begins, as if the label `without` had not been read."""
        for first, norm in enumerate(norms):
            for length in range(min(self._reach.get(norm, 0), len(norms) - first), 0, -1):
                key = tuple(norms[first : first + length])
                if key in self._annotated and (rate := self._rate(key, without)):
                    yield PhraseHit(first, first + length, *rate)
                    break

    def _rate(self, key: Key, without: str) -> tuple[float, int] | None:
        annotated = self._annotated[key]
        left = annotated.total() - annotated[without]
        if not left:
            return None
        seen = self._seen[key].total() - self._seen[key][without]
        return min(1.0, left / seen) if seen else 0.5, seen


def find_longest(hits: Iterable[PhraseHit], *, least: float) -> list[PhraseHit]:
    """Of hits in order, those annotated in `least` of places or more, from left to right, not overlapping."""
    kept: list[PhraseHit] = []
    for hit in hits:
        if hit.share >= least and (not kept or hit.first >= kept[-1].last):
            kept.append(hit)
    return kept
