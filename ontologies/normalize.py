"""Words and names in the one form in which they are compared: the same for a terminology's names and for texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from ontologies.rules import read_rules
from ontologies.script import FIRST_CHINESE

_ASIAN = "〇\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_GREEK = "\u0370-\u03ffµ"
_ROMAN = "\u2160-\u217f"
_LETTER = (
    "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u036f\u0400-\u1fff\uac00-\ud7af\uff21-\uff3a\uff41-\uff5a"
)
_NUMBER = "[0-9０-９]{1,3}(?:,[0-9]{3})+(?:\\.[0-9]+)?(?![0-9])|[0-9０-９]+(?:[.．][0-9０-９]+)?"
_TOKEN = re.compile(rf"[{_LETTER}]+(?:['’`´＇]s(?![{_LETTER}]))?|{_NUMBER}|[{_ASIAN}]|[{_GREEK}]+|[{_ROMAN}]+")
_CHARACTER = re.compile(f"[{_ASIAN}]")
_POSSESSIVE = re.compile(r"['’`´＇]s$")


def tokens(text: str) -> list[tuple[str, int, int]]:
    """The words of `text` as (normal form, start, end), offsets in characters of `text`.

    A token is a run of letters, a number, a run of Greek letters, a Roman number (Ⅲ) or one Chinese character; what
    lies between counts for nothing, so "TNF-α", "TNF α" and "TNFα" are the same two tokens, and "CYP3A4" and "CYP
    3A4" the same four.
    """
    return [(normal_word(m[0]), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def spans(text: str) -> list[tuple[str, int, int]]:
    """The words of `text` as they stand, as (word, start, end): what `tokens` sees before it normalises."""
    return [(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text)]


def find_words(text: str) -> Iterator[re.Match[str]]:
    """The words of `text` as matches of the one pattern that says what a word is: for code that must be fast."""
    return _TOKEN.finditer(text)


@lru_cache(maxsize=10_000)
def normal_form(name: str) -> str:
    """The normal form of a whole name: the normal forms of its words, joined by one space; "" where it has none."""
    return " ".join(map(normal_word, _TOKEN.findall(name)))


def plain_form(name: str) -> str:
    """The words of a name as they are spelt, but for width, case and accents: what a typo stands in."""
    return " ".join(map(_plain_word, _TOKEN.findall(name)))


@lru_cache(maxsize=200_000)
def _plain_word(word: str) -> str:
    return normal_word(word) if word >= FIRST_CHINESE else _fold(_POSSESSIVE.sub("", word))


@lru_cache(maxsize=200_000)
def normal_word(word: str) -> str:
    """The normal form of one token: width, case, accents, Greek names, American spelling, singular, simplified."""
    if _CHARACTER.fullmatch(word):
        word = unicodedata.normalize("NFKC", word)
        return _simplified().get(word, word)
    plain = _fold(_POSSESSIVE.sub("", word))
    return plain if plain[:1].isdigit() else _singular(_american(plain))


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower().replace(",", "") if word[:1].isdigit() else word.lower()
    word = unicodedata.normalize("NFKD", word).casefold()
    word = "".join([c for c in word if not unicodedata.combining(c)])
    greek = _rules()["greek"]
    return "".join([greek.get(c, c) for c in word]).replace(",", "")


def _american(word: str) -> str:
    spelling = _rules()["spelling"]
    return _spelling_pattern().sub(lambda m: spelling[m[0]], word)


def _singular(word: str) -> str:
    rules = _rules()
    if word in rules["plurals"]:
        return str(rules["plurals"][word])
    if len(word) < 4 or word[-1] not in "sa" or word in _kept():
        return word
    for ending, singular in rules["endings"]["rules"]:
        if word.endswith(ending) and len(word) - len(ending) >= rules["endings"]["stem_length"]:
            return word[: len(word) - len(ending)] + str(singular)
    return word


@cache
def _rules() -> Mapping[str, Any]:
    return read_rules("normal", keys=frozenset({"greek", "spelling", "plurals", "endings"}))


@cache
def _spelling_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_rules()["spelling"], key=len, reverse=True)))


@cache
def _kept() -> frozenset[str]:
    return frozenset(_rules()["endings"]["keep"])


def simplified(text: str) -> str:
    """The text in its compatibility form (NFKC: full-width letters, Roman numeral signs), characters simplified."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return plain.translate(_simplified_table()) if not plain.isascii() else plain


def simplified_characters(text: str) -> str:
    """The text with traditional characters simplified one by one, and all else as it is: of the same length."""
    return text if text.isascii() else text.translate(_simplified_table())


@cache
def _simplified_table() -> dict[int, str]:
    return {ord(traditional): simple for traditional, simple in _simplified().items() if len(traditional) == 1}


@cache
def _simplified() -> dict[str, str]:
    """Traditional to simplified characters, from the tables of OpenCC (Apache-2.0)."""
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split() for line in table.splitlines())
    return {pair[0]: pair[1] for pair in pairs if len(pair) > 1}
