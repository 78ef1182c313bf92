"""The ingredients that a Chinese insert names: its active ones, the drug inside a salt's name, and its excipients."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from extractors.model import Coded
from extractors.rules import read_rules
from extractors.sources.insert_cn_words import Found, Insert


def moiety_of(active: Coded) -> Coded:
    """The drug of which an active ingredient is a salt, at its characters in the name; itself where it is none."""
    rules = _rules()
    name = active.name
    if re.match(rules["no_salt"], name):
        return replace(active, role="moiety")
    before = max((x for x in rules["salts_before"] if name.startswith(x)), key=len, default="")
    after = max((x for x in rules["salts_after"] if name.endswith(x)), key=len, default="")
    bare = name[len(before) : len(name) - len(after)]
    if len(bare) < 2:
        return replace(active, role="moiety")
    start = active.start + len(before)
    return replace(active, role="moiety", name=bare, start=start, end=start + len(bare))


def find_ingredients(insert: Insert, role: str) -> Iterator[Found]:
    """The ingredients of a role ("active" or "inactive") that the sections of ingredients list."""
    kinds = {"active": ("ingredients",), "inactive": ("ingredients", "inactive_ingredients")}[role]
    for kind in kinds:
        for start, end in insert.bodies(kind):
            for first, last in _ingredient_lists(insert.text, start, end, role, kind):
                yield from _list_items(insert.text, first, last)


def _ingredient_lists(text: str, start: int, end: int, role: str, kind: str) -> Iterator[tuple[int, int]]:
    """The ranges in a section of ingredients that list those of a role."""
    rules = _rules()
    inactive = [m for p in rules["inactive"] for m in re.compile(p).finditer(text, start, end)]
    if role == "inactive":
        yield from (m.span("value") for m in inactive)
        if kind == "inactive_ingredients" and not inactive:
            yield start, end
        return
    limit = min((m.start() for m in inactive), default=end)
    patterns = [re.compile(pattern) for pattern in rules["active"]]
    if found := next((m for pattern in patterns if (m := pattern.search(text, start, limit))), None):
        inner = next((m for pattern in patterns if (m := pattern.match(text, *found.span("value")))), found)
        yield inner.span("value")
        return
    plain = re.compile(rules["plain"]).match(text[start:limit])
    if plain:
        yield start + plain.start("value"), start + plain.end("value")


def _list_items(text: str, start: int, end: int) -> Iterator[Found]:
    rules = _rules()
    position = start
    for gap in [*re.finditer(_outside_brackets(rules["separators"]), text[start:end]), None]:
        stop = start + gap.start() if gap else end
        raw = text[position:stop]
        if any(raw.strip().startswith(word) for word in rules["stop"]):
            return
        if item := _ingredient(raw, position):
            yield item
        position = start + gap.end() if gap else end


def _outside_brackets(separators: str) -> str:
    return rf"(?:{separators})(?![^（(]*[）)])"


def _ingredient(raw: str, position: int) -> Found | None:
    """The name at the head of an item of a list, without amounts and remarks."""
    rules = _rules()
    cut = re.search(rules["tail"], raw)
    name = raw[: cut.start()] if cut else raw
    lead = re.match(r"[\s：:]*(?:为|含|有|包括)?[\s：:]*", name)
    begin = lead.end() if lead else 0
    name = name[begin:].rstrip(" ：:。\n")
    if not 1 < len(name) <= 40 or name in rules["never"]:
        return None
    return Found(unicodedata.normalize("NFKC", name), position + begin, position + begin + len(name))


def _rules() -> Mapping[str, Any]:
    rules: Mapping[str, Any] = read_rules("insert_cn")["ingredients"]
    return rules
