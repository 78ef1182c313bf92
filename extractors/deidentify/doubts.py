"""Ranges that are words like any other: of them the trained recogniser must be surer, or it leaves them."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from extractors.deidentify.attributes import Column
from extractors.events import IdentifierType
from extractors.rules import read_rules

#: How many points more than leaving it out a doubtful range must have, for each piece.
SURE = 900

_BEGINS, _GOES_ON, _ENDS = 1, 2, 3
_LISTED = np.uint64(1 + 2 + 4 + 16 + 32)
_KNOWN = np.uint64(7)
_SHORT_NUMBER = re.compile(r"\d{1,4}(?:\s?[-.]\s?\d{1,4})?%?")
_TALK = re.compile("[你我他她们去带吗呢的了不是给吧哦嗯啊]")

Rows = NDArray[np.uint64]


def is_no_name(text: str, start: int) -> bool:
    """Whether a Chinese word that is no name stands at a place or one character before it: 谢谢, 宝贝."""
    words, longest = _not_names()
    return any(text[at : at + size] in words for at in (start, max(start - 1, 0)) for size in range(2, longest + 1))


@cache
def _not_names() -> tuple[frozenset[str], int]:
    words = frozenset(word for word in read_rules("deidentify_names_zh")["not_names"] if len(word) > 1)
    return words, max(map(len, words))


def is_doubtful(kind: IdentifierType, value: str, rows: Rows) -> bool:
    """Whether a range is made of words that are no names: `rows` are those of its pieces."""
    if bool((rows[:, Column.SHAPE] == 1).any()):
        return _is_chinese_word(kind, value, rows)
    if _SHORT_NUMBER.fullmatch(value):
        return True
    letters = rows[rows[:, Column.VOCABULARY] > 0]
    if kind in (IdentifierType.NAME, IdentifierType.ORGANIZATION, IdentifierType.ADDRESS) and len(letters):
        known = ((letters[:, Column.VOCABULARY] - np.uint64(1)) & _KNOWN) > 0
        listed = (letters[:, Column.NAMES] & _LISTED) > 0
        return value.islower() or bool((known & ~listed).all())
    return False


def _is_chinese_word(kind: IdentifierType, value: str, rows: Rows) -> bool:
    if kind is not IdentifierType.NAME:
        return bool(_TALK.search(value))
    first, last = int(rows[0, Column.SEGMENT]) % 10, int(rows[-1, Column.SEGMENT]) % 10
    single = len(value) == 1
    cut = first in (_GOES_ON, _ENDS)
    return cut or (first == _BEGINS and last == _ENDS) or single or (len(value) > 4 and "·" not in value)
