"""English texts as words, and the words of the rules of names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from extractors.rules import check_keys, read_rules

RULES = "deidentify_names_en"

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+(?:['-][A-Za-zÀ-ÖØ-öø-ɏ]+)*")
_KEYS = {
    "titles", "roles", "verbs", "credentials", "does", "given", "weak_given", "surnames", "eponym_heads", "eponyms",
    "not_names", "forms", "ends", "weak_cues", "closings", "particles", "weak_credentials", "only_persons",
}  # fmt: skip


class Word(NamedTuple):
    """A word of a text, its place, and how it is looked up (small letters, without 's)."""

    start: int
    end: int
    text: str
    key: str

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()

    @property
    def shouted(self) -> bool:
        """Whether it is of more than one letter, all of them capitals."""
        return len(self.text) > 1 and self.text.isupper()


Phrases = Mapping[str, Sequence[tuple[str, ...]]]


class Words(NamedTuple):
    """The words of the rules; phrases by their first word, longest first."""

    given: frozenset[str]
    weak_given: frozenset[str]
    surnames: frozenset[str]
    eponyms: frozenset[str]
    heads: frozenset[str]
    not_names: frozenset[str]
    particles: frozenset[str]
    titles: frozenset[str]
    cues: Phrases
    credentials: Phrases
    does: Phrases
    forms: frozenset[str]
    ends: frozenset[str]
    weak_cues: frozenset[str]
    closings: frozenset[str]
    weak_credentials: frozenset[str]
    only_persons: frozenset[str]


@cache
def get_words() -> Words:
    """The words of rules/deidentify_names_en.toml."""
    rules = read_rules(RULES)
    check_keys(RULES, "", rules, required=_KEYS)
    return Words(
        frozenset(rules["given"].split()),
        frozenset(rules["weak_given"].split()),
        frozenset(rules["surnames"].split()),
        frozenset(rules["eponyms"].split()),
        frozenset(rules["eponym_heads"]),
        frozenset(rules["not_names"].split()),
        frozenset(rules["particles"]),
        frozenset(title.casefold() for title in rules["titles"]),
        _phrases([*rules["roles"], *rules["verbs"]]),
        _phrases(rules["credentials"]),
        _phrases(rules["does"]),
        *(frozenset(" ".join(_keys(p)) for p in rules[name]) for name in ("forms", "ends", "weak_cues", "closings")),
        frozenset(" ".join(_keys(p)) for p in rules["weak_credentials"]),
        frozenset(" ".join(_keys(p)) for p in rules["only_persons"]),
    )


def read_words(text: str) -> list[Word]:
    """The words of Latin letters of a text."""
    return [Word(match.start(), match.end(), match[0], _key(match[0])) for match in _WORD.finditer(text)]


def find_phrase(words: Sequence[Word], at: int, phrases: Phrases) -> tuple[str, ...]:
    """The longest of the phrases that stands at a place; empty where none does."""
    for phrase in phrases.get(words[at].key, ()):
        last = at + len(phrase) - 1
        if last < len(words) and all(words[at + n].key == key for n, key in enumerate(phrase)):
            if all(words[n + 1].start - words[n].end <= 3 for n in range(at, last)):
                return phrase
    return ()


def _phrases(phrases: Iterable[str]) -> Phrases:
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for keys in {_keys(phrase) for phrase in phrases}:
        by_first.setdefault(keys[0], []).append(keys)
    return {first: sorted(found, key=len, reverse=True) for first, found in by_first.items()}


def _keys(phrase: str) -> tuple[str, ...]:
    return tuple(word.key for word in read_words(phrase))


def _key(word: str) -> str:
    key = word.casefold()
    return key[:-2] if key.endswith("'s") else key
