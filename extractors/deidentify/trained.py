"""The trained recogniser: a linear tagger that sees each piece of a text and its neighbours.

Tags are chosen together (Viterbi 1967) under weights that a structured perceptron learnt (Collins, EMNLP 2002);
`tests/bench/train_deid.py` makes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.deidentify.attributes import Column, Looker
from extractors.deidentify.doubts import SURE, is_doubtful, is_no_name
from extractors.deidentify.features import combine
from extractors.deidentify.found import Found
from extractors.deidentify.plausible import is_plausible
from extractors.deidentify.tokens import read_tokens
from extractors.deidentify.weights import Weights
from extractors.events import IdentifierType

#: The types that are told apart; all numbers and addresses of machines are one.
KINDS = (
    IdentifierType.NAME,
    IdentifierType.DATE,
    IdentifierType.ADDRESS,
    IdentifierType.ORGANIZATION,
    IdentifierType.AGE,
    IdentifierType.PHONE,
    IdentifierType.MEDICAL_RECORD,
)

OUTSIDE = 0
TAGS = 1 + 2 * len(KINDS)

#: How many points leaving out a piece loses where nothing else is said, so that less is left; a piece has hundreds.
REACH = 600

#: What no tag may come to; far below all sums of weights.
NEVER = -(1 << 28)

Scores = NDArray[np.int32]


class Trained:
    """Finds what stands where identifiers stand. A larger `reach` finds more, less of it right."""

    name = "deidentify_trained"

    def __init__(self, weights: Weights, *, reach: int = REACH) -> None:
        self._weights = weights
        self._looker = Looker(weights.words)
        self._reach = reach

    def find(self, text: str, *, language: str) -> Iterator[Found]:
        """What is found in a text of any language."""
        tokens = read_tokens(text)
        if not tokens:
            return
        rows = self._looker.look(text, tokens)
        scores = score(self._weights.features, rows)
        scores[:, OUTSIDE] -= self._reach
        tags = best_tags(scores, self._weights.moves, is_chinese(rows))
        for first, end, tag in runs(tags):
            kind, start, stop = KINDS[(tag - 1) // 2], tokens[first].start, tokens[end - 1].end
            sure = _sureness(scores[first:end], tags[first:end]) > SURE
            named = kind is not IdentifierType.NAME or not is_no_name(text, start)
            if named and self._may_be(kind, text[start:stop], rows[first:end], sure=sure):
                yield Found(start, stop, kind, "trained")

    def _may_be(self, kind: IdentifierType, value: str, rows: NDArray[np.uint64], *, sure: bool) -> bool:
        return is_plausible(kind, value) and (sure or not is_doubtful(kind, value, rows))


def _sureness(scores: Scores, tags: Sequence[int]) -> float:
    """How many points the tags have more than leaving the pieces out, for each piece."""
    return float((scores[np.arange(len(tags)), tags] - scores[:, OUTSIDE]).mean())


def score(weights: NDArray[np.signedinteger], rows: NDArray[np.uint64]) -> Scores:
    """How much speaks for each tag of each piece: shape (pieces, tags)."""
    scores: Scores = weights[combine(rows, len(weights))].sum(axis=1, dtype=np.int32)
    return scores


def is_chinese(rows: NDArray[np.uint64]) -> NDArray[np.int64]:
    """1 for pieces that are Chinese characters, 0 for others."""
    chinese: NDArray[np.int64] = (rows[:, Column.SHAPE] == 1).astype(np.int64)
    return chinese


def begin(kind: int) -> int:
    """The tag of the first piece of a kind."""
    return 1 + 2 * kind


def allowed() -> NDArray[np.int32]:
    """0 where a tag may follow another, NEVER where not: what goes on must have begun."""
    moves = np.zeros((TAGS, TAGS), np.int32)
    for kind in range(len(KINDS)):
        moves[:, begin(kind) + 1] = NEVER
        moves[[begin(kind), begin(kind) + 1], begin(kind) + 1] = 0
    return moves


def best_tags(scores: Scores, moves: Scores, chinese: NDArray[np.int64]) -> list[int]:
    """The tags whose scores and moves come to most."""
    steps = moves + allowed()
    total = scores[0] + allowed()[OUTSIDE]
    back = np.zeros((len(scores), TAGS), np.int64)
    every = np.arange(TAGS)
    for at in range(1, len(scores)):
        reached = total[:, None] + steps[chinese[at]]
        back[at] = reached.argmax(axis=0)
        total = reached[back[at], every] + scores[at]
    tags = [int(total.argmax())]
    for at in range(len(scores) - 1, 0, -1):
        tags.append(int(back[at, tags[-1]]))
    return tags[::-1]


def runs(tags: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """The first piece, the end and the tag of each range that tags tell of."""
    at = 0
    while at < len(tags):
        first, tag = at, tags[at]
        at += 1
        if tag != OUTSIDE:
            while at < len(tags) and tags[at] == tag + tag % 2:
                at += 1
            yield first, at, tag
