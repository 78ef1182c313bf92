"""Which part each mention plays in a sentence, by the cues of rules/cues.toml.

The idea is that of trigger and scope (ConText: Harkema et al. 2009), with the scopes of several cues competing:
the nearest cue of the narrowest reach wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from extractors.model import Mention
from extractors.relations.context import Sentence, Span
from extractors.rules import check_keys, read_rules
from ontologies.model import Kind

_REACHES = ("list", "clause", "sentence")
_KEYS = {"role", "side", "reach", "sections", "kinds", "score", "en", "zh"}


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue of rules/cues.toml in one language; `patterns` pairs each expression with a word it cannot lack."""

    name: str
    role: str
    side: str
    reach: int
    rank: int
    sections: frozenset[str]
    kinds: frozenset[Kind]
    score: float
    patterns: tuple[tuple[str, re.Pattern[str]], ...]


class Sign(NamedTuple):
    """A cue as it stands in a sentence; a negative `start` is in the line that introduces the list it is in."""

    cue: Cue
    start: int
    end: int


class Gaps(NamedTuple):
    """What may stand between a cue and a mention for the cue to reach it, in one language."""

    first: re.Pattern[str]
    further: re.Pattern[str]
    clause: re.Pattern[str]


@cache
def gaps_of(language: str) -> Gaps:
    """The gaps of rules/relations.toml for `language`."""
    table = read_rules("relations")["gaps"][language]
    check_keys("relations", f"gaps.{language}", table, required={"first", "further", "clause"})
    return Gaps(*(re.compile(table[name], re.IGNORECASE) for name in Gaps._fields))


@cache
def cues_for(section: str, language: str) -> tuple[Cue, ...]:
    """The cues that work in sections of the kind `section`."""
    return tuple(cue for cue in _all_cues(language) if section in cue.sections or "*" in cue.sections)


@cache
def _all_cues(language: str) -> tuple[Cue, ...]:
    return tuple(_cue(name, table, language) for name, table in read_rules("cues").items())


def _cue(name: str, table: dict[str, object], language: str) -> Cue:
    check_keys("cues", name, table, required=_KEYS, optional={"first"})
    expressions, kinds, sections = table[language], table["kinds"], table["sections"]
    assert isinstance(expressions, list) and isinstance(kinds, list) and isinstance(sections, list)
    return Cue(
        name,
        role=str(table["role"]),
        side=str(table["side"]),
        reach=(reach := _REACHES.index(str(table["reach"]))),
        rank=-1 if table.get("first") else reach,
        sections=frozenset(sections),
        kinds=frozenset(map(Kind, kinds)),
        score=float(str(table["score"])),
        patterns=tuple(compile_rule(expression, language) for expression in expressions),
    )


def compile_rule(expression: str, language: str) -> tuple[str, re.Pattern[str]]:
    """A word that every match of `expression` holds (may be empty), and the expression at word borders."""
    bounded = rf"(?<!\w){expression}(?!\w)" if language == "en" else expression
    return _sure_word(expression), re.compile(bounded, re.IGNORECASE)


def _sure_word(expression: str) -> str:
    # What lies outside all brackets is in every match, save a letter that a quantifier makes optional.
    if re.search(r"^[^()]*\|", expression):
        return ""
    flat, before = re.sub(r"(?:\[[^\]]*\]|\\.)(?:[?*+]|\{[^}]*\})?", "\n", expression), ""
    while flat != before:
        before, flat = flat, re.sub(r"\([^()]*\)[?*+]?(?:\{[^}]*\})?", "\n", flat)
    if "|" in flat:
        return ""
    pieces = re.split(r".[?*]\??|.\{[^}]*\}\??|[\n.^$+]", flat)
    return max(pieces, key=len, default="").lower()


def find_signs(sentence: Sentence, language: str) -> list[Sign]:
    """The cues that stand in the sentence, in order; of overlapping ones the longest."""
    lowered = sentence.text.lower()
    found = [
        Sign(cue, match.start(), match.end())
        for cue in cues_for(sentence.kind, language)
        for word, pattern in cue.patterns
        if word in lowered
        for match in pattern.finditer(sentence.text)
        if not _holds_mention(sentence, cue, match.start(), match.end())
    ]
    kept: list[Sign] = []
    for sign in sorted(found, key=lambda sign: (sign.start - sign.end, sign.start, sign.cue.reach)):
        if all(sign.end <= other.start or sign.start >= other.end for other in kept):
            kept.append(sign)
    return sorted(kept, key=lambda sign: sign.start)


def _holds_mention(sentence: Sentence, cue: Cue, start: int, end: int) -> bool:
    # An expression with a gap in it must not step over what it would govern.
    return any(
        start < sentence.at(mention)[1] and sentence.at(mention)[0] < end
        for mention in sentence.mentions
        if mention.kind in cue.kinds
    )


def govern(sentence: Sentence, signs: Sequence[Sign], language: str) -> dict[Mention, Sign]:
    """For each mention that a cue reaches, the cue that decides what part it plays."""
    best: dict[Mention, tuple[int, int, Sign]] = {}
    for sign in signs:
        for mention, distance in _reached(sentence, sign, signs, gaps_of(language)):
            rank = (sign.cue.rank, distance, sign)
            if mention not in best or rank[:2] < best[mention][:2]:
                best[mention] = rank
    return {mention: rank[2] for mention, rank in best.items()}


def _reached(sentence: Sentence, sign: Sign, signs: Sequence[Sign], gaps: Gaps) -> Iterator[tuple[Mention, int]]:
    fitting = [mention for mention in sentence.mentions if mention.kind in sign.cue.kinds]
    walk = _list_before if sign.cue.side == "before" else _list_after
    if sign.cue.reach == 0:
        low, high = _free(sign, signs)
        near = [m for m in fitting if low <= sentence.at(m)[0] and sentence.at(m)[1] <= high]
        yield from walk(sentence, sign, near, gaps)
        return
    for mention in fitting:
        start, stop = _between(sign, *sentence.at(mention))
        if start <= stop and (sign.cue.reach == 2 or not gaps.clause.search(sentence.text, start, stop)):
            yield mention, stop - start


def _free(sign: Sign, signs: Sequence[Sign]) -> Span:
    # A list ends where another cue stands.
    ends = [other.end for other in signs if other.end <= sign.start]
    starts = [other.start for other in signs if other.start >= sign.end]
    return max(ends, default=-1), min(starts, default=1 << 30)


def _between(sign: Sign, low: int, high: int) -> Span:
    # The gap between cue and mention, on the side that the cue looks to; upside down where there is none.
    if sign.cue.side == "before" or (sign.cue.side == "around" and high <= sign.start):
        return high, sign.start
    return max(sign.end, 0), low


def _list_after(
    sentence: Sentence, sign: Sign, mentions: Sequence[Mention], gaps: Gaps
) -> Iterator[tuple[Mention, int]]:
    position, allowed = max(sign.end, 0), gaps.first
    for mention in mentions:
        low, high = sentence.at(mention)
        if low < position:
            continue
        if not allowed.fullmatch(sentence.text, position, low):
            return
        yield mention, low - sign.end
        position, allowed = high, gaps.further


def _list_before(
    sentence: Sentence, sign: Sign, mentions: Sequence[Mention], gaps: Gaps
) -> Iterator[tuple[Mention, int]]:
    position, allowed = sign.start, gaps.first
    for mention in reversed(mentions):
        low, high = sentence.at(mention)
        if high > position:
            continue
        if not allowed.fullmatch(sentence.text, high, position):
            return
        yield mention, sign.start - high
        position, allowed = low, gaps.further
