"""What is seen of each piece of a text: a row of numbers, one column for each way of looking at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from functools import cache, lru_cache
from typing import TypeAlias

import numpy as np

from extractors.deidentify.cities import get_city_words
from extractors.deidentify.english_words import get_words
from extractors.deidentify.layout import again, by_lines, gaps
from extractors.deidentify.tokens import Token, is_han
from extractors.deidentify.word_sets import Numbers, WordSet, hash_runs, hash_word
from extractors.rules import read_rules

WordSets: TypeAlias = Mapping[str, WordSet]


class Column(IntEnum):
    """The columns; those up to DIGITS depend on the piece alone."""

    NOTHING = 0
    WORD = 1
    SHAPE = 2
    HEAD = 3
    TAIL = 4
    NAMES = 5
    VOCABULARY = 6
    ROLE = 7
    DIGITS = 8
    GAP = 9
    CASE = 10
    LINE = 11
    LABEL = 12
    AGAIN = 13
    SEGMENT = 14
    RUN = 15
    LEFT = 16
    RIGHT = 17


#: The longest Chinese word that is looked up, and how far away a word that is known is still seen.
_LONGEST = 4
_FAR = 7

_SEEN = 50_000


class Looker:
    """Looks at texts with sets of words: `english_common`, `english`, `medical`, `chinese`, `chinese_places`."""

    def __init__(self, words: WordSets) -> None:
        self._words = words
        self._of_token: Callable[[str], tuple[int, ...]] = lru_cache(maxsize=_SEEN)(self._look)

    def look(self, text: str, tokens: Sequence[Token]) -> Numbers:
        """One row for each piece."""
        rows = np.zeros((len(tokens), len(Column)), np.uint64)
        if tokens:
            rows[:, : Column.DIGITS + 1] = [self._of_token(token.text) for token in tokens]
            rows[:, Column.GAP] = gaps(text, tokens)
            rows[:, Column.CASE], rows[:, Column.LINE], rows[:, Column.LABEL] = by_lines(text, tokens)
            rows[:, Column.AGAIN] = again(tokens)
            self._segments(tokens, rows)
            _neighbours(rows)
        return rows

    def _look(self, token: str) -> tuple[int, ...]:
        small = token.casefold()
        if token.isdecimal():
            return (0, hash_word(_number(token)), 1000 + min(len(token), 12), 0, 0, 0, 0, 0, _digits(token))
        if is_han(token):
            return (0, hash_word(token), 1, 0, 0, _han_names(token), 0, 0, 0)
        if not token[0].isalpha():
            return (0, hash_word(token), 10 + ord(token[0]), 0, 0, 0, 0, 0, 0)
        ends = hash_word("^" + small[:3]), hash_word(small[-3:] + "$")
        return (0, hash_word(small), _shape(token), *ends, _names(small), self._vocabulary(small), _role(small), 0)

    def _vocabulary(self, word: str) -> int:
        rules, sets = get_words(), self._words
        plain = (word in sets["english_common"]) + 2 * (word in sets["english"]) + 4 * (word in sets["medical"])
        return 1 + plain + 8 * (word in rules.not_names) + 16 * (word in rules.everyday)

    def _segments(self, tokens: Sequence[Token], rows: Numbers) -> None:
        """Where the longest words that are known begin, go on and end in Chinese, and which they are."""
        han = rows[:, Column.SHAPE] == 1
        codes = np.array([ord(token.text[0]) for token in tokens], np.uint64) * han.astype(np.uint64)
        longest, places = np.ones(len(codes), np.int64), np.zeros(len(codes), np.bool_)
        hashes = {length: hash_runs(codes, length) for length in range(2, _LONGEST + 1)}
        for length, runs in hashes.items():
            inside = np.lib.stride_tricks.sliding_window_view(han, length).all(axis=1) if len(runs) else han[:0]
            place = self._words["chinese_places"].has(runs) & inside
            known = (self._words["chinese"].has(runs) & inside) | place
            longest[: len(runs)][known] = length
            places[: len(runs)][known] = place[known]
        _mark(rows, han, longest, places, hashes)


def _mark(
    rows: Numbers, han: np.ndarray, longest: np.ndarray, places: np.ndarray, hashes: Mapping[int, Numbers]
) -> None:
    at = 0
    while at < len(han):
        length = int(longest[at]) if han[at] else 1
        if length > 1:
            word, kind = hashes[length][at], 10 * (1 + int(places[at]))
            rows[at : at + length, Column.RUN] = word
            for offset in range(length):
                place = 1 if not offset else 3 if offset == length - 1 else 2
                rows[at + offset, Column.SEGMENT] = kind + place + 100 * length
        at += length


def _neighbours(rows: Numbers) -> None:
    """The nearest words to the left and to the right that are known."""
    own = rows[:, Column.RUN].copy()
    latin = (rows[:, Column.VOCABULARY] & np.uint64(1 + 2 + 4 + 8)) > 1
    unlisted = rows[:, Column.NAMES] == 0
    told = (latin & unlisted) | (rows[:, Column.ROLE] > 0)
    own[told] = rows[told, Column.WORD]
    for column, order in ((Column.LEFT, range(len(own))), (Column.RIGHT, range(len(own) - 1, -1, -1))):
        last, age = np.uint64(0), _FAR
        for at in order:
            rows[at, column] = last if age < _FAR else 0
            age += 1
            if own[at]:
                last, age = own[at], 0


def _number(token: str) -> str:
    return token if len(token) < 3 else f"{token[:2]}##" if len(token) == 4 else "#" * len(token)


def _digits(token: str) -> int:
    value = int(token) if len(token) < 5 else 0
    kinds = (1 <= value <= 12, 1 <= value <= 31, len(token) == 4 and 1900 <= value <= 2050, 90 <= value <= 120)
    return 1 + sum(1 << index for index, kind in enumerate(kinds) if kind)


def _shape(token: str) -> int:
    if len(token) == 1:
        return 2 if token.isupper() else 3
    kind = 0 if token.isupper() else 1 if token.islower() else 2 if token[0].isupper() and token[1:].islower() else 3
    return 200 + 10 * kind + min(len(token), 4)


def _names(word: str) -> int:
    rules = get_words()
    lists = (rules.given, rules.surnames, rules.weak_given, rules.eponyms, get_city_words(), rules.particles)
    return sum(1 << index for index, names in enumerate(lists) if word in names)


def _role(word: str) -> int:
    rules = get_words()
    lists = (rules.titles, rules.cues, rules.credentials, rules.does, rules.heads, rules.ends)
    return sum(1 << index for index, names in enumerate(lists) if word in names)


@cache
def _han_names(character: str) -> int:
    """Whether a character is of surnames, of those that are words too, of the commonest, of given names, or of none."""
    rules = read_rules("deidentify_names_zh")
    lists = (rules["surnames"] + rules["weak"], rules["weak"], rules["commonest"], rules["given"], rules["stops"])
    return 256 + sum(1 << index for index, known in enumerate(lists) if character in known)
