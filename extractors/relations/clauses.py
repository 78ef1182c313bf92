"""Sentences cut into clauses that each say a change of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from extractors.model import Mention
from extractors.qualifiers import find_values
from extractors.relations.context import Sentence
from extractors.rules import check_keys, read_rules


@cache
def clause_rules(language: str) -> Mapping[str, tuple[re.Pattern[str], ...]]:
    """The expressions of rules/clauses.toml for `language`, by name."""
    table = read_rules("clauses")[language]
    check_keys("clauses", language, table, required={"border", "onto", "ahead"})
    return {name: tuple(re.compile(text, re.IGNORECASE) for text in texts) for name, texts in table.items()}


def split_clauses(sentence: Sentence, drugs: Sequence[Mention], language: str) -> list[Sentence]:
    """`sentence` once for each clause that says a change and names one of `drugs`, all else in it blanked; whole
    where there is only one such.
    """
    if len(drugs) < 2:
        return [sentence]
    borders = sorted({m.start() for rule in clause_rules(language)["border"] for m in rule.finditer(sentence.text)})
    spans: list[tuple[int, int]] = []
    low = 0
    for border in borders:
        if all(_whole(sentence, span, drugs, language) for span in ((low, border), (border, len(sentence.text)))):
            spans.append((low, border))
            low = border
    return [_only(sentence, *span) for span in (*spans, (low, len(sentence.text)))] if spans else [sentence]


def _whole(sentence: Sentence, span: tuple[int, int], drugs: Sequence[Mention], language: str) -> bool:
    low, high = span
    named = any(low <= start and end <= high for start, end in map(sentence.at, drugs))
    return named and bool(find_values("effect", sentence.text[low:high], language))


def _only(sentence: Sentence, low: int, high: int) -> Sentence:
    text = sentence.text
    blanked = " " * low + text[low:high] + " " * (len(text) - high)
    inside = tuple(m for m in sentence.mentions if low <= sentence.at(m)[0] and sentence.at(m)[1] <= high)
    return replace(sentence, text=blanked, mentions=inside)
