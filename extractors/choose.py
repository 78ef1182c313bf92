"""Which of a name's matches is meant at a place, and where a name is no mention at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from extractors.rules import check_keys, read_rules
from ontologies.model import Kind, Match

_BESIDE = 12


class _Block(NamedTuple):
    kinds: frozenset[str]
    names: frozenset[str]
    before: tuple[str, ...]
    unless: tuple[str, ...]
    after: re.Pattern[str]


@cache
def _blocks() -> tuple[_Block, ...]:
    found = []
    for name, table in read_rules("mentions")["blocked"].items():
        check_keys(
            "mentions", f"blocked.{name}", table, required={"kinds", "before", "unless", "after"}, optional={"names"}
        )
        words = "|".join(sorted(map(re.escape, table["after"]), key=len, reverse=True)) or "(?!)"
        after = re.compile(words if name.startswith("zh") else rf"(?:{words})(?!\w)", re.IGNORECASE)
        kinds, names = frozenset(table["kinds"]), frozenset(table.get("names", ()))
        found.append(_Block(kinds, names, tuple(table["before"]), tuple(table["unless"]), after))
    return tuple(found)


@cache
def _rivals(kind: Kind, section: str) -> float | None:
    """What a kind's matches gain in a kind of section, or None where the kind is not read."""
    rules = read_rules("mentions")
    only = rules["only_in"].get(kind)
    if only is not None and section not in only:
        return None
    return float(rules["prefer"].get(section, {}).get(kind, 0.0))


def choose(matches: Sequence[Match], section: str) -> Match | None:
    """The match that is most likely meant in a section of that kind, or None where none of them is read there."""
    if len(matches) == 1:
        return matches[0] if _rivals(matches[0].kind, section) is not None else None
    best, height = None, -1.0
    for match in matches:
        gain = _rivals(match.kind, section)
        if gain is not None and match.score + gain > height:
            best, height = match, match.score + gain
    return best


def is_blocked(text: str, start: int, end: int, kind: Kind, section: str) -> bool:
    """Whether `text[start:end]` is something else, for what stands beside it ("non-diabetic", "flu-like", 抗高血压).

    Or for where it stands: the names of organ systems are headings in a `section` of adverse reactions.
    """
    before = text[max(0, start - _BESIDE) : start].lower()
    name = text[start:end].lower()
    if name in _never().get(kind, ()) or (section, name) in _headings():
        return True
    return any(_blocks_here(block, text, end, before, name) for block in _blocks() if kind in block.kinds)


def _blocks_here(block: _Block, text: str, end: int, before: str, name: str) -> bool:
    if block.names and name not in block.names:
        return False
    return (before.endswith(block.before) and not before.endswith(block.unless)) or bool(block.after.match(text, end))


@cache
def _never() -> dict[str, frozenset[str]]:
    return {kind: frozenset(names) for kind, names in read_rules("mentions")["never"].items()}


@cache
def _headings() -> frozenset[tuple[str, str]]:
    table = read_rules("mentions")["headings"]
    check_keys("mentions", "headings", table, required={"sections", "names"})
    return frozenset((section, name) for section in table["sections"] for name in table["names"])
