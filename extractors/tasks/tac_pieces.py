"""Puts mentions in pieces together: "suicidal thoughts or behavior" holds "suicidal behavior".

A tagged run of tokens stands alone, or is joined with words of another run near it, or is dropped: which, is learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from extractors.ranker import Ranker, train
from extractors.tasks.tac_words import Key, Token

Run = tuple[int, int]
"""A range of tokens, end exclusive."""
Pieces = tuple[Run, ...]
Known = Callable[[Key], bool]

_WINDOW = 40
_NEAR = 5
"""Tokens between two pieces at most."""
_SEPARATORS = frozenset((",", ";", "and", "or", "/", "(", ")", ".", ":", "*", "including", "of", "such", "like", "as"))


@dataclass(frozen=True, slots=True)
class _Join:
    pieces: Pieces
    features: list[str]


class Joiner:
    """Says of each tagged run whether it is a mention, part of one, or none."""

    def __init__(self, ranker: Ranker) -> None:
        self._ranker = ranker

    def join(self, tokens: Sequence[Token], runs: Sequence[Run], known: Known, *, reach: float = 0.0) -> list[Pieces]:
        """The mentions that the runs make, each once."""
        found: dict[Pieces, None] = {}
        for place in range(len(runs)):
            joins = list(_iter_joins(tokens, place, runs, known))
            chosen = self._ranker.choose([join.features for join in joins], reach=reach)
            if chosen is not None:
                found[joins[chosen].pieces] = None
        return list(found)


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its tagged runs and the mentions that are right."""

    tokens: Sequence[Token]
    runs: Sequence[Run]
    right: frozenset[Pieces]
    known: Known


def train_joiner(examples: Sequence[Example]) -> Joiner:
    """A joiner learnt from annotated texts."""
    return Joiner(train(group for example in examples for group in _iter_groups(example)))


def _iter_groups(example: Example) -> Iterator[tuple[list[list[str]], set[int]]]:
    for run in range(len(example.runs)):
        joins = list(_iter_joins(example.tokens, run, example.runs, example.known))
        right = {place for place, join in enumerate(joins) if join.pieces in example.right}
        yield [join.features for join in joins], right if 0 not in right else {0}


def _iter_joins(tokens: Sequence[Token], place: int, runs: Sequence[Run], known: Known) -> Iterator[_Join]:
    piece = runs[place]
    yield _stand_alone(tokens, place, runs, known)
    for run in runs[max(0, place - _NEAR) : place]:
        if piece[0] - run[1] < _WINDOW:
            for end in range(run[0] + 1, run[1] + 1):
                yield _make_join(tokens, piece, (run[0], end), run, "begin of", known)
            if run[1] - run[0] > 1:
                yield _make_join(tokens, piece, (run[1] - 1, run[1]), run, "end of", known)
    for run in runs[place + 1 : place + 1 + _NEAR]:
        if run[0] - piece[1] < _WINDOW:
            for start in range(run[0], run[1]):
                yield _make_join(tokens, piece, (start, run[1]), run, "tail of", known)


def _stand_alone(tokens: Sequence[Token], place: int, runs: Sequence[Run], known: Known) -> _Join:
    first, last = runs[place]
    words = tuple(token.norm for token in tokens[first:last])
    before = tokens[first - 1].norm if first else ""
    after = tokens[last].norm if last < len(tokens) else ""
    features = [
        "alone",
        f"alone known {known(words)}",
        f"alone {' '.join(words)}",
        f"alone first {words[0]}",
        f"alone last {words[-1]}",
        f"alone end {words[-1][-4:]}",
        f"alone length {min(5, len(words))}",
        f"alone before {before}",
        f"alone after {after}",
        f"alone between {before} {after}",
        f"alone known {known(words)} length {min(3, len(words))} before {before}",
    ]
    return _Join((runs[place],), features)


def _make_join(tokens: Sequence[Token], piece: Run, kept: Run, run: Run, kind: str, known: Known) -> _Join:
    pieces = tuple(sorted((piece, kept)))
    gap = [token.norm for token in tokens[pieces[0][1] : pieces[1][0]]]
    words = tuple(token.norm for start, end in pieces for token in tokens[start:end])
    held = " ".join(token.norm for token in tokens[kept[0] : kept[1]])
    left = (run[1] - run[0]) - (kept[1] - kept[0])
    mine = tokens[piece[1] - 1].norm
    lost = tokens[kept[1]].norm if kind == "begin of" and left else tokens[kept[0] - 1].norm if left else "none"
    distance = min(6, len(gap)) if len(gap) < 10 else 10
    signs = sorted({word for word in gap if word in _SEPARATORS})
    features = [
        f"{kind}",
        f"{kind} keeps {min(3, kept[1] - kept[0])} leaves {min(3, left)}",
        f"{kind} keeps {held}",
        f"{kind} distance {distance}",
        f"{kind} leaves {min(3, left)} distance {distance}",
        f"{kind} last {mine[-4:]} lost {lost[-4:]}",
        f"{kind} gap {' '.join(gap) if len(gap) < 4 else '...'}",
        f"{kind} signs {' '.join(signs)}",
        f"known {known(words)}",
        f"{kind} known {known(words)}",
        f"{kind} mine {mine}",
        f"{kind} length {min(4, piece[1] - piece[0])}",
        f"lines {_breaks(tokens, pieces)}",
    ]
    return _Join(pieces, features)


def _breaks(tokens: Sequence[Token], pieces: Pieces) -> int:
    """How much white space stands in the gap, in classes: much of it means another row or paragraph."""
    white = sum(
        max(0, tokens[place].start - tokens[place - 1].end - 1) for place in range(pieces[0][1], pieces[1][0] + 1)
    )
    return min(3, white // 3)
