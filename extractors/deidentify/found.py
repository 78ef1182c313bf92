"""What de-identification makes: ranges that point at a person, and texts without them.

None of these types holds a character of what was found: they may be logged, printed and kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from extractors.events import IdentifierType


class Mode(StrEnum):
    """What stands where an identifier stood."""

    ERASE = "erase"
    """Nothing."""
    TYPE = "type"
    """Its type in brackets: `[NAME]`."""
    PSEUDONYM = "pseudonym"
    """A keyed surrogate of the same language and shape, the same for the same value."""


class Wording(StrEnum):
    """What a text is: that says who is asked about it."""

    PROSE = "prose"
    """What somebody wrote: everybody is asked."""
    FIELD = "field"
    """A few words, such as the name of an event: the trained recogniser, which has learnt notes, takes rare terms that
    stand in no sentence for names, so rules and the recognisers that were given are asked alone."""
    TERM = "term"
    """A name that a terminology gave: only known values are looked for, and what proves itself (mail, pages, citizen
    numbers)."""


class Found(NamedTuple):
    """A range of a text that points at a person, and the rule that says so; characters, end exclusive."""

    start: int
    end: int
    type: IdentifierType
    rule: str


class Replaced(NamedTuple):
    """A range of the original text, and how many characters stand there now."""

    found: Found
    length: int


class Recogniser(Protocol):
    """Finds identifiers of some types; the default ones are rules, a trained model is one more."""

    name: str

    def find(self, text: str, *, language: str) -> Iterable[Found]:
        """What is found in `text`, in any order; ranges may overlap each other and those of other recognisers."""
        ...


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without identifiers; `spans` are the ranges of the original that were replaced, in order."""

    text: str
    spans: tuple[Replaced, ...] = ()

    @property
    def found(self) -> tuple[Found, ...]:
        """The ranges of the original text, in order, without overlaps."""
        return tuple(span.found for span in self.spans)

    @property
    def counts(self) -> Counter[IdentifierType]:
        """How many identifiers of each type there were."""
        return Counter(span.found.type for span in self.spans)

    def moved(self, position: int) -> int:
        """Where the character at `position` of the original stands now; inside an identifier, where that begins."""
        return Moves(self.spans).at(position)


class Moves:
    """Positions of an original text in the cleaned one, by bisection; made once for a text with sections."""

    __slots__ = ("_shifts", "_spans", "_starts")

    def __init__(self, spans: Sequence[Replaced]) -> None:
        self._spans = spans
        self._starts = [span.found.start for span in spans]
        self._shifts = [0]
        for found, length in spans:
            self._shifts.append(self._shifts[-1] + length - (found.end - found.start))

    def at(self, position: int) -> int:
        """Where the character at `position` stands now."""
        index = bisect_right(self._starts, position) - 1
        if index < 0:
            return position
        found, length = self._spans[index]
        if position < found.end:
            return found.start + self._shifts[index] + (length if position > found.start else 0)
        return position + self._shifts[index + 1]


def without_retold(more: Iterable[Found], found: Sequence[Found]) -> list[Found]:
    """Those of `more` that are no dates or ages of `found` told again, perhaps longer: these must stay readable."""
    exact = (IdentifierType.DATE, IdentifierType.AGE)
    told = [each for each in found if each.type in exact]
    return [
        one
        for one in more
        if one.type not in exact or not any(each.start < one.end and one.start < each.end for each in told)
    ]


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """The ranges in order, those that overlap joined under the type of the longest (the first given, where equal)."""
    joined: list[Found] = []
    longest = 0
    for each in sorted(found, key=lambda f: (f.start, f.start - f.end)):
        last = joined[-1] if joined else None
        if last is None or each.start >= last.end:
            joined.append(each)
            longest = each.end - each.start
            continue
        wins = each.end - each.start > longest
        longest = max(longest, each.end - each.start)
        kept = each if wins else last
        joined[-1] = Found(last.start, max(last.end, each.end), kept.type, kept.rule)
    return joined
