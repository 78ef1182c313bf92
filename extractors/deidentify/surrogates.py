"""Keyed surrogates: another value of the same language and shape, the same for the same value.

Names are replaced part by part, so that `RUIZ, ANA`, `Dr. Ruiz` and `A. Ruiz` stay one person, and 王建国, 王先生 and
老王 do: a part has the same surrogate wherever in a name it stands. Nobody's real number is made: the digits of numbers
with a check digit are not made to pass it, machines and mail are of the ranges kept for examples (RFC 2606, RFC 3849,
RFC 5737).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from extractors.deidentify.english_words import get_words
from extractors.deidentify.keyed import Keyed
from extractors.events import IdentifierType
from extractors.rules import check_keys, read_rules

_RULES = "deidentify_surrogates"
_KEYS = {
    "given_en", "surnames_en", "surnames_zh", "given_zh", "addresses_en", "addresses_zh", "organizations_en",
    "organizations_zh", "called_zh", "kept_en",
}  # fmt: skip
_HAN = re.compile("[\u3400-\u9fff]")
_HAN_RUN = re.compile("[\u3400-\u9fff]+(?:[\\s·]{1,3}[\u3400-\u9fff]+)*")
_WORD = re.compile(r"(?:(?![\u3400-\u9fff])[^\W\d_])+(?:['’](?:(?![\u3400-\u9fff])[^\W\d_])+)*")

#: A name with its letters apart, or broken at the end of a line.
_APART = re.compile(r"[^\W\d_](?: [^\W\d_]){2,}")
_BROKEN = re.compile(r"(?<=[^\W\d_])-?\n(?=[a-z])")
_SUFFIX = re.compile(
    "(?:卫生服务中心|医院|卫生院|诊所|大学|学院|中学|小学|幼儿园|有限公司|公司|集团|厂|病区|病房|中心|院)$"
)


@cache
def _rules() -> Mapping[str, Any]:
    rules = read_rules(_RULES)
    check_keys(_RULES, "", rules, required=_KEYS)
    return rules


@cache
def _initials() -> str:
    return "".join(sorted({name[0] for name in _rules()["surnames_en"]}))


@cache
def _words_of(names: str, initial: str) -> list[str]:
    return [name for name in _rules()[names] if name.startswith(initial)]


@cache
def _titles() -> re.Pattern[str]:
    titles = sorted(read_rules("deidentify_names_zh")["titles"], key=len, reverse=True)
    return re.compile(rf"(?<=[\u3400-\u9fff])\s*(?:{'|'.join(titles)})$")


@cache
def _chinese_parts() -> re.Pattern[str]:
    """Surnames of two characters, and else one character after the other."""
    return re.compile(rf"^(?:{'|'.join(read_rules('deidentify_names_zh')['compound'])})|.", re.DOTALL)


def _plain(word: str) -> str:
    """A part of a name without case, accents and apostrophes."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter) and letter not in "'’")


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
            return "九十" if _HAN.search(value) else "90" if value.strip()[:1].isdecimal() else "ninety"
        if kind is IdentifierType.DATE:
            return f"[{kind.name}]"
        if kind in (IdentifierType.ADDRESS, IdentifierType.ORGANIZATION):
            return self._place(value, kind)
        if kind in (IdentifierType.EMAIL, IdentifierType.URL, IdentifierType.IP):
            return self._machine(value, kind)
        return self._signs(value, kind)

    def _name(self, value: str) -> str:
        if _APART.fullmatch(value) and not _HAN.search(value):
            return " ".join(self._word(value.replace(" ", "")))
        latin = _WORD.sub(lambda match: self._word(match[0]), _BROKEN.sub("", value))
        return _HAN_RUN.sub(lambda match: self._chinese_name(match[0]), latin)

    def _word(self, word: str) -> str:
        """The surrogate of one part of a name; its initial is that of the part's own initial."""
        word, own = (word[:-2], word[-2:]) if word[-2:].lower() in ("'s", "’s") else (word, "")
        key = _plain(word)
        if key in get_words().particles or key in _rules()["kept_en"].split():
            return word + own
        initial = self._keyed.choose("initial", key[:1], _initials())
        if len(key) == 1:
            return (initial.lower() if word.islower() else initial) + own
        given = key in get_words().given or key in get_words().weak_given
        chosen = self._keyed.choose("word", key, _words_of("given_en" if given else "surnames_en", initial))
        return (chosen.upper() if word.isupper() else chosen.lower() if word.islower() else chosen) + own

    def _chinese_name(self, value: str) -> str:
        """The surrogate of a name, a surname with its title or a given name: character by character, by what each is.

        Where a character stands does not count: 方圆 may be a name or a given name, and is the same in 王方圆.
        """
        title = _titles().search(value)
        name = value[: title.start()] if title else value
        made = [self._chinese_part(match[0]) for match in _chinese_parts().finditer(name)]
        return "".join(made) + value[len(name) :]

    def _chinese_part(self, part: str) -> str:
        if not _HAN.match(part) or part in _rules()["called_zh"]:
            return part
        surname = len(part) > 1 or part in read_rules("deidentify_names_zh")["surnames"]
        return self._keyed.choose("part", part, _rules()["surnames_zh" if surname else "given_zh"])

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
    if character.isdecimal():
        return str(number % 10)
    if not character.isascii():
        return character
    letter = "ABCDEFGHJKLMNPRSTUVWXY"[number % 22]
    return letter if character.isupper() else letter.lower()
