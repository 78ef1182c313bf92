"""Keyed surrogates: another value of the same language and shape, the same for the same value.

Names are replaced word by word, so that `RUIZ, ANA` and `Dr. Ruiz` stay one person. Nobody's real number is made: the
digits of numbers with a check digit are not made to pass it, machines and mail are of the ranges kept for examples
(RFC 2606, RFC 3849, RFC 5737).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from extractors.deidentify.english_words import get_words
from extractors.deidentify.keyed import Keyed
from extractors.events import IdentifierType
from extractors.rules import check_keys, read_rules

_RULES = "deidentify_surrogates"
_KEYS = {
    "given_en", "surnames_en", "surnames_zh", "given_zh", "addresses_en", "addresses_zh", "organizations_en",
    "organizations_zh",
}  # fmt: skip
_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+")
_SUFFIX = re.compile(
    "(?:卫生服务中心|医院|卫生院|诊所|大学|学院|中学|小学|幼儿园|有限公司|公司|集团|厂|病区|病房|中心|院)$"
)


@cache
def _rules() -> Mapping[str, Any]:
    rules = read_rules(_RULES)
    check_keys(_RULES, "", rules, required=_KEYS)
    return rules


class Surrogates:
    """Makes surrogates with a key."""

    __slots__ = ("_keyed",)

    def __init__(self, keyed: Keyed) -> None:
        self._keyed = keyed

    def of(self, value: str, kind: IdentifierType) -> str:
        """What stands for a value of a type."""
        if kind is IdentifierType.NAME:
            return self._name(value)
        if kind is IdentifierType.AGE:
            return "九十" if _HAN.search(value) else "90" if value.strip()[:1].isdigit() else "ninety"
        if kind is IdentifierType.DATE:
            return f"[{kind.name}]"
        if kind in (IdentifierType.ADDRESS, IdentifierType.ORGANIZATION):
            return self._place(value, kind)
        if kind in (IdentifierType.EMAIL, IdentifierType.URL, IdentifierType.IP):
            return self._machine(value, kind)
        return self._signs(value, kind)

    def _name(self, value: str) -> str:
        if _HAN.search(value):
            return self._chinese_name(value)
        return _WORD.sub(lambda match: self._word(match[0]), value)

    def _word(self, word: str) -> str:
        key = word.casefold()
        if len(word) == 1:
            return self._keyed.choose("initial", key, "ABCDEFGHJKLMNPRSTW")
        if key in get_words().particles:
            return word
        given = key in get_words().given or key in get_words().weak_given
        chosen = self._keyed.choose("word", key, _rules()["given_en" if given else "surnames_en"])
        return chosen.upper() if word.isupper() else chosen.lower() if word.islower() else chosen

    def _chinese_name(self, value: str) -> str:
        made, first = [], True
        for character in value:
            choices: Sequence[str] = _rules()["surnames_zh" if first else "given_zh"]
            if _HAN.match(character) and character not in "某小阿":
                made.append(self._keyed.choose("surname" if first else "given", character, choices))
                first = False
            else:
                made.append(character)
        return "".join(made)

    def _place(self, value: str, kind: IdentifierType) -> str:
        rules, name = _rules(), "addresses" if kind is IdentifierType.ADDRESS else "organizations"
        key = re.sub(r"\W", "", value).casefold()
        if not _HAN.search(value):
            return self._keyed.choose(kind.value, key, rules[f"{name}_en"])
        chosen = self._keyed.choose(kind.value, key, rules[f"{name}_zh"])
        suffix = _SUFFIX.search(value)
        return chosen + (suffix[0] if suffix and name == "organizations" else "")

    def _machine(self, value: str, kind: IdentifierType) -> str:
        digest = self._keyed.digest(kind.value, value.casefold().replace(" ", ""))
        if kind is IdentifierType.EMAIL:
            return f"user-{digest.hex()[:8]}@example.org"
        if kind is IdentifierType.URL:
            return f"https://example.org/{digest.hex()[:8]}"
        return f"2001:db8::{digest.hex()[:4]}" if ":" in value else f"192.0.2.{digest[0]}"

    def _signs(self, value: str, kind: IdentifierType) -> str:
        """The value with other digits and letters, by its digits and letters alone, however they are grouped."""
        plain = re.sub(r"[\W_]", "", value).casefold()
        stream = "".join(self._keyed.digest(f"{kind.value}{n}", plain).hex() for n in range(1 + len(plain) // 8))
        numbers = iter([int(stream[i : i + 8], 16) for i in range(0, len(stream), 8)])
        return "".join(_sign(character, next(numbers)) if character.isalnum() else character for character in value)


def _sign(character: str, number: int) -> str:
    if character.isdigit():
        return str(number % 10)
    if not character.isascii():
        return character
    letter = "ABCDEFGHJKLMNPRSTUVWXY"[number % 22]
    return letter if character.isupper() else letter.lower()
