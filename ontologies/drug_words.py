"""The words of a drug string, each told apart: name, salt, strength, form, release, route, frequency, or noise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from ontologies.rules import read_rules

SECTIONS = ("form", "release", "route", "frequency", "noise")
_KEYS = frozenset(
    {
        *SECTIONS,
        "carriers",
        "diluents",
        "salts",
        "unsalted",
        "elements",
        "abbreviations",
        "other_names",
        "stereo",
        "makers",
        "units",
        "products",
    }
)
_NUMBER = r"\d[\d.,]*"
_NUMBERS = rf"{_NUMBER}(?:\s?[-/x×]\s?{_NUMBER})*"
_SPOKEN_NUMBERS = frozenset({"one", "two", "three", "four", "half"})
_GLUED = 3
"""Letters that must stand before a number with a unit for it to be a strength though no space parts them."""


class Word(NamedTuple):
    """A word or phrase of a drug string and what it is; `value` is how the rules write it out."""

    tag: str
    text: str
    value: str
    before: str
    """What stands between it and the word before."""


def drug_rules() -> Mapping[str, Any]:
    """The rules of drug strings."""
    return read_rules("drug_names", keys=_KEYS)


def read_words(text: str) -> list[Word]:
    """The words of `text`, the longest phrases of the rules first."""
    tokens = list(_tokens(text, text.lower()))
    keys = ["#" if token.tag == "number" or token.text in _SPOKEN_NUMBERS else token.text for token in tokens]
    words: list[Word] = []
    place = 0
    while place < len(tokens):
        length, word = _longest(tokens, keys, place, words)
        words.append(word)
        place += length
    return words


def _longest(tokens: Sequence[Word], keys: Sequence[str], place: int, words: Sequence[Word]) -> tuple[int, Word]:
    """How many tokens the phrase at `place` takes, and the phrase."""
    token = tokens[place]
    if token.tag == "strength":
        return 1, token
    phrases, longest, salts = _phrases()
    reach = max(longest.get(keys[place], 0), longest.get(token.text, 0))
    for length in range(min(reach, len(tokens) - place), 0, -1):
        said = " ".join([other.text for other in tokens[place : place + length]])
        salt = salts.get(said)
        if salt and (said == salt or _takes_salt(token, words)):
            return length, Word("salt", said, salt, token.before)
        found = phrases.get(said) or phrases.get(" ".join(keys[place : place + length]))
        if found:
            return length, Word(found[0], said, found[1], token.before)
        if salt in _elements() and not (words and words[-1].text in _unsalted()):
            return length, Word("abbreviation", said, salt, token.before)
    return 1, token


def _takes_salt(token: Word, words: Sequence[Word]) -> bool:
    """True where the stump of a salt may stand: right behind a name, not in "vitamin K"."""
    if not words or token.before.strip() or words[-1].tag not in ("name", "salt", "abbreviation"):
        return False
    return words[-1].text not in _unsalted()


@cache
def _elements() -> frozenset[str]:
    return frozenset(drug_rules()["elements"]["words"])


@cache
def _unsalted() -> frozenset[str]:
    return frozenset(drug_rules()["unsalted"]["words"])


def _tokens(text: str, small: str) -> Iterator[Word]:
    """Words, numbers and strengths of a text, also given in small letters, before phrases are looked for."""
    end = 0
    text = text if len(text) == len(small) else small
    for match in _pattern().finditer(small):
        said, start = match[0], match.start()
        before, tag = small[end:start], match.lastgroup or "name"
        end = match.end()
        if tag == "strength" and 0 < _letters_before(small, start) < _GLUED:
            cut = _first_number(said)
            yield Word("number", said[:cut], said[:cut], before)
            yield from _tokens(said[cut:], said[cut:])
        elif tag == "name" and not before and start:
            yield from _peeled(said)
        elif tag == "number":
            yield Word(tag, said.rstrip(".,"), said.rstrip(".,"), before)
        else:
            yield Word(tag, said, text[start:end], before)


def _peeled(run: str) -> Iterator[Word]:
    """The words of a run of letters behind a number, where it begins with words of the rules: "tabletdaily"."""
    phrases = _phrases()[0]
    while run:
        ends = (end for end in range(len(run), 1, -1) if run[:end] in phrases)
        end = next(ends, len(run))
        yield Word("name", run[:end], run[:end], "")
        run = run[end:]


def _first_number(said: str) -> int:
    match = re.match(_NUMBER, said)
    return match.end() if match else len(said)


def _letters_before(text: str, place: int) -> int:
    start = place
    while start and text[start - 1].isalpha():
        start -= 1
    return place - start


@cache
def _pattern() -> re.Pattern[str]:
    units = drug_rules()["units"]
    of, per = either(units["of"]), either(units["per"])
    behind = either({*units["behind"], *(key for key in _phrases()[0] if len(key) > 2 and " " not in key)})
    unit = rf"(?:{of})(?:(?![^\W\d_])|(?={behind}))"
    below = rf"(?:\s?(?:/|per\b)\s?(?:{_NUMBER})?\s?(?:{unit}|(?:{per})(?![^\W\d_])))?"
    strength = rf"(?P<strength>{_NUMBERS}\s?-?{unit}{below})"
    return re.compile(rf"{strength}|(?P<number>{_NUMBER})|(?P<name>[^\W\d_]+(?:['’]s\b)?)")


def either(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def _phrases() -> tuple[dict[str, tuple[str, str]], dict[str, int], dict[str, str]]:
    """Phrases with what they are, how long a phrase that begins with a word may be, and the salts by their stumps."""
    rules, phrases, salts = drug_rules(), dict[str, tuple[str, str]](), dict[str, str]()
    for tag, value, written in _listed(rules):
        for phrase in written:
            phrases.setdefault(phrase_key(phrase), (tag, value))
    for salt, stumps in rules["salts"].items():
        salts[salt] = salt
        salts.update((phrase_key(stump), salt) for stump in stumps)
    longest: dict[str, int] = {}
    for key in (*phrases, *salts):
        words = key.split()
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return phrases, longest, salts


def _listed(rules: Mapping[str, Any]) -> Iterator[tuple[str, str, Sequence[str]]]:
    """All phrases but salts: of two meanings the first counts."""
    for short, full in rules["carriers"].items():
        yield "diluent", full, (short,)
    for tag in SECTIONS:
        for value, words in rules[tag].items():
            yield tag, value, words
    for short, full in rules["abbreviations"].items():
        yield "abbreviation", full, (short,)


def phrase_key(phrase: str) -> str:
    """A phrase as the words of a string are compared with it: letters and numbers set apart."""
    return " ".join(re.findall(r"#|\d[\d.,]*|[^\W\d_]+(?:'s\b)?", phrase.lower()))
