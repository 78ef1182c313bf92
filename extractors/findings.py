"""Findings that are put together from words beside each other: "increased ALT", "oedema peripheral", 注射部位疼痛."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from extractors.model import Mention
from extractors.phrases import phrase_pattern
from extractors.rules import check_keys, read_rules
from ontologies.lexicon import Lexicon
from ontologies.model import CONDITIONS, Kind, Match

_LONGEST_SITE, _LONGEST_LIST = 22, 120
_SAID = ("before", "noun", "after")


class _Changes(NamedTuple):
    said: re.Pattern[str]
    """Any word of direction: rare, so that the patterns below are tried beside few places."""
    patterns: tuple[re.Pattern[str], ...]
    """From such a word on, or up to its end; each with the groups `said` and `list` (the quantities)."""
    quantity: re.Pattern[str]
    names: dict[str, str]
    directions: dict[str, str]


class _Beside(NamedTuple):
    behind: re.Pattern[str]
    tails: re.Pattern[str]
    sites: re.Pattern[str]
    site_words: tuple[str, ...]
    """All sites as words, looked at first: few mentions have one before them."""


def find_changes(text: str, lexicon: Lexicon) -> Iterator[Mention]:
    """Findings that a measured quantity is raised or lowered, each member of a list by itself.

    One that the lexicon has no name for has no match, and for text "increased" or "decreased" and the quantity.
    """
    rules = _changes()
    for found in filter(None, map(_beside_direction, rules.said.finditer(text))):
        direction = rules.directions[found["said"].lower()]
        quantities = list(rules.quantity.finditer(text, *found.span("list")))
        for quantity in quantities:
            names = direction, rules.names[" ".join(quantity[0].lower().split())]
            (start, left), (right, end) = sorted((found.span("said"), quantity.span()))
            parts = ((start, end),) if not text[left:right].strip() else ((start, left), (right, end))
            yield _change(text, (found.span(),) if len(quantities) == 1 else parts, quantity, names, lexicon)


def _beside_direction(said: re.Match[str]) -> re.Match[str] | None:
    forward, backward, chinese = _changes().patterns
    text, low = said.string, max(0, said.start() - _LONGEST_LIST)
    if not said[0].isascii():
        return chinese.search(text, low, said.end())
    return forward.match(text, said.start()) or backward.search(text, low, said.end())


def _change(
    text: str, parts: tuple[tuple[int, int], ...], quantity: re.Match[str], names: tuple[str, str], lexicon: Lexicon
) -> Mention:
    direction, name = names
    glue = " " if text[parts[-1][1] - 1].isascii() else ""
    said = glue.join(text[start:end] for start, end in parts)
    match = _find(said, lexicon) or _known(direction, (name, quantity[0]), lexicon)
    if not match:
        said = f"{direction} {name}"
    elif len(parts) > 1 and glue:
        said = f"{direction} {quantity[0]}"
    return Mention(parts[0][0], parts[-1][1], said, Kind.FINDING, match, parts=parts if len(parts) > 1 else ())


def _known(direction: str, quantities: tuple[str, ...], lexicon: Lexicon) -> Match | None:
    templates = read_rules("findings")["templates"][direction]
    names = (template.format(q=quantity) for quantity in quantities for template in templates)
    return next(filter(None, (_find(name, lexicon) for name in names)), None)


def _find(name: str, lexicon: Lexicon) -> Match | None:
    return next(iter(lexicon.find(name, kinds=CONDITIONS)), None)


def complete(text: str, mention: Mention, lexicon: Lexicon) -> Mention:
    """`mention` with the words beside it that belong to it: a site before it, its adjective or "reaction" behind it."""
    if mention.kind not in CONDITIONS:
        return mention
    rules = _beside()
    low = max(0, mention.start - _LONGEST_SITE)
    named = text[low : mention.start].rstrip().lower().endswith(rules.site_words)
    if named and (site := rules.sites.search(text, low, mention.start)):
        name = text[site.start() : mention.end]
        return replace(mention, start=site.start(), text=name, kind=Kind.FINDING, match=_find(name, lexicon))
    behind = rules.behind.match(text, mention.end)
    if behind and (match := _find(f"{behind[1]} {text[mention.start : mention.end]}", lexicon)):
        return replace(mention, end=behind.end(), text=text[mention.start : behind.end()], kind=match.kind, match=match)
    tail = rules.tails.match(text, mention.end)
    if tail:
        return replace(mention, end=tail.end(), text=text[mention.start : tail.end()])
    return mention


@cache
def _beside() -> _Beside:
    rules = read_rules("findings")
    check_keys("findings", "order", rules["order"], required={"behind", "tails"})
    check_keys("findings", "sites", rules["sites"], required={"en", "zh"})
    behind = phrase_pattern(rules["order"]["behind"], words=True).pattern
    tails = phrase_pattern(rules["order"]["tails"], words=True).pattern
    english = phrase_pattern(rules["sites"]["en"], words=True).pattern
    chinese = phrase_pattern(rules["sites"]["zh"], words=False).pattern
    return _Beside(
        re.compile(rf"[ \t]+({behind})", re.IGNORECASE),
        re.compile(rf"[ \t]+{tails}", re.IGNORECASE),
        re.compile(rf"(?:{english}\s+|{chinese})$", re.IGNORECASE),
        (*rules["sites"]["en"], *rules["sites"]["zh"]),
    )


@cache
def _changes() -> _Changes:
    rules = read_rules("findings")
    names = {word.lower(): name for name, words in rules["quantities"].items() for word in words}
    directions = {}
    for direction, table in rules["directions"].items():
        check_keys("findings", f"directions.{direction}", table, required={"before", "noun", "after", "zh"})
        directions.update({word: direction for words in table.values() for word in words})
    latin = _any([name for name in names if name.isascii()])
    mixed = rf"(?<![A-Za-z]){_any(list(names), words_apart=False)}(?![A-Za-z])"
    words = [word for word in directions if word.isascii()]
    said = rf"{_any(words)}|{_any([word for word in directions if not word.isascii()], words_apart=False)}"
    patterns = (*_english(rules, latin), _chinese(rules, mixed))
    return _Changes(re.compile(said, re.IGNORECASE), patterns, re.compile(mixed, re.IGNORECASE), names, directions)


def _english(rules: Mapping[str, Any], quantity: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    before, noun, after = (_any([w for t in rules["directions"].values() for w in t[key]]) for key in _SAID)
    around = rules["around"]
    check_keys("findings", "around", around, required={"before", "after", "follows"})
    one = rf"(?:{_any(around['before'])}\s+){{0,3}}{quantity}(?:\s+{_any(around['after'])})?"
    listed = rf"(?P<list>{one}(?:\s*(?:,|/|,?\s(?:and/or|and|or)\s)\s*{one}){{0,5}})"
    follows = rf"(?=\s*(?:[^\w\s]|$|\n|{_any(around['follows'])}))"
    return (
        re.compile(
            rf"(?P<said>{before}(?=\s)|{noun}(?=\s+(?:in|of)\s))\s+(?:(?:in|of)\s+)?{listed}{follows}", re.IGNORECASE
        ),
        re.compile(rf"{listed}\s+(?:(?:was|were|is|are)\s+)?(?P<said>{after})$", re.IGNORECASE),
    )


def _chinese(rules: Mapping[str, Any], quantity: str) -> re.Pattern[str]:
    said = _any([word for table in rules["directions"].values() for word in table["zh"]], words_apart=False)
    return re.compile(
        rf"(?P<list>{quantity}(?:[、/及或和与]{quantity}){{0,5}})(?:水平|浓度|值|活性)?(?P<said>{said})", re.IGNORECASE
    )


def _any(words: list[str], *, words_apart: bool = True) -> str:
    return phrase_pattern(words, words=words_apart).pattern
