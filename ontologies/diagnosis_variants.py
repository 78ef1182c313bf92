"""Other ways to write the name of a condition: written-out abbreviations, other words for the same, word order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ontologies.diagnosis_rules import (
    Language,
    abbreviation_pattern,
    abbreviation_worths,
    abbreviations,
    adjectives,
    everyday_names,
)
from ontologies.model import NameQualifier
from ontologies.names import in_spoken_order
from ontologies.normalize import normal_form

_BRACKETS = re.compile(r"\s*[((（\[]([^()（）\[\]]*)[)）\]]\s*")
_PARTED = re.compile(r"[、,，;；\s]")
"""Signs of a list, whose members are written otherwise one by one."""
_DEPTH = 2
"""Rewritings one after another at most."""
_FURTHER = 4
"""Rewritten names that are rewritten once more: the best ones."""
_MOST = 24
"""Rewritten names at most."""
_LEAST = 0.75
"""Below this worth nothing is rewritten further."""


class Variant(NamedTuple):
    """A name written otherwise, what is left of a score, what was done, and what was left out for it."""

    name: str
    worth: float
    said: str
    kept: tuple[NameQualifier, ...] = ()


def find_variants(name: str, rules: Language) -> Iterator[Variant]:
    """The ways to write `name` otherwise: short forms written out first, then other words, each step at some worth."""
    seen = {name}
    for variant in (
        *_everyday(name, rules),
        *_written_out(name, rules),
        *_without_brackets(name, rules),
        *_rewritten(name, rules),
    ):
        if variant.name not in seen and len(variant.name) > 1:
            seen.add(variant.name)
            yield variant


def _everyday(name: str, rules: Language) -> Iterator[Variant]:
    known = everyday_names().get(normal_form(name)) if rules.tag == "en" else None
    if known:
        yield Variant(*known, f"another name for {known[0]}")


def _written_out(name: str, rules: Language) -> Iterator[Variant]:
    table = abbreviations()
    whole, within = abbreviation_worths()
    for full in table.get(name, table.get(name.upper(), ()) if not name.isascii() else ()):
        yield Variant(full, whole, f"{name} written out: {full}")
    if rules.tag == "zh" and name not in table:
        for short in dict.fromkeys(found[0] for found in abbreviation_pattern().finditer(name)):
            for full in table[short]:
                if full not in name:
                    yield Variant(name.replace(short, full, 1), within, f"{short} written out: {full}")


def _without_brackets(name: str, rules: Language) -> Iterator[Variant]:
    found = _BRACKETS.search(name)
    if not found:
        return
    gap = "" if rules.tag == "zh" else " "
    outer = _BRACKETS.sub(gap, name).strip(rules.trim)
    if outer:
        yield Variant(
            outer, rules.brackets["worth"], f"{rules.brackets['said']}: {found[1]}", (NameQualifier("note", found[1]),)
        )
    inner = found[1].strip(rules.trim)
    if len(inner) > 2 and outer:
        yield Variant(
            inner, rules.brackets["inner_worth"], rules.brackets["inner_said"], (NameQualifier("note", outer),)
        )


def _rewritten(name: str, rules: Language) -> list[Variant]:
    """Rewritten names, best first: rules applied one after another, each to what the others made."""
    if rules.tag == "zh" and _PARTED.search(name):
        return []
    found: dict[str, Variant] = {}
    fresh = [Variant(name, 1.0, "")]
    if rules.tag == "en":
        fresh += _english(name)
        found = {variant.name: variant for variant in fresh[1:]}
    for _ in range(_DEPTH):
        made: dict[str, Variant] = {}
        for base in fresh:
            for variant in _once(base, rules):
                known = made.get(variant.name) or found.get(variant.name)
                if variant.name != name and (known is None or known.worth < variant.worth):
                    made[variant.name] = variant
        found |= made
        fresh = sorted(made.values(), key=lambda variant: -variant.worth)[:_FURTHER]
        if not fresh or len(found) >= _MOST:
            break
    return sorted(found.values(), key=lambda variant: -variant.worth)[:_MOST]


def _once(base: Variant, rules: Language) -> Iterator[Variant]:
    for known in _everyday(base.name, rules) if base.said else ():
        yield Variant(known.name, base.worth * known.worth, f"{base.said}, {known.said}")
    for rule in rules.rewrites:
        if base.worth * rule.worth < _LEAST or (rule.signs and rule.signs.isdisjoint(base.name)):
            continue
        new, count = rule.pattern.subn(rule.replacement, base.name, count=1)
        if count and new != base.name:
            said = f"{base.said}, {rule.said}" if base.said else rule.said
            yield Variant(" ".join(new.split()), base.worth * rule.worth, said)


def _english(name: str) -> Iterator[Variant]:
    spoken = in_spoken_order(name)
    if spoken != name:
        yield Variant(spoken, 0.97, "words put in order")
    words, worth, said = adjectives()
    before, _, last = name.rpartition(" ")
    noun = words.get(last.lower())
    if noun:
        yield Variant(f"{before} {noun}".strip(), worth, said)
