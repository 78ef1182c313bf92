"""Larger cities that stand in a text without any cue, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

from extractors.deidentify.english_words import PEOPLE, Word, get_words, read_words
from extractors.deidentify.found import Found
from extractors.events import IdentifierType
from extractors.rules import read_rules

_GAP = re.compile(r"\.?\s")


class CityRecogniser:
    """What is the name of a larger city and of nothing that medicine calls by it."""

    name = "deidentify_cities"

    def find(self, text: str, *, language: str) -> Iterator[Found]:
        """What is found in `text`."""
        words = read_words(text)
        for at, word in enumerate(words):
            if word.capital and word.key in _cities():
                end = _city_end(text, words, at)
                eponym = all(each.key in get_words().eponyms for each in words[at:end])
                if end > at and not eponym and not (end < len(words) and words[end].key in get_words().heads):
                    yield Found(word.start, words[end - 1].end, IdentifierType.ADDRESS, "en-city")


def _city_end(text: str, words: Sequence[Word], at: int) -> int:
    """Where the longest name of a city ends that begins at a word; `at` where none does."""
    for keys in _cities()[words[at].key]:
        named = words[at : at + len(keys)]
        same = tuple(word.key for word in named) == keys and all(word.capital for word in named)
        gaps = (text[one.end : two.start] for one, two in pairwise(named))
        if same and all(map(_GAP.fullmatch, gaps)):
            return at + len(keys)
    return at


@cache
def get_city_words() -> frozenset[str]:
    """The words that names of cities begin with."""
    return frozenset(_cities())


@cache
def _cities() -> Mapping[str, Sequence[tuple[str, ...]]]:
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for name in read_rules(PEOPLE)["cities"].split(","):
        keys = tuple(word.key for word in read_words(name))
        by_first.setdefault(keys[0], []).append(keys)
    return {first: sorted(names, key=len, reverse=True) for first, names in by_first.items()}
