"""How the pieces of a text stand to each other: gaps, lines, labels and repetition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractors.deidentify.tokens import Token
from extractors.deidentify.word_sets import hash_word

#: A label stands at most so many pieces before what it labels.
_REACH = 6


def gaps(text: str, tokens: Sequence[Token]) -> list[int]:
    """What stands before each piece: 0 nothing, 1 a space, 2 more, 3 a line's end, 4 an empty line; 5 the first."""
    found = [5]
    for last, token in pairwise(tokens):
        between = text[last.end : token.start]
        lines = between.count("\n")
        found.append(2 + min(lines, 2) if lines else min(len(between), 2))
    return found


def again(tokens: Sequence[Token]) -> list[int]:
    """Whether a word stands in the text more than once, and whether in small letters too."""
    keys = [token.text.casefold() for token in tokens]
    count = Counter(keys)
    small = {token.text for token in tokens if token.text.islower()}
    return [(count[key] > 1) + 2 * (key in small) if key.isalpha() else 0 for key in keys]


def by_lines(text: str, tokens: Sequence[Token]) -> Iterator[list[int]]:
    """Of each piece how its line and the text are written, where it stands in them, and the label before it."""
    starts = [at for at in range(len(tokens)) if not at or "\n" in text[tokens[at - 1].end : tokens[at].start]]
    ends = [*starts[1:], len(tokens)]
    case, place, label = [], [], []
    whole = _case(tokens)
    for first, end in zip(starts, ends, strict=True):
        line = tokens[first:end]
        case += [1 + 4 * whole + _case(line)] * len(line)
        place += _places(len(line), first=first == 0, last=end == len(tokens))
        label += _labels(line)
    yield from (case, place, label)


def _case(tokens: Sequence[Token]) -> int:
    """Whether words are of capitals (1), of small letters (2), mixed (3), or there are none (0)."""
    letters = "".join(token.text for token in tokens if token.text[0].isalpha() and token.text[0] < "\u3400")
    upper = sum(map(str.isupper, letters))
    if not letters:
        return 0
    return 1 if upper > 0.8 * len(letters) else 2 if not upper else 3


def _places(count: int, *, first: bool, last: bool) -> list[int]:
    short = 1 if count <= 3 else 2 if count <= 6 else 3
    whole = 16 * short + 64 * first + 128 * last
    return [whole + 1 + 2 * min(at, 2) + 8 * (at == count - 1) for at in range(count)]


def _labels(line: Sequence[Token]) -> list[int]:
    """For each piece of a line the word before the nearest colon to the left, with the first word of the line."""
    found, label, age = [], 0, _REACH
    for at, token in enumerate(line):
        found.append(label if age < _REACH else 0)
        age += 1
        if token.text == ":" and at:
            label, age = hash_word(line[at - 1].text.casefold()), 0
    return found
