"""The ways in which a Chinese name of a drug may be meant: other names, salts before and behind, combinations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from ontologies.drug_dictionary import brand_content, english_name
from ontologies.drug_named import Named
from ontologies.drug_variants import Known, joint_names
from ontologies.drug_words import Word, either
from ontologies.drug_words_zh import chinese_rules
from ontologies.model import NameQualifier, Reading

_ENGLISH = 0.98
_BRAND = 0.9
"""A brand is not its generic: it has strengths, forms and helpers of its own."""
_OTHER_NAME = 0.97
_SALT_BEFORE = 0.98
_PARTS, _LOOSE_PARTS = 0.97, 0.95
_WITHOUT_SALT = 0.75
_WITH_SALTS_OF_PARTS = 0.97
_RACEMATE, _MIRRORED = 0.9, 0.5
_SHORTEST = 2


class Salted(NamedTuple):
    """A name parted into its ingredient and the salts before and behind it, with their words in English."""

    base: str
    before: str
    behind: str
    english: str


def find_chinese_variants(named: Named, known: Known | None) -> Iterator[Reading]:
    """The readings of a Chinese name from which strength, form and notes have been taken off, best first."""
    name = named.text()
    yield named.reading()
    salted = split_salt(name)
    yield from _find_english(named, name, salted)
    yield from _find_other(named, name)
    if salted.behind and salted.behind.endswith("盐"):
        moved = salted.behind.removesuffix("盐") + salted.base
        yield named.reading(moved, worth=_SALT_BEFORE, done=f"{salted.behind!r} put before the name")
    if name.startswith(tuple(chinese_rules()["composed"]["words"])):
        return
    yield from _find_parts(named, name, known)
    yield from _find_without_salt(named, salted)
    yield from _find_mirrored(named, name)


def _find_english(named: Named, name: str, salted: Salted) -> Iterator[Reading]:
    """The English name where it is told, with the English words of its salt."""
    if english := english_name(name):
        yield named.reading(english, worth=_ENGLISH, done=f"{name} is {english}")
        if " / " in english:
            yield from _as_parts(named, english.split(" / "), english.split(" / "), _ENGLISH)
    elif brand := brand_content(name):
        parts, done = brand.split(" / "), f"{name} is a brand of {brand}"
        for said in joint_names(parts) if len(parts) > 1 else parts:
            yield named.reading(said, worth=_BRAND, done=done)
        yield named.reading(*parts, worth=_BRAND, done=done)
    elif salted.english and (english := english_of(salted.base)):
        whole = f"{english} {salted.english}"
        yield named.reading(whole, worth=_ENGLISH, done=f"{name} is {whole}")


def english_of(name: str) -> str:
    """The English name of a drug by any of its Chinese names, or ""."""
    return next(filter(None, map(english_name, (name, *chinese_names(name)))), "")


def _find_other(named: Named, name: str) -> Iterator[Reading]:
    """Names in use for old and trivial ones, and the other way round; a salt before the name stays."""
    salted = split_salt(name)
    for base, rebuild in ((name, "{}"), (salted.base, salted.before + "{}" + salted.behind)):
        for other in chinese_names(base):
            yield named.reading(rebuild.format(other), worth=_OTHER_NAME, done=f"{base} is also called {other}")
            if base == name and (english := english_name(other)):
                yield named.reading(english, worth=_OTHER_NAME, done=f"{base} is also called {other}, {english}")
        if base == salted.base:
            return


def chinese_names(name: str) -> tuple[str, ...]:
    """What else the drug of that name is called in Chinese."""
    return _groups().get(name, ())


@cache
def _groups() -> Mapping[str, tuple[str, ...]]:
    groups = chinese_rules()["other_names"]["groups"]
    return {name: tuple(other for other in group if other != name) for group in groups for name in group}


def split_salt(name: str) -> Salted:
    """The ingredient of `name` and its salts; nothing is split off where too little or an element would be left."""
    rules = chinese_rules()["salts"]
    english: list[str] = []
    before, behind = _before().match(name), _behind().search(name)
    base, first, last = name, "", ""
    if before and len(name) - before.end() >= _SHORTEST:
        base, first = name[before.end() :], before[0]
        english.append(dict(rules["before"])[first])
    if behind and len(base) - len(behind[0]) >= _SHORTEST and base.endswith(behind[0]):
        base, last = base.removesuffix(behind[0]), behind[0]
        english.append(dict(rules["behind"])[last])
    if base in rules["kept"] or base in dict(rules["before"]):
        return Salted(name, "", "", "")
    return Salted(base, first, last, " ".join(filter(None, english)))


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"(?:{either(word for word, _ in chinese_rules()['salts']['before'])})")


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(rf"(?:{either(word for word, _ in chinese_rules()['salts']['behind'])})$")


def _find_without_salt(named: Named, salted: Salted) -> Iterator[Reading]:
    """The ingredient where no such salt is known; the salt stays among the qualifiers, in English."""
    if not salted.before and not salted.behind:
        return
    name, said = named.text(), salted.before + salted.behind
    left = [Word("salt", said, salted.english or said, "")]
    bases = [salted.base]
    if salted.before and salted.behind:
        bases = [salted.base + salted.behind, salted.before + salted.base, salted.base]
    for base in bases:
        words = [Word("name", base, base, "")]
        shorter = named.also(_WITHOUT_SALT, f"{base} for {name}: the ingredient, not its salt", left=left, words=words)
        yield shorter.reading()
        if english := english_name(base):
            yield shorter.reading(english, worth=_ENGLISH, done=f"{base} is {english}")
        yield from _find_other(shorter, base)


def _find_mirrored(named: Named, name: str) -> Iterator[Reading]:
    """The name without the word for its mirror image: not the same substance, unless both images are meant."""
    rules = chinese_rules()["mirrors"]
    for words, worth in ((rules["both"], _RACEMATE), (rules["one"], _MIRRORED)):
        for word in words:
            rest = name.removeprefix(word)
            if rest != name and len(rest) > _SHORTEST:
                qualified = named.also(worth, f"{word!r} left out: which mirror image is another matter")
                told = (*qualified.qualifiers, NameQualifier("stereo", word))
                yield Reading(
                    (rest,), round(qualified.worth, 4), "; ".join(qualified.done), qualified.reading().kinds, told
                )
                return


def _find_parts(named: Named, name: str, known: Known | None) -> Iterator[Reading]:
    """A combination: parted by marks, or where a vocabulary knows the parts, their salts left out or not."""
    parts = [part.strip() for part in re.split(chinese_rules()["composed"]["joints"], name) if part.strip()]
    if len(parts) > 1:
        yield from _both(named, parts, _PARTS)
    elif len(name) > 2 * _SHORTEST and not english_of(split_salt(name).base) and (parts := _known_parts(name, known)):
        yield from _both(named, parts, _LOOSE_PARTS)


def _both(named: Named, parts: Sequence[str], worth: float) -> Iterator[Reading]:
    """The joint names of the parts, in English, and the parts themselves: first with their salts, then without."""
    if not all(len(part) >= _SHORTEST for part in parts):
        return
    salted = [split_salt(part) for part in parts]
    bare = [part.base for part in salted]
    yield from _as_parts(named, parts, [_english_salt(part) for part in parts], worth)
    if bare != list(parts):
        left = [Word("salt", part.before + part.behind, part.english, "") for part in salted if part.english]
        named = named.also(_WITH_SALTS_OF_PARTS, "salts of the parts left out", left=left)
        yield from _as_parts(named, bare, [english_of(base) for base in bare], worth)


def _as_parts(named: Named, parts: Sequence[str], english: Sequence[str], worth: float) -> Iterator[Reading]:
    done = "read as a combination"
    if all(english):
        done = f"read as a combination, {' and '.join(english)}"
        for joint in joint_names(english):
            yield named.reading(joint, worth=worth, done=done)
    yield named.reading(*parts, worth=worth, done=done)
    if all(english):
        yield named.reading(*english, worth=worth * _ENGLISH, done=done)


def _english_salt(part: str) -> str:
    """The English name of a part with its salt, or ""."""
    salted = split_salt(part)
    base = english_of(salted.base)
    return english_of(part) or (f"{base} {salted.english}".strip() if base else "")


def _known_parts(name: str, known: Known | None) -> list[str]:
    """Two or three names in a row, each known to the rules or a vocabulary, with or without its salt; or none."""

    def stands(part: str) -> bool:
        """True for what is known as it is or without its salts."""
        base = split_salt(part).base
        told = bool(english_of(part) or english_of(base))
        return len(part) >= _SHORTEST and (told or (known is not None and (known(part) or known(base))))

    for cut in range(len(name) - _SHORTEST, _SHORTEST - 1, -1):
        first, rest = name[:cut], name[cut:]
        if len(first) > _SHORTEST and stands(first):
            if stands(rest):
                return [first, rest]
            for second in range(len(rest) - _SHORTEST, _SHORTEST, -1):
                if stands(rest[:second]) and stands(rest[second:]):
                    return [first, rest[:second], rest[second:]]
    return []
