"""The rules of `rules/diagnosis_names.toml` in the form in which they are applied, per language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ontologies.normalize import normal_form
from ontologies.rules import read_rules
from ontologies.script import has_chinese

LANGUAGES = {"zh": "chinese", "en": "english"}
_KEYS = frozenset({"chinese", "english", "adjectives", "abbreviations", "signs"})
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Affix:
    """What is taken off a name, at its beginning, at its end or inside it, and kept as a qualifier."""

    qualifier: str
    worth: float
    said: str
    before: re.Pattern[str]
    after: re.Pattern[str]
    inside: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Negation:
    """What says that the name is not meant."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    worth: float
    said: str


@dataclass(frozen=True, slots=True)
class Lists:
    """What parts the members of a list, and what is left of a score for each way to part it."""

    strong: re.Pattern[str]
    weak: re.Pattern[str]
    without: re.Pattern[str]
    headed: re.Pattern[str]
    starts: re.Pattern[str]
    plain: tuple[float, str]
    """What is left of a score where each member is a name of its own, and the reason; then for the other ways."""
    shared_head: tuple[float, str]
    shared_start: tuple[float, str]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One way to write a name otherwise; one with `signs` is only for names that hold one of these characters."""

    pattern: re.Pattern[str]
    replacement: str
    worth: float
    said: str
    signs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Language:
    """All rules of one language."""

    tag: str
    lead: re.Pattern[str]
    number: re.Pattern[str]
    trim: str
    negation: Negation
    affixes: tuple[Affix, ...]
    late: tuple[Affix, ...]
    lists: Lists
    brackets: Mapping[str, Any]
    rewrites: tuple[Rewrite, ...]


@cache
def language_rules(tag: str) -> Language:
    """The rules of the language `tag`, zh or en."""
    rules = _rules()[LANGUAGES[tag]]
    return Language(
        tag,
        _compiled(rules["lead"]),
        _compiled(rules["number"]),
        rules["trim"],
        _negation(rules["negation"]),
        tuple(map(_affix, rules["affixes"])),
        tuple(map(_affix, rules["late"])),
        _lists(rules["lists"]),
        rules["brackets"],
        tuple(map(_rewrite, rules["rewrite"]["rules"])),
    )


@cache
def abbreviations() -> Mapping[str, tuple[str, ...]]:
    """Short forms of names and what each is short for; short forms in Latin capitals count only as they are written."""
    return {short: tuple(full) for short, full in _rules()["abbreviations"]["written_out"].items()}


@cache
def abbreviation_pattern() -> re.Pattern[str]:
    """Any Chinese short form, the longest first, that may stand within a longer name."""
    within = [short for short in abbreviations() if not short.isascii() and len(short) > 1]
    return re.compile("|".join(sorted(map(re.escape, within), key=len, reverse=True)))


def abbreviation_worths() -> tuple[float, float]:
    """What is left of a score where the whole name, and where a piece of it, was written out."""
    table = _rules()["abbreviations"]
    return float(table["worth"]), float(table["within_worth"])


@cache
def everyday_names() -> Mapping[str, tuple[str, float]]:
    """Normal forms of what is written for a condition, with the name that its terminology prefers and its worth."""
    rules = read_rules("everyday_names", keys=frozenset({"exact", "near", "worths"}))
    return {
        normal_form(said): (name, float(rules["worths"][scope]))
        for scope in ("near", "exact")
        for name, names in rules[scope].items()
        for said in names
    }


@cache
def signs() -> Mapping[str, re.Pattern[str]]:
    """Signs that are no words, by the qualifier that each stands for."""
    return {name: re.compile(pattern) for name, pattern in _rules()["signs"].items()}


@cache
def adjectives() -> tuple[Mapping[str, str], float, str]:
    """English adjectives and people with the condition meant, what is left of a score, and the reason."""
    table = _rules()["adjectives"]
    return table["words"], float(table["worth"]), str(table["said"])


def _rules() -> Mapping[str, Any]:
    return read_rules("diagnosis_names", keys=_KEYS)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _negation(rules: Mapping[str, Any]) -> Negation:
    unless = rules["unless"]
    before = _compiled(f"^(?!{unless})(?:{rules['before']})")
    return Negation(before, _compiled(rules["after"]), rules["worth"], rules["said"])


def _affix(rules: Mapping[str, Any]) -> Affix:
    before, after, inside = (rules.get(key) for key in ("before", "after", "inside"))
    return Affix(
        rules["qualifier"],
        rules["worth"],
        rules["said"],
        _compiled(f"(?:{before})") if before else _NEVER,
        _compiled(f"(?:{after})$") if after else _NEVER,
        _compiled(f"(?:{inside})") if inside else _NEVER,
    )


def _rewrite(rule: tuple[str, str, float, str]) -> Rewrite:
    pattern, replacement, worth, said = rule
    return Rewrite(_compiled(pattern), replacement, worth, said, frozenset(filter(has_chinese, pattern)))


def _lists(rules: Mapping[str, Any]) -> Lists:
    strong, weak, without, headed, starts = (
        _compiled(rules[key]) for key in ("strong", "weak", "without", "headed", "starts")
    )
    plain, head, start = ((float(rules[f"{way}worth"]), str(rules[f"{way}said"])) for way in ("", "head_", "start_"))
    return Lists(strong, weak, without, headed, starts, plain, head, start)
