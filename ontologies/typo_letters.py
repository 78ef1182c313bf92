"""How usual three letters in a row are among the Latin words of a lexicon: what tells a typo from a coined name.

Names of drugs are coined so that they can be spoken: Dinatin may be one besides Dilantin, Djlantin is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RARE, USUAL, COMMON = 0, 1, 2
"""How usual a run is: among the last two of hundred, otherwise, or among the first ninety-two."""
_SHARES = {USUAL: 0.98, COMMON: 0.92}
"""The most frequent runs that together make this share of all runs in the names."""
_SIGNS = 27
"""The letters, and the edge of a word before them."""
_OTHER = 255
_BATCH = 100_000
_ENOUGH = 50_000
"""Runs below which the names are too few to tell: all are taken for usual then."""


def grade_letters(forms: Iterable[str]) -> NDArray[np.uint8]:
    """How usual each run of three letters is in `forms`, normal forms of names: an array that `grade_at` reads."""
    import numpy as np

    codes = np.full(256, _OTHER, np.uint8)
    codes[ord(" ")] = 0
    codes[ord("a") : ord("z") + 1] = np.arange(1, _SIGNS)
    counts = np.zeros(_SIGNS**3, np.int64)
    forms = iter(forms)
    while batch := list(islice(forms, _BATCH)):
        text = codes[np.frombuffer(f" {'  '.join(batch)} ".encode("latin-1", "replace"), np.uint8)].astype(np.int64)
        one, two, three = text[:-2], text[1:-1], text[2:]
        runs = (np.maximum(np.maximum(one, two), three) < _SIGNS) & (two > 0)
        counts += np.bincount((one * _SIGNS**2 + two * _SIGNS + three)[runs], minlength=_SIGNS**3)
    return _grades(counts)


def _grades(counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    import numpy as np

    if counts.sum() < _ENOUGH:
        return np.full(len(counts), USUAL, np.uint8)
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    grades = np.zeros(len(counts), np.uint8)
    for grade, share in _SHARES.items():
        grades[order[(before < share * counts.sum()) & (counts[order] > 0)]] = grade
    return grades


def grade_at(grades: NDArray[np.uint8], word: str, start: int, end: int) -> int:
    """How usual the rarest run of letters about characters `start` to `end` of `word` is; RARE where there is none."""
    framed = f" {word} "
    places = range(max(0, start - 1), min(len(framed) - 2, end + 1))
    return min((_grade(grades, framed[at : at + 3]) for at in places), default=RARE)


def _grade(grades: NDArray[np.uint8], run: str) -> int:
    number = 0
    for sign in run:
        letter = 0 if sign == " " else ord(sign) - ord("a") + 1
        if not 0 <= letter < _SIGNS:
            return RARE
        number = number * _SIGNS + letter
    return int(grades[number])
