"""Exceptions inside a sentence: conditions that it takes out of what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from extractors.model import Qualifier
from extractors.relations.context import Context, Sentence
from extractors.rules import check_keys, read_rules

#: The predicates that an exception limits; an adverse event "other than headache" is none of theirs.
LIMITED = frozenset({"indicated_for", "not_indicated_for", "contraindicated_in"})


def find_exceptions(sentence: Sentence, language: str) -> list[tuple[int, int]]:
    """The ranges of the document that `sentence` takes out of what it says."""
    if _nothing().match(sentence.text):
        return []
    spans = (found.span("what") for pattern in _patterns(language) for found in pattern.finditer(sentence.text))
    return [(sentence.start + start, sentence.start + end) for start, end in spans]


def say_exceptions(context: Context, ranges: Iterable[tuple[int, int]]) -> Iterator[Qualifier]:
    """A qualifier `exception` for each range, in the words of the document."""
    for start, end in ranges:
        yield Qualifier("exception", " ".join(context.document.text[start:end].split()).strip(" ,，"))


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in _rules()[language])


@cache
def _nothing() -> re.Pattern[str]:
    return re.compile(_rules()["nothing"], re.IGNORECASE)


@cache
def _rules() -> Mapping[str, Any]:
    table: Mapping[str, Any] = read_rules("exceptions")["patterns"]
    check_keys("exceptions", "patterns", table, required={"en", "zh", "nothing"})
    return table
