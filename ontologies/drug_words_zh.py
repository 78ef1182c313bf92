"""The name in a Chinese drug string, set apart from strength, form, times of use and what else stands round it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from ontologies.drug_named import Named, qualifiers_of
from ontologies.drug_words import Word, either, read_words
from ontologies.rules import read_rules
from ontologies.script import has_chinese

_KEYS = frozenset(
    {
        "before",
        "form",
        "release",
        "strength",
        "times",
        "noise",
        "carriers",
        "salts",
        "composed",
        "mirrors",
        "other_names",
    }
)
_EDGES = "-/*#_·.,，。、;；:：\"' "
_STRIPPED, _NOTED = 0.99, 0.98
_SHORTEST = 2


@cache
def chinese_rules() -> Mapping[str, Any]:
    """The rules of Chinese drug strings."""
    return read_rules("drug_names_zh", keys=_KEYS)


def strip_chinese(text: str) -> Named:
    """The name alone, as one word; what is taken off is in the qualifiers and in the reason."""
    left: list[Word] = []
    text = _take(text, left)
    names: list[str] = []
    for chunk in filter(None, (piece.strip(_EDGES) for piece in re.split(r"[\s|]+", text))):
        if not has_chinese(chunk):
            _read_latin(chunk, left, names)
        elif rest := _without_routes(chunk, left):
            names.append(rest)
    name = _choose(names, left)
    used = any(word.tag != "note" for word in left)
    before = [word.text for word in left]
    name = _without_form(name, left)
    if not left:
        return Named((Word("name", name, name, ""),) if name else ())
    worth = _NOTED if any(word.tag == "note" for word in left) else _STRIPPED
    done = f"left out: {', '.join([word.text for word in left])}"
    words = (Word("name", name, name, ""),) if name else ()
    return Named(words, worth, (done,), qualifiers_of(left), used or len(left) > len(before))


def _take(text: str, left: list[Word]) -> str:
    """The text with a bar for each strength, pack and time of use, which go to `left`."""

    def note(match: re.Match[str]) -> str:
        """A bar in place of what is taken off."""
        left.append(Word(match.lastgroup or "note", match[0].strip(), "", ""))
        return "|"

    return _taken().sub(note, text.lower() if text.isascii() else text)


@cache
def _taken() -> re.Pattern[str]:
    rules = chinese_rules()
    strength = rules["strength"]["pattern"].replace("{unit}", either(rules["strength"]["units"]))
    times, packs = "|".join(rules["times"]["patterns"]), "|".join(rules["strength"]["packs"])
    pattern = rf"(?P<frequency>{times})|(?:(?=\D)|(?<![A-Za-z\d.]))(?:(?P<note>{packs})|(?P<strength>{strength}))"
    return re.compile(pattern, re.IGNORECASE)


def _read_latin(chunk: str, left: list[Word], names: list[str]) -> None:
    """Letters and numbers among Chinese: times of use and forms as in English, else a name or a note."""
    for word in read_words(chunk):
        if word.tag in ("name", "abbreviation", "salt"):
            names.append(word.text)
        else:
            left.append(word._replace(tag="note") if word.tag in ("number", "noise") else word)


def _without_routes(chunk: str, left: list[Word]) -> str:
    """The chunk without ways of use at its end, or "" where it is nothing but these and notes."""
    notes = chinese_rules()["noise"]["words"]
    while chunk:
        if chunk in notes:
            left.append(Word("note", chunk, "", ""))
            return ""
        match = _routes().search(chunk)
        if not match:
            return chunk
        left.append(Word("route", match[0], "", ""))
        chunk = chunk[: match.start()].strip(_EDGES)
    return ""


@cache
def _routes() -> re.Pattern[str]:
    return re.compile(rf"(?:{either(chinese_rules()['times']['routes'])})$")


def _choose(names: list[str], left: list[Word]) -> str:
    """The first name with Chinese characters that is more than a form; the others are forms or notes."""
    chosen = ""
    for name in names:
        if form := _all_form(name):
            left += form
        elif not chosen or (has_chinese(name) and not has_chinese(chosen)):
            left += [Word("note", chosen, "", "")] if chosen else []
            chosen = name
        else:
            left.append(Word("note", name, "", ""))
    return chosen


def _without_form(name: str, left: list[Word]) -> str:
    """The name without the words of form and release behind it and those of use before it."""
    for value, words in chinese_rules()["before"].items():
        for word in words:
            if name.startswith(word) and len(name) - len(word) >= _SHORTEST:
                name = name.removeprefix(word)
                left.append(Word("route", word, value, ""))
    name = _without_carrier(name, left)
    while word := _form_at_end(name):
        left.append(word)
        name = name[: -len(word.text)].strip(_EDGES)
    return name


def _without_carrier(name: str, left: list[Word]) -> str:
    """The name without the solution that carries it: 甲硝唑氯化钠注射液."""
    rules = chinese_rules()["carriers"]
    for carrier in rules["words"]:
        rest = name.removesuffix(carrier)
        if rest != name and len(rest) >= _SHORTEST and not rest.startswith(tuple(rules["never_behind"])):
            left += [Word("form", "注射液", "injection", ""), Word("diluent", carrier.removesuffix("注射液"), "", "")]
            return rest
    return name


def _form_at_end(name: str) -> Word | None:
    """The longest word of form or release at the end that leaves a name."""
    forms, longest = _forms()
    for length in range(min(longest, len(name) - _SHORTEST), 0, -1):
        if found := forms.get(name[-length:]):
            return Word(found[0], name[-length:], found[1], "")
    return None


@cache
def _forms() -> tuple[Mapping[str, tuple[str, str]], int]:
    """Words of form and of release with what they are, and the length of the longest."""
    rules = chinese_rules()
    found = {word: (tag, value) for tag in ("release", "form") for value, words in rules[tag].items() for word in words}
    return found, max(map(len, found))


def _all_form(name: str) -> list[Word]:
    """The words of form that the whole of `name` is made of, or none."""
    forms, words = _forms()[0], list[Word]()
    while name:
        end = next((end for end in range(len(name), 0, -1) if name[:end] in forms), 0)
        if not end:
            return []
        words.append(Word(*(forms[name[:end]][0], name[:end], forms[name[:end]][1], "")))
        name = name[end:]
    return words
