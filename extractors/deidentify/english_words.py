"""English texts as words, and the words of the rules of names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from extractors.rules import check_keys, read_rules

RULES = "deidentify_names_en"

#: More common names, and cities.
PEOPLE = "deidentify_people"

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+(?:['-][A-Za-zÀ-ÖØ-öø-ɏ]+)*")
_KEYS = {
    "titles", "roles", "verbs", "credentials", "does", "given", "weak_given", "surnames", "eponym_heads", "eponyms",
    "not_names", "forms", "ends", "weak_cues", "closings", "particles", "weak_credentials", "only_persons",
    "everyday", "everyday_endings",
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
    """The words of the rules; phrases by their first word, longest first.

    `sure_surnames` are written as no common or medical word: one alone is a name.
    """

    given: frozenset[str]
    weak_given: frozenset[str]
    surnames: frozenset[str]
    sure_surnames: frozenset[str]
    eponyms: frozenset[str]
    heads: frozenset[str]
    not_names: frozenset[str]
    everyday: frozenset[str]
    everyday_endings: tuple[str, ...]
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
    """The words of rules/deidentify_names_en.toml and the names of rules/deidentify_people.toml."""
    rules, people = read_rules(RULES), read_rules(PEOPLE)
    check_keys(RULES, "", rules, required=_KEYS)
    check_keys(PEOPLE, "", people, required={"given", "surnames", "cities"})
    return Words(
        given=frozenset(f"{rules['given']} {people['given']}".split()),
        weak_given=frozenset(rules["weak_given"].split()),
        surnames=frozenset(f"{rules['surnames']} {people['surnames']}".split()),
        sure_surnames=frozenset(people["surnames"].split()) - set(rules["eponyms"].split()),
        eponyms=frozenset(rules["eponyms"].split()),
        heads=frozenset(rules["eponym_heads"]),
        not_names=frozenset(rules["not_names"].split()),
        everyday=frozenset(rules["everyday"].split()),
        everyday_endings=tuple(rules["everyday_endings"]),
        particles=frozenset(rules["particles"]),
        titles=_joined(rules["titles"]),
        cues=_phrases([*rules["roles"], *rules["verbs"]]),
        credentials=_phrases(rules["credentials"]),
        does=_phrases(rules["does"]),
        forms=_joined(rules["forms"]),
        ends=_joined(rules["ends"]),
        weak_cues=_joined(rules["weak_cues"]),
        closings=_joined(rules["closings"]),
        weak_credentials=_joined(rules["weak_credentials"]),
        only_persons=_joined(rules["only_persons"]),
    )


def is_everyday(word: str) -> bool:
    """Whether a name is an everyday word or an eponym besides: in small letters it says nothing of a person."""
    words, key = get_words(), word.casefold()
    if key in words.everyday | words.not_names | words.weak_given | words.eponyms | words.heads:
        return True
    return key.endswith(words.everyday_endings) and key not in words.sure_surnames | words.given


def _joined(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(" ".join(_keys(phrase)) for phrase in phrases)


def read_words(text: str) -> list[Word]:
    """The words of Latin letters of a text."""
    return [Word(match.start(), match.end(), match[0], _key(match[0])) for match in _WORD.finditer(text)]


def find_phrase(words: Sequence[Word], at: int, phrases: Phrases) -> tuple[str, ...]:
    """The longest of the phrases that stands at a place; empty where none does."""
    for phrase in phrases.get(words[at].key, ()):
        last = at + len(phrase) - 1
        same = last < len(words) and all(words[at + n].key == key for n, key in enumerate(phrase))
        if same and all(words[n + 1].start - words[n].end <= 3 for n in range(at, last)):
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
