"""Expressions of the rules, with the words that a text must hold for one to be worth trying.

Most sentences hold no word of most rules: a search for plain words first costs a tenth of the expressions themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
_QUANTIFIER = re.compile(r"[?*+]\??|\{\d*,?\d*\}\??")
_OPTIONAL = re.compile(r"[?*]|\{0?,")
_LOOKAROUND = re.compile(r"\(\?(?:[=!]|<[=!])")
_GROUP = re.compile(r"\(\?(?:[:i]|P<\w+>)|\(")
_SHORTEST = 2
_LATIN = re.compile("[a-z]+")
_KEPT = 10_000
"""Runs of letters that are kept before all are forgotten."""


class Rule(NamedTuple):
    """An expression and plain words in small letters of which every match holds one; no words where none is sure."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]

    def fits(self, lowered: str) -> bool:
        """Whether the expression is worth trying on a text, given in small letters."""
        return not self.words or any(word in lowered for word in self.words)


class RuleSet(Generic[T]):
    """Many rules, each with what it stands for, tried on a text together: each plain word is looked for once."""

    def __init__(self, rules: Iterable[tuple[T, Rule]]) -> None:
        self._rules = tuple(rules)
        self._always = [place for place, (_, rule) in enumerate(self._rules) if not rule.words]
        self._places: dict[str, list[int]] = {}
        for place, (_, rule) in enumerate(self._rules):
            for word in rule.words:
                self._places.setdefault(word, []).append(place)
        self._unlettered = frozenset(word for word in self._places if not _LATIN.search(word))
        self._hints = _Hints(self._places.keys() - self._unlettered)

    def find(self, text: str) -> Iterator[tuple[T, re.Match[str]]]:
        """Each match of each rule in `text`, in the order of the rules."""
        lowered = text.lower()
        places = set(self._always)
        hinted = map(self._hints.__getitem__, set(_LATIN.findall(lowered)))
        for word in self._unlettered.union(*hinted):
            if word in lowered:
                places.update(self._places[word])
        for place in sorted(places):
            owner, rule = self._rules[place]
            for match in rule.pattern.finditer(text):
                yield owner, match


class _Hints(dict[str, tuple[str, ...]]):
    """For each run of Latin letters in a text the plain words it may be a part of, kept: texts repeat their words.

    Where a plain word stands, its own longest run of letters lies within a run of the text.
    """

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__()
        self._runs = [(max(_LATIN.findall(word), key=len), word) for word in sorted(words)]

    def __missing__(self, run: str) -> tuple[str, ...]:
        if len(self) > _KEPT:
            self.clear()
        found = self[run] = tuple(word for part, word in self._runs if part in run)
        return found


def compile_rule(expression: str, language: str) -> Rule:
    """`expression` at word borders (English) or anywhere (Chinese), without regard to case."""
    bounded = rf"(?<!\w){expression}(?!\w)" if language == "en" else expression
    return Rule(sure_words(expression), re.compile(bounded, re.IGNORECASE))


def compile_open(expression: str) -> Rule:
    """`expression` as it stands, for use at a given place of a text."""
    return Rule((), re.compile(expression, re.IGNORECASE))


def sure_words(expression: str) -> tuple[str, ...]:
    """Words of which every match of `expression` holds one, the longest that can be told; empty where none can."""
    branches = list(_branches(expression))
    if len(branches) == 1:
        return max(_candidates(branches[0]), key=_worth, default=())
    found = [sure_words(branch) for branch in branches]
    return tuple(dict.fromkeys(word for words in found for word in words)) if all(found) else ()


def _worth(words: tuple[str, ...]) -> tuple[int, int]:
    return min(map(len, words), default=0), -len(words)


def _branches(expression: str) -> Iterator[str]:
    start = 0
    for kind, low, _ in _atoms(expression):
        if kind == "|":
            yield expression[start:low]
            start = low + 1
    yield expression[start:]


def _candidates(branch: str) -> Iterator[tuple[str, ...]]:
    """Sets of words that each match must hold one of: runs of plain letters, and groups that may not be missing."""
    run, pending = "", False
    least = _SHORTEST if branch.isascii() else 1
    for kind, low, high in _atoms(branch):
        following = _QUANTIFIER.match(branch, high)
        missing = following is not None and _OPTIONAL.match(following[0]) is not None
        pending = kind == "letter" and not missing
        run += branch[low:high].lower() if pending else ""
        if not pending or following is not None:
            if len(run) >= least:
                yield (run,)
            run = ""
        if kind == "group" and not missing and (inner := sure_words(_inside(branch[low:high]))):
            yield inner
    if len(run) >= least:
        yield (run,)


def _inside(group: str) -> str:
    opening = _GROUP.match(group)
    return group[opening.end() : -1] if opening else ""


def _atoms(expression: str) -> Iterator[tuple[str, int, int]]:
    """The parts of an expression at its outermost level: letters, groups, bars and all else, with their places."""
    position = 0
    while position < len(expression):
        start, char = position, expression[position]
        if char == "(":
            position = _closing(expression, position)
            yield ("other" if _LOOKAROUND.match(expression, start) else "group"), start, position
        elif char == "[":
            position = expression.index("]", position + 2) + 1
            yield "other", start, position
        elif char == "\\":
            position += 2
            yield "other", start, position
        elif quantifier := _QUANTIFIER.match(expression, position):
            position = quantifier.end()
        else:
            position += 1
            yield (char if char == "|" else "other" if char in ".^$" else "letter"), start, position


def _closing(expression: str, position: int) -> int:
    depth = 0
    while True:
        char = expression[position]
        if char == "\\":
            position += 1
        elif char == "[":
            position = expression.index("]", position + 2)
        else:
            depth += (char == "(") - (char == ")")
        position += 1
        if depth == 0:
            return position
