"""The Chinese names of drugs beside their English ones, and what they sound like: facts of `rules/`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from ontologies.rules import read_rules

_SHORTEST = 6
"""Letters of a name in pinyin: shorter ones are too often words of another language."""


def english_name(name: str) -> str:
    """The English name of the drug of that Chinese name, in simplified characters; "" where it is not told."""
    return _english().get(name, "")


def chinese_names() -> Iterable[str]:
    """All Chinese names of drugs that are told, in simplified characters."""
    return _english()


def names_by_sound(letters: str) -> tuple[str, ...]:
    """The Chinese names of drugs whose pinyin without tones is `letters`, written together."""
    return _by_sound().get(letters, ()) if len(letters) >= _SHORTEST else ()


def pinyin_of(name: str) -> str:
    """The pinyin of a Chinese name without tones, written together; "" where a character's sound is not told."""
    sounds = [_sounds().get(character, "") for character in name]
    return "".join(sounds) if all(sounds) else ""


def is_other_sound(one: str, other: str) -> bool:
    """True where both characters are of names of drugs and sound unlike: 巯 and 苯, not 胞 and 包."""
    known = _sounds()
    return one in known and other in known and known[one] != known[other]


def is_same_sound(one: str, other: str) -> bool:
    """True where both characters are of names of drugs and sound alike but for the tone: 芯 and 心."""
    known = _sounds()
    return one in known and known[one] == known.get(other)


def brand_content(name: str) -> str:
    """The English name of what is in the product of that Chinese brand name; "" where it is not told."""
    return _brands().get(name, "")


@cache
def _english() -> Mapping[str, str]:
    return _pairs("names")


@cache
def _brands() -> Mapping[str, str]:
    return _pairs("brands")


def _pairs(table: str) -> dict[str, str]:
    lines = read_rules("drug_names_chinese", keys=frozenset({"names", "brands"}))[table]["text"].split("\n")
    parts = (line.partition(" ") for line in lines if line)
    return {chinese: english for chinese, _, english in parts}


@cache
def _sounds() -> Mapping[str, str]:
    sounds = read_rules("pinyin", keys=frozenset({"sounds"}))["sounds"]
    return {character: sound for sound, characters in sounds.items() for character in characters}


@cache
def _by_sound() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in _english():
        if sound := pinyin_of(name):
            found[sound].append(name)
            if "lv" in sound or "nv" in sound:
                found[sound.replace("lv", "lu").replace("nv", "nu")].append(name)
    return {sound: tuple(names) for sound, names in found.items()}
