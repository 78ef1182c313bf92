"""How the weights of the trained recogniser of identifiers are learnt: a structured perceptron, averaged.

Collins (EMNLP 2002), with a margin: while learning every wrong tag is given points (Tsochantaridis et al., JMLR 2005).
All is whole numbers, so the same notes in the same order give the same weights on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.deidentify.attributes import Column, Looker, WordSets
from extractors.deidentify.features import TEMPLATES, combine
from extractors.deidentify.tokens import Token, read_tokens
from extractors.deidentify.trained import KINDS, OUTSIDE, TAGS, begin, best_tags, is_chinese
from extractors.deidentify.view import View
from extractors.deidentify.weights import Weights
from extractors.events import IdentifierType
from planted import Planted, PlantedNote

#: Rows of the weights; features that fall on the same row share it.
BUCKETS = 1 << 17

#: Points given to wrong tags while learning: to any, and to leaving out an identifier.
MARGIN, LEFT_OUT = 200, 200

#: How often the word itself is hidden, so that it is not all that tells.
HIDE_WORD = 0.15

#: The share of features that is looked at in a note, others each time, so that many learn to tell alone.
KEEP = 0.8

_WORDS = [Column.WORD, Column.HEAD, Column.TAIL]
_HIDDEN = np.uint64(0xFACE)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is seen of a note, and its right tags."""

    rows: NDArray[np.uint64]
    tags: NDArray[np.int64]


def read_lessons(notes: Sequence[PlantedNote], words: WordSets) -> list[Lesson]:
    """The notes as rows and tags."""
    looker = Looker(words)
    return [lesson for note in notes for lesson in _lesson(note, looker)]


def _lesson(note: PlantedNote, looker: Looker) -> Iterator[Lesson]:
    text = View(note.text).text
    tokens = read_tokens(text)
    if tokens and len(text) == len(note.text):
        rows = looker.look(text, tokens)
        yield Lesson(rows, right_tags(tokens, note.planted))


def right_tags(tokens: Sequence[Token], planted: Sequence[Planted]) -> NDArray[np.int64]:
    """The tags of pieces that planted identifiers ask for."""
    tags, at = np.zeros(len(tokens), np.int64), 0
    for each in planted:
        kind = IdentifierType(each.type)
        tag = begin(KINDS.index(kind if kind in KINDS else IdentifierType.MEDICAL_RECORD))
        while at < len(tokens) and tokens[at].end <= each.start:
            at += 1
        first = at
        while at < len(tokens) and tokens[at].start < each.end:
            tags[at] = tag + (at > first)
            at += 1
    return tags


class Learner:
    """Learns weights from lessons."""

    def __init__(self, *, buckets: int = BUCKETS) -> None:
        self.features = np.zeros((buckets, TAGS), np.int32)
        self.moves = np.zeros((2, TAGS, TAGS), np.int32)
        self._feature_sums = np.zeros((buckets, TAGS), np.int64)
        self._move_sums = np.zeros((2, TAGS, TAGS), np.int64)
        self._step = 1

    def learn(self, lessons: Sequence[Lesson], *, epochs: int, seed: int) -> Iterator[int]:
        """Go through the lessons so many times; yields how many pieces were tagged wrong each time."""
        rng = random.Random(seed)
        order = list(lessons)
        for _ in range(epochs):
            rng.shuffle(order)
            yield sum(self._correct(_with_holes(lesson, rng), lesson.tags, rng) for lesson in order)

    def _correct(self, rows: NDArray[np.uint64], right: NDArray[np.int64], rng: random.Random) -> int:
        kept = [at for at in range(len(TEMPLATES)) if rng.random() < KEEP]
        buckets = combine(rows, len(self.features))[:, kept]
        scores = self.features[buckets].sum(axis=1, dtype=np.int32) + MARGIN
        scores[right != OUTSIDE, OUTSIDE] += LEFT_OUT - MARGIN
        scores[np.arange(len(right)), right] -= MARGIN
        chinese = is_chinese(rows)
        tags = np.array(best_tags(scores, self.moves, chinese))
        wrong = np.flatnonzero(tags != right)
        for at in wrong:
            for table, by in ((self.features, 1), (self._feature_sums, self._step)):
                np.add.at(table, (buckets[at], right[at]), by)
                np.add.at(table, (buckets[at], tags[at]), -by)
        for line, by in ((right, 1), (tags, -1)):
            np.add.at(self.moves, (chinese[1:], line[:-1], line[1:]), by)
            np.add.at(self._move_sums, (chinese[1:], line[:-1], line[1:]), by * self._step)
        self._step += 1
        return len(wrong)

    def weights(self, words: WordSets) -> Weights:
        """The weights, averaged over all steps and brought to one byte each."""
        features = self.features * np.int64(self._step) - self._feature_sums
        moves = self.moves * np.int64(self._step) - self._move_sums
        unit = max(_unit(features), 1)
        small = np.clip((features + np.sign(features) * (unit // 2)).astype(np.int64) // unit, -127, 127)
        return Weights(small.astype(np.int8), (moves // unit).astype(np.int32), words)


def _unit(features: NDArray[np.int64]) -> int:
    """What one step of a byte stands for: all but one in a thousand of the weights fit."""
    sizes = np.sort(np.abs(features[features != 0]))
    return int(sizes[int(len(sizes) * 0.999)]) // 127 if len(sizes) else 1


def _with_holes(lesson: Lesson, rng: random.Random) -> NDArray[np.uint64]:
    rows = lesson.rows.copy()
    hidden = np.array([rng.random() < HIDE_WORD for _ in range(len(rows))])
    for column in _WORDS:
        rows[hidden, column] = _HIDDEN
    return rows
