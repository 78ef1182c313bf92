"""MedDRA preferred terms for strings, learnt from annotated labels: same string, same words, or the longest part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from extractors.tasks.tac_labels import TacLabel
from extractors.tasks.tac_words import key_of

_EMPTY_WORDS = frozenset(("of", "the", "in", "a", "an", "and", "or", "to", "with", "-", ",", "(", ")", "/", "'", "s"))


class TermTable:
    """Preferred terms by string, by set of words, and by the names that the terms themselves bear."""

    def __init__(self, labels: Iterable[TacLabel]) -> None:
        self.ids: dict[str, str] = {}
        self._by_key: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        self._by_words: dict[frozenset[str], Counter[str]] = defaultdict(Counter)
        for label in labels:
            for reaction in label.reactions:
                for pt, pt_id, llt in reaction.terms:
                    self.ids[pt] = pt_id
                    for name in (reaction.text, pt, llt or pt):
                        self._add(name, pt)

    def _add(self, text: str, term: str) -> None:
        key = key_of(text)
        self._by_key[key][term] += 1
        self._by_words[_words(key)][term] += 1

    def find(self, text: str, *, synonyms: Callable[[str], Iterable[str]] = lambda _: ()) -> str:
        """The preferred term for `text`, "" where none is known; `synonyms` gives other names for it."""
        for name in (text, *synonyms(text)):
            key = key_of(name)
            for counts in (self._by_key.get(key), self._by_words.get(_words(key))):
                if counts:
                    return min(counts, key=lambda term: (-counts[term], term))
        return ""


def _words(key: tuple[str, ...]) -> frozenset[str]:
    return frozenset(key) - _EMPTY_WORDS
