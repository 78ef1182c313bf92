"""Tests of digits: what looks like an identifier and proves to be one, or not."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from extractors.deidentify.english_words import get_words, read_words

_GROUPS = re.compile(r"\d+")
_PLAIN = re.compile(r"[^\dX]")

#: How the eleven digits of a Chinese mobile number are grouped by those who group them.
_MOBILE_GROUPS = frozenset(
    {(11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3), (5, 6), (6, 5), (3, 5, 3)}
)


def is_luhn(value: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    digits = [int(c) for c in value if c.isdecimal()]
    doubled = (d * 2 - 9 * (d > 4) for d in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_citizen(value: str) -> bool:
    """Whether 18 digits are a Chinese citizen number: a day of birth within, the check digit right (GB 11643-1999)."""
    number = _PLAIN.sub("", value.upper())
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * 2 ** (17 - index) for index, digit in enumerate(number[:17]))
    return number[17] == "10X98765432"[total % 11]


def is_tidy(value: str) -> bool:
    """Whether the digits are grouped as a mobile number is, broken once (at the end of a line), or all apart."""
    groups = [len(group) for group in _GROUPS.findall(value.removeprefix("+"))]
    if groups and groups[0] in (2, 4) and re.match(r"\+?(?:00)?\s?86", value) and sum(groups) > 11:
        groups = groups[1:]
    return tuple(groups) in _MOBILE_GROUPS or len(groups) <= 2 or all(length == 1 for length in groups)


def is_ip4(value: str) -> bool:
    """Whether four numbers are an address of a machine."""
    return all(int(part) < 256 for part in value.partition(":")[0].split("."))


def is_ip6(value: str) -> bool:
    """Whether it is an address of a machine in the newer form (RFC 4291), and no time of day."""
    try:
        ipaddress.IPv6Address(value)
    except ValueError:
        return False
    return any(c.isalnum() for c in value)


def is_named(value: str) -> bool:
    """Whether a name of words is more than common words: no `Pain Clinic`."""
    words = get_words()
    heads = words.heads | words.not_names
    return any(c.isdecimal() for c in value) or any(w.capital and w.key not in heads for w in read_words(value))


def is_over_89(value: str) -> bool:
    """Whether who was born in this year is more than 89 years old, or may be."""
    return datetime.now(UTC).year - int(value) > 89


def _at_least(count: int) -> Callable[[str], bool]:
    return lambda value: sum(c.isdecimal() for c in value) >= count


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "citizen": is_citizen,
    "luhn": is_luhn,
    "tidy": is_tidy,
    "ip4": is_ip4,
    "ip6": is_ip6,
    "over_89": is_over_89,
    "named": is_named,
    "digits": _at_least(1),
    "four": _at_least(4),
    "seven": _at_least(7),
    "ten": lambda value: sum(c.isdecimal() for c in value) == 10,
}
